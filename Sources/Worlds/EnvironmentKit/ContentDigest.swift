internal import Foundation

/// Tells whether two files, or other things that tasks are made of, are the same: not by their names, but by
/// what is in them. It doesn't tell who wrote them.
public struct ContentDigest: Sendable {
  // FNV-1a (Fowler, Noll and Vo) over words of eight bytes, the high half mixed back in.
  private var register: UInt64 = 0xCBF2_9CE4_8422_2325

  /// The digest of nothing.
  public init() {}

  /// Takes bytes in, and how many they are.
  ///
  /// - Parameter bytes: Any number of them.
  public mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

  private mutating func add(_ buffer: UnsafeRawBufferPointer) {
    let whole = buffer.count / 8 * 8
    for offset in stride(from: 0, to: whole, by: 8) {
      mix(UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }
    var rest: UInt64 = 0
    for offset in whole..<buffer.count { rest = rest << 8 | UInt64(buffer[offset]) }
    mix(rest)
    mix(UInt64(buffer.count))
  }

  /// Takes a text in.
  ///
  /// - Parameter text: Any text.
  public mutating func add(_ text: String) { add(Array(text.utf8)) }

  private mutating func mix(_ word: UInt64) {
    register = (register ^ word) &* 0x0000_0100_0000_01B3
    register ^= register >> 32
  }

  /// 16 hexadecimal digits.
  public var text: String {
    let digits = String(register, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The digest of a file.
  ///
  /// - Parameter path: Where it is.
  /// - Returns: Its text; nil if it can't be read.
  static func text(ofFile path: String) -> String? {
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    else { return nil }
    var digest = ContentDigest()
    data.withUnsafeBytes { digest.add($0) }
    return digest.text
  }

  /// That of the program itself, which an author's environments are a part of.
  static let ofProgram = text(ofFile: "/proc/self/exe")
}
