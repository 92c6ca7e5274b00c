import EnvironmentKit
import Testing

@Suite struct EpisodePicturesTests {
  /// Pictures as whoever watches an episode takes them: each the number of its moment.
  private func pictures(_ last: Int, bytes: Int = 4) -> EpisodePictures {
    var pictures = EpisodePictures()
    for moment in 0...last where moment == last || pictures.isWanted(moment) {
      pictures.add(picture(moment, bytes), at: moment)
    }
    return pictures
  }

  private func picture(_ moment: Int, _ bytes: Int = 4) -> [UInt8] {
    let digits = (0..<4).map { UInt8(moment >> (8 * $0) & 255) }
    return digits + [UInt8](repeating: 0, count: bytes - 4)
  }

  @Test("A short episode keeps every moment")
  func short() {
    let kept = pictures(200)
    #expect(kept.spacing == 1 && !kept.isEmpty && EpisodePictures().isEmpty)
    for moment in 0...200 { #expect(kept[moment] == picture(moment)) }
  }

  @Test(
    "Of a long episode moments are kept that a power of two divides, and its end",
    arguments: [(256, 2), (1000, 4), (1001, 4), (100_003, 512)])
  func long(last: Int, spacing: Int) {
    let kept = pictures(last)
    #expect(kept.spacing == spacing)
    for moment in stride(from: 0, through: last, by: 7) {
      #expect(kept.shownMoment(moment) == moment / spacing * spacing || moment == last)
      #expect(kept[moment] == picture(kept.shownMoment(moment)))
    }
    #expect(kept.shownMoment(last) == last && kept[last] == picture(last))
    #expect(kept.shownMoment(last + 5) == last)
  }

  @Test("Large pictures are kept of fewer moments, one at least")
  func large() {
    let kept = pictures(63, bytes: 1 << 20)
    #expect(kept.spacing == 2 && kept[63] == picture(63, 1 << 20))
    let huge = pictures(2, bytes: 40 << 20)
    #expect(huge[0] == picture(0, 40 << 20) && huge[2] == picture(2, 40 << 20))
  }
}
