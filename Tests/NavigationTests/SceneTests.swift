import EnvironmentKit
import Testing

@testable import Navigation

@Suite struct SceneTests {
  @Test("the maze shows goal, walls, robot, and rays that end at walls")
  func maze() throws {
    let task = MazeNavigation.Task(goal: [0.7, 0.25])
    let driven = try Driven<MazeNavigation>(MazeNavigation.Parameters(), task: task)
    let scene = try #require(driven.world.scene)
    #expect(scene.caption == "goal (0.7, 0.25) m")
    let shapes = Dictionary(grouping: scene.shapes, by: \.role)
    #expect(shapes[.goal]?.first?.points == [[0.7, 0.25]])
    #expect(shapes[.obstacle]?.count == 1 + task.layout.walls.count)
    #expect(shapes[.body]?.first?.radius == MazeNavigation.robotRadius)
    let east = try #require(shapes[.ray]?.first)
    #expect(abs(east.points[1].x - 0.5) < 0.01)
  }

  @Test("the car shows its tyres, the front ones steered")
  func car() throws {
    let task = CarNavigation.Task(goal: [1, 1], friction: 0.5)
    var driven = try Driven<CarNavigation>(CarNavigation.Parameters(), task: task)
    for _ in 0..<5 { driven.step(1, 0) }
    let scene = try #require(driven.world.scene)
    let headings = scene.shapes.filter { $0.role == .limb }.map { tyre in
      (tyre.points[1].y - tyre.points[0].y) / 0.1
    }
    #expect(headings.count == 4 && headings[2] > headings[0] + 0.2)
    #expect(scene.caption.contains("friction 0.5"))
  }
}
