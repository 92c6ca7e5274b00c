import Drawing
import EnvironmentKit
import Testing

@Suite struct FilmTests {
  /// A disc that moves by a tenth of a metre a step.
  private func episode(_ steps: Int, size: SIMD2<Float> = [2, 2]) -> RecordedEpisode {
    let scenes = (0...steps).map { step in
      var scene = Scene(from: -size / 2, to: size / 2, caption: "goal")
      scene.add(.body, [[Float(step) / 10, 0]], radius: 0.1)
      return scene
    }
    return RecordedEpisode(
      scenes: scenes, rewards: (0..<steps).map { Float($0) }, terminated: false)
  }

  private func film(_ episodes: [RecordedEpisode]) throws -> Film {
    try Film(title: "test", panels: episodes.map { .init(label: "panel", episode: $0) })
  }

  @Test("Returns add up from the first moment on")
  func returns() { #expect(episode(3).returns == [0, 0, 1, 3]) }

  @Test("A frame has the film's size, even on both sides, and changes while an episode goes on")
  func frames() throws {
    let film = try film([episode(3), episode(5)])
    #expect(film.momentCount == 6)
    #expect(film.size.x % 2 == 0 && film.size.y % 2 == 0)
    let frames = try (0..<8).map(film.pixels)
    #expect(frames.allSatisfy { $0.count == film.size.x * film.size.y * 4 })
    // What is beyond the last moment shows it, though it says that the episode has ended.
    #expect(Set(frames[0..<6]).count == 6 && frames[6] == frames[7])
  }

  @Test("Worlds from above stand in a row, worlds from the side in two columns")
  func layout() throws {
    let above = try film(Array(repeating: episode(2), count: 4)).size
    let side = try film(Array(repeating: episode(2, size: [4, 2]), count: 4)).size
    #expect(above.x > 3 * above.y && side.x < 2 * side.y)
    let strip = try film([episode(9)]).filmstrip()
    #expect(Array(strip.prefix(4)) == [0x89, 0x50, 0x4E, 0x47])
  }

  @Test("Nothing to show is an error, and so is a scene that no picture holds")
  func nothing() {
    let empty = RecordedEpisode(scenes: [], rewards: [], terminated: false)
    for episodes in [[], [empty], [episode(2), empty], [episode(1, size: [0, 1])]] {
      #expect(throws: DrawingError.self) { try film(episodes) }
    }
  }
}
