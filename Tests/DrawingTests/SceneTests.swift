import EnvironmentKit
import Foundation
import Mutation
import Testing

@testable import Drawing

@Suite struct SceneTests {
  @Test("a scene is drawn to a PNG of the asked width, in its proportions")
  func proportions() throws {
    var scene = Scene(from: [-1, -0.5], to: [1, 0.5], caption: "goal")
    scene.add(.goal, [[0, 0]], radius: 0.1)
    let bytes = try scene.png(title: "test", width: 232)
    #expect(Array(bytes.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    // IHDR: width and height as big-endian words after length and name.
    #expect(Array(bytes[16..<24]) == [0, 0, 0, 232, 0, 0, 0, 64 + 100 + 32])
  }

  @Test("shapes change the picture, and only shapes inside of it do")
  func shapes() throws {
    let empty = Scene(from: [-1, -1], to: [1, 1], caption: "")
    let blank = try empty.png(title: "")
    for (point, isSeen) in [([0, 0], true), ([5, 5], false)] as [(SIMD2<Float>, Bool)] {
      var scene = empty
      scene.add(.body, [point], radius: 0.2)
      #expect(try (scene.png(title: "") != blank) == isSeen)
    }
  }

  @Test("points are shown upright and to scale")
  func coordinates() {
    let scene = Scene(from: [-1, 0], to: [3, 2], caption: "")
    let frame = Frame(of: scene, from: [10, 20], width: 400)
    #expect(frame.pixelsPerMetre == 100)
    #expect(frame.pixel([-1, 2]) == [10, 20])
    #expect(frame.pixel([3, 0]) == [410, 220])
  }

  @Test("mutated scenes, as a plugin may write them, are drawn or refused")
  func mutations() throws {
    var scene = Scene(from: [-1, -0.5], to: [1, 0.5], caption: "goal")
    scene.add(.goal, [[0, 0]], radius: 0.1)
    scene.addGround(below: [[-1, -0.25], [0, 0.5], [1, -0.25]])
    let json = Array(try JSONEncoder().encode(scene))
    var random = Mutations(seed: 10)
    for _ in 0..<Mutations.count(500) {
      let bytes = random.mutated(
        json, pieces: Mutations.pieces + ["1e38", "1e6", "-1e30", "1e-30"])
      guard let read = try? JSONDecoder().decode(Scene.self, from: Data(bytes)) else { continue }
      let episode = RecordedEpisode(scenes: [scene, read], rewards: [0], terminated: false)
      _ = try? Film(title: "", panels: [.init(label: "", episode: episode)]).pixels(at: 1)
    }
  }

  @Test(
    "a scene that no picture holds is an error",
    arguments: [
      ([0, 0], [0, 1]), ([0, 0], [1, .infinity]), ([.nan, 0], [1, 1]), ([0, 0], [0.01, 1000]),
      ([1e6, 0], [1_000_001, 1]),
    ] as [(SIMD2<Float>, SIMD2<Float>)])
  func badScenes(lower: SIMD2<Float>, upper: SIMD2<Float>) {
    #expect(throws: DrawingError.self) {
      try Scene(from: lower, to: upper, caption: "").png(title: "")
    }
  }
}
