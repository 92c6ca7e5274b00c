/// The CRC-32C of a text, as 8 hexadecimal digits: tells whether two texts are the same, not who wrote them.
///
/// - Parameter text: Any text.
/// - Returns: 8 hexadecimal digits.
public func checksum(of text: String) -> String { checksum(of: Array(text.utf8)) }

/// The CRC-32C of bytes, as eight hexadecimal digits.
public func checksum(of bytes: [UInt8]) -> String { Checksum(bytes).text }

/// CRC-32C (Castagnoli, polynomial 0x1EDC6F41 reflected), as TFRecord files use it.
struct Checksum: Equatable {
  private var register: UInt32 = 0xFFFF_FFFF

  /// The checksum of the bytes so far.
  var value: UInt32 { ~register }

  /// The checksum rotated and offset, so that checksums of data that hold checksums stay apart.
  var masked: UInt32 { ((value >> 15) | (value << 17)) &+ 0xA282_EAD8 }

  /// The value as 8 hexadecimal digits.
  var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// Makes the checksum of some bytes.
  init(_ bytes: some Sequence<UInt8> = []) { add(bytes) }

  /// Takes further bytes in.
  mutating func add(_ bytes: some Sequence<UInt8>) {
    let isWhole: Void? = bytes.withContiguousStorageIfAvailable { add(buffer: .init($0)) }
    guard isWhole == nil else { return }
    for byte in bytes { step(byte) }
  }

  /// Eight bytes at a time through eight tables ("slicing by 8").
  private mutating func add(buffer: UnsafeRawBufferPointer) {
    let tables = Self.tables
    let wholeWords = buffer.count / 8 * 8
    for offset in stride(from: 0, to: wholeWords, by: 8) {
      let word = UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      let mixed = word ^ UInt64(register)
      var next: UInt32 = 0
      for index in 0..<8 {
        next ^= tables[(7 - index) * 256 + Int(truncatingIfNeeded: (mixed >> (8 * index)) & 0xFF)]
      }
      register = next
    }
    for offset in wholeWords..<buffer.count { step(buffer[offset]) }
  }

  private mutating func step(_ byte: UInt8) {
    register = Self.tables[Int((register ^ UInt32(byte)) & 0xFF)] ^ (register >> 8)
  }

  /// Table t at 256 t: the effect of a byte followed by t zero bytes.
  private static let tables: [UInt32] = {
    var tables = (0..<256).map { byte in
      (0..<8).reduce(UInt32(byte)) { value, _ in (value >> 1) ^ (value & 1 == 1 ? 0x82F6_3B78 : 0) }
    }
    for index in 256..<2048 {
      let earlier = tables[index - 256]
      tables.append((earlier >> 8) ^ tables[Int(earlier & 0xFF)])
    }
    return tables
  }()
}
