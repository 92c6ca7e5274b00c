import CCairo
import EnvironmentKit
import Mutation
import SampleDrawings
import Testing

@testable import FewShot

@Suite struct PictureTests {
  /// Fills a row of whole pixels from the upper left corner.
  private func fillRow(_ context: OpaquePointer?, _ width: Double) {
    cairo_rectangle(context, 0, 0, width, 1)
    cairo_fill(context)
  }

  @Test func `black on white is ink on paper, row by row`() throws {
    let picture = try InkPicture(png: png(width: 3, height: 2) { fillRow($0, 2) })
    #expect((picture.width, picture.height) == (3, 2))
    #expect(picture.ink == [765, 765, 0, 0, 0, 0])
  }

  @Test func `colours count by the mean of their three parts`() throws {
    let bytes = png(width: 1, height: 1) { context in
      cairo_set_source_rgb(context, 1, 0.2, 0)
      cairo_paint(context)
    }
    #expect(try InkPicture(png: bytes).ink == [204 + 255])
  }

  @Test func `what is transparent shows the paper`() throws {
    let bytes = png(CAIRO_FORMAT_ARGB32, width: 2, height: 1) { context in
      cairo_set_source_rgba(context, 0, 0, 0, 0.6)
      fillRow(context, 1)
    }
    #expect(try InkPicture(png: bytes).ink == [3 * 153, 0])
  }

  @Test(arguments: [CAIRO_FORMAT_A8.rawValue, CAIRO_FORMAT_A1.rawValue])
  func `greys of one or eight bits are read`(format: Int32) throws {
    // Cairo writes coverage as light.
    let bytes = png(cairo_format_t(rawValue: format), width: 3, height: 2) {
      fillRow($0, 2)
    }
    #expect(try InkPicture(png: bytes).ink == [0, 0, 765, 765, 765, 765])
  }

  @Test func `chunks that only accompany the pixels are left out`() throws {
    let plain = png(width: 3, height: 2) { fillRow($0, 2) }
    // A text chunk behind the header, whose checksum is wrong besides.
    let text: [UInt8] = [0, 0, 0, 3] + Array("tEXt".utf8) + [65, 0, 66] + [0, 0, 0, 0]
    let bytes = plain[..<33] + text + plain[33...]
    let file = try PNGFile(Array(bytes))
    #expect(file.essentials == (try PNGFile(plain).essentials))
    #expect(file.essentials.count <= plain.count)
    #expect(try InkPicture(png: Array(bytes)).ink == [765, 765, 0, 0, 0, 0])
  }

  @Test(arguments: 0..<40)
  func `no truncation and no flipped byte traps`(seed: Int) throws {
    let bytes = png(width: 30, height: 30) { fillRow($0, 12) }
    for index in bytes.indices where index % 40 == seed {
      #expect(throws: EnvironmentError.self) { try InkPicture(png: Array(bytes.prefix(index))) }
      var damaged = bytes
      damaged[index] ^= 0xFF
      _ = try? InkPicture(png: damaged)
    }
  }

  @Test func `mutated files are read or refused, with checksums that hold too`() throws {
    let whole = png(width: 30, height: 30) { fillRow($0, 12) }
    var random = Mutations(seed: 9)
    for index in 0..<Mutations.count(2000) {
      var bytes = random.mutated(
        whole, pieces: ["IHDR", "PLTE", "tRNS", "IDAT", "\u{0}\u{0}", "\u{7F}"])
      if index % 2 == 0 { seal(&bytes) }
      _ = try? InkPicture(png: bytes)
    }
  }

  /// Makes the checksums of all chunks hold, as far as the chunks can be told apart.
  private func seal(_ bytes: inout [UInt8]) {
    func word(_ start: Int) -> Int { bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
    var start = 8
    while start + 12 <= bytes.count, start + 12 + word(start) <= bytes.count {
      let end = start + 8 + word(start)
      var register = UInt32.max
      for byte in bytes[start + 4..<end] {
        register ^= UInt32(byte)
        for _ in 0..<8 { register = register >> 1 ^ (register & 1 == 1 ? 0xEDB8_8320 : 0) }
      }
      for place in 0..<4 {
        bytes[end + place] = UInt8(truncatingIfNeeded: ~register >> (24 - 8 * place))
      }
      start = end + 4
    }
  }

  @Test(arguments: [(0, 1), (4097, 1), (1, 1_000_000), (-1, -1)])
  func `sizes are checked before anything is decoded`(width: Int, height: Int) {
    var bytes = png(width: 1, height: 1) { _ in }
    for (start, side) in [(16, width), (20, height)] {
      let word = UInt32(truncatingIfNeeded: side)
      for byte in 0..<4 { bytes[start + byte] = UInt8(word >> (24 - 8 * byte) & 255) }
    }
    let error = #expect(throws: EnvironmentError.self) { try InkPicture(png: bytes) }
    #expect(error?.message.contains("pixels; each side must have 1 to 4096") == true)
  }
}

@Suite struct AreaAverageTests {
  private func picture(_ width: Int, _ ink: [UInt16]) -> InkPicture {
    InkPicture(width: width, height: ink.count / width, ink: ink)
  }

  @Test func `a picture of the right size stays as it is`() {
    #expect(picture(2, [765, 0, 3, 381]).averaged(to: 2) == [255, 0, 1, 127])
  }

  @Test func `pixels on the border of an area count by their share`() {
    // Three pixels over two areas, of 1.5 x 1.5: a corner covers 4 ninths of one, an edge 2 ninths of
    // two, the middle 1 ninth of each.
    #expect(picture(3, [765, 0, 0, 0, 0, 0, 0, 0, 0]).averaged(to: 2) == [113, 0, 0, 0])
    #expect(picture(3, [0, 765, 0, 0, 0, 0, 0, 0, 0]).averaged(to: 2) == [57, 57, 0, 0])
    #expect(picture(3, [0, 0, 0, 0, 765, 0, 0, 0, 0]).averaged(to: 2) == [28, 28, 28, 28])
  }

  @Test func `enlarging repeats pixels, and what isn't square is squeezed`() {
    #expect(
      picture(2, [765, 0, 0, 765]).averaged(to: 4) == [
        255, 255, 0, 0, 255, 255, 0, 0, 0, 0, 255, 255, 0, 0, 255, 255,
      ])
    #expect(picture(4, [765, 765, 0, 765, 0, 0, 0, 0]).averaged(to: 2) == [255, 128, 0, 0])
  }

  @Test func `ink is neither lost nor gained`() {
    let ink = (0..<105 * 105).map { UInt16($0 * 7919 % 766) }
    let mean = ink.reduce(0) { $0 + Double($1) } / Double(ink.count) / 765
    let small = picture(105, ink).averaged(to: 28)
    #expect(abs(moments(small.map { Float($0) / 255 }).mean - mean) < 2e-4)
  }
}
