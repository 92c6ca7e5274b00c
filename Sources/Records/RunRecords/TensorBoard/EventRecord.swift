internal import SwiftProtobuf

/// A record of a TFRecord file: length, masked checksum of the length, data, masked checksum of it.
enum EventRecord {
  private static let overhead = 16

  /// The framed bytes of an event.
  static func framed(_ event: TensorBoardEvent) throws -> [UInt8] {
    let data: [UInt8] = try event.serializedBytes()
    let length = littleEndian(UInt64(data.count), count: 8)
    return length + littleEndian(UInt64(Checksum(length).masked), count: 4) + data
      + littleEndian(UInt64(Checksum(data).masked), count: 4)
  }

  /// The event at the beginning of some bytes, with the number of bytes it takes; nil if it is
  /// half-written or damaged.
  static func first(in bytes: ArraySlice<UInt8>) -> (event: TensorBoardEvent, count: Int)? {
    guard bytes.count >= overhead else { return nil }
    let start = bytes.startIndex
    let length = number(bytes[start..<start + 8])
    guard
      UInt64(Checksum(bytes[start..<start + 8]).masked) == number(bytes[start + 8..<start + 12]),
      length <= UInt64(bytes.count - overhead)
    else { return nil }
    let end = start + 12 + Int(length)
    let data = bytes[start + 12..<end]
    guard UInt64(Checksum(data).masked) == number(bytes[end..<end + 4]),
      let event = try? TensorBoardEvent(serializedBytes: Array(data))
    else { return nil }
    return (event, Int(length) + overhead)
  }

  private static func littleEndian(_ value: UInt64, count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
