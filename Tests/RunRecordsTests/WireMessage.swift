/// A protocol buffers message as its bytes say, whatever it means: the fields in order.
struct WireMessage {
  enum Value: Equatable {
    case number(UInt64)
    case bytes([UInt8])
  }

  let fields: [(number: Int, value: Value)]

  /// Reads the bytes of a message; a field that doesn't end is left out.
  init(_ bytes: some Collection<UInt8>) {
    var rest = Array(bytes)[...]
    var fields: [(number: Int, value: Value)] = []
    while let key = Self.variable(&rest) {
      let value: Value? =
        switch key & 7 {
        case 0: Self.variable(&rest).map { .number($0) }
        case 1: Self.fixed(&rest, count: 8).map { .number($0) }
        case 2:
          Self.variable(&rest).flatMap { length in
            guard length <= rest.count else { return nil }
            defer { rest = rest.dropFirst(Int(length)) }
            return .bytes(Array(rest.prefix(Int(length))))
          }
        case 5: Self.fixed(&rest, count: 4).map { .number($0) }
        default: nil
        }
      guard let value else { break }
      fields.append((Int(key >> 3), value))
    }
    self.fields = fields
  }

  /// The messages in the fields of a number.
  subscript(_ number: Int) -> [WireMessage] { bytes(number).map { WireMessage($0) } }

  /// The texts in the fields of a number.
  func texts(_ number: Int) -> [String] {
    bytes(number).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The numbers in the fields of a number, floating-point ones as their bits.
  func numbers(_ number: Int) -> [UInt64] {
    fields.compactMap { field in
      guard field.number == number, case .number(let value) = field.value else { return nil }
      return value
    }
  }

  private func bytes(_ number: Int) -> [[UInt8]] {
    fields.compactMap { field in
      guard field.number == number, case .bytes(let bytes) = field.value else { return nil }
      return bytes
    }
  }

  private static func variable(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }

  private static func fixed(_ rest: inout ArraySlice<UInt8>, count: Int) -> UInt64? {
    guard rest.count >= count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// The events of a directory's file, read from its frames.
func wireEvents(in directory: String) throws -> [WireMessage] {
  var rest = bytes(of: try eventsPath(in: directory))[...]
  var events: [WireMessage] = []
  while rest.count >= 8 {
    let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    events.append(WireMessage(rest.dropFirst(12).prefix(length)))
    rest = rest.dropFirst(length + 16)
  }
  return events
}
