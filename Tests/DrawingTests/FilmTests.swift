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
    #expect(film.moments == Array(0...5))
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

  /// An episode of which every second moment has a picture of its own.
  private func drawn(_ steps: Int) throws -> RecordedEpisode {
    var pictures = EpisodePictures()
    for moment in 0...steps where moment == steps || pictures.isWanted(moment) {
      let scene = episode(1, size: [4, 2]).scenes[moment % 2]
      pictures.add(try scene.png(title: "\(moment)", width: 80), at: moment)
    }
    return RecordedEpisode(
      scenes: [], pictures: pictures, rewards: (0..<steps).map { Float($0) }, terminated: true)
  }

  @Test("Pictures stand beside each other as scenes do, at the moments of which there are some")
  func pictures() throws {
    let film = try film([drawn(3), drawn(300)])
    #expect(film.moments == Array(stride(from: 0, through: 300, by: 2)))
    #expect(film.size.x % 2 == 0 && film.size.y % 2 == 0)
    let frames = try [0, 2, 300, 301].map(film.pixels)
    #expect(frames.allSatisfy { $0.count == film.size.x * film.size.y * 4 })
    #expect(Set(frames[0..<3]).count == 3)
    #expect(try film.filmstrip().prefix(4) == [0x89, 0x50, 0x4E, 0x47])
  }

  @Test("A picture that isn't one, or half of one, is an error")
  func unreadable() throws {
    let whole = try episode(1).scenes[0].png(title: "", width: 80)
    for bytes in [[], [1, 2, 3], Array(whole.prefix(whole.count / 2)), Array(whole.dropFirst())] {
      var pictures = EpisodePictures()
      pictures.add(bytes, at: 0)
      let episode = RecordedEpisode(scenes: [], pictures: pictures, rewards: [], terminated: true)
      #expect(throws: DrawingError.self) { try film([episode]).pixels(at: 0) }
      #expect(throws: DrawingError.self) { try titled(bytes, title: "a", caption: "b") }
    }
  }

  @Test("Nothing to show is an error, and so is a scene that no picture holds")
  func nothing() throws {
    let empty = RecordedEpisode(scenes: [], rewards: [], terminated: false)
    for episodes in [
      [], [empty], [episode(2), empty], [episode(1, size: [0, 1])], [try drawn(1), episode(1)],
    ] {
      #expect(throws: DrawingError.self) { try film(episodes) }
    }
  }
}
