import EnvironmentKit
import Foundation
import Testing

@Suite struct SceneTests {
  @Test("an environment that says nothing of its looks has no scene")
  func absence() throws {
    let environment = try EnvironmentDefinition(LineWorld.self).make()
    let task = try environment.task(json: #"{"target":1}"#)
    #expect(try environment.initialScene(of: task, seed: 1) == nil)
  }

  @Test("a scene survives a JSON round trip")
  func json() throws {
    var scene = Scene(from: [0, 0], to: [2, 1], caption: "goal")
    scene.addGround(below: [[0, 0.25], [1, 0.5], [2, 0.25]])
    scene.addArrow(from: [1, 0.5], along: [0.5, 0])
    scene.addArrow(from: [1, 0.5], along: [0, 0])
    #expect(scene.shapes.map(\.role) == [.obstacle, .goal, .goal, .goal])
    let data = try JSONEncoder().encode(scene)
    #expect(try JSONDecoder().decode(Scene.self, from: data) == scene)
  }
}
