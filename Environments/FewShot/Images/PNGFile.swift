internal import EnvironmentKit

/// What of a PNG file makes its picture, looked over before anything is decoded.
///
/// The header bounds the memory that the pixels take; chunks that only accompany them, such as texts,
/// may unpack to a thousand times their size and are left out.
struct PNGFile {
  /// The columns of pixels.
  let width: Int
  /// The rows of pixels.
  let height: Int
  /// The file without its accompanying chunks.
  let essentials: [UInt8]

  /// The greatest side that is decoded, in pixels.
  static let maximumSide = 4096

  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  private static let essentialChunks: Set<String> = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]
  /// The length of a chunk, its name, and the checksum behind its data: four bytes each.
  private static let frameSize = 12

  /// Looks over the bytes of a file.
  ///
  /// - Throws: `EnvironmentError` with what is wrong, to follow the name of the file.
  init(_ bytes: [UInt8]) throws(EnvironmentError) {
    guard bytes.starts(with: Self.signature) else {
      throw EnvironmentError("it doesn't begin as a PNG file does")
    }
    var essentials = Self.signature
    var size: SIMD2<Int>?
    var start = Self.signature.count
    var name = ""
    while name != "IEND" {
      let remaining = bytes.count - start - Self.frameSize
      guard remaining >= 0, case let length = bytes.bigEndianWord(at: start), length <= remaining
      else { throw EnvironmentError("it is cut short") }
      let end = start + Self.frameSize + length
      name = String(decoding: bytes[start + 4..<start + 8], as: UTF8.self)
      if size == nil {
        guard name == "IHDR", length == 13 else { throw EnvironmentError("it has no header") }
        size = SIMD2(bytes.bigEndianWord(at: start + 8), bytes.bigEndianWord(at: start + 12))
      }
      if Self.essentialChunks.contains(name) { essentials += bytes[start..<end] }
      start = end
    }
    let (width, height) = (size?.x ?? 0, size?.y ?? 0)
    guard 1...Self.maximumSide ~= width, 1...Self.maximumSide ~= height else {
      throw EnvironmentError(
        "it has \(width) x \(height) pixels; each side must have 1 to \(Self.maximumSide)")
    }
    (self.width, self.height, self.essentials) = (width, height, essentials)
  }
}

extension [UInt8] {
  /// Four bytes as a number, most significant first.
  fileprivate func bigEndianWord(at start: Int) -> Int {
    self[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
  }
}
