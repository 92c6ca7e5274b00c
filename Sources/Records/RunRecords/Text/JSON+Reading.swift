extension JSON {
  /// Reads one JSON value of RFC 8259, with blanks around it; nil if it is anything else.
  ///
  /// Objects with a key twice, numbers beyond the range of `Double`, and nesting beyond 64 levels
  /// are refused.
  package init?(_ bytes: ArraySlice<UInt8>) {
    var reader = JSONReader(rest: bytes)
    guard let value = reader.value(depth: 0) else { return nil }
    reader.skipBlanks()
    guard reader.rest.isEmpty else { return nil }
    self = value
  }
}

/// A recursive-descent reader over UTF-8 bytes.
private struct JSONReader {
  var rest: ArraySlice<UInt8>

  mutating func skipBlanks() {
    while let byte = rest.first, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { rest.removeFirst() }
  }

  mutating func value(depth: Int) -> JSON? {
    guard depth < 64 else { return nil }
    skipBlanks()
    switch rest.first {
    case UInt8(ascii: "{"): return object(depth: depth)
    case UInt8(ascii: "["): return list(depth: depth)
    case UInt8(ascii: "\""): return string().map { .text($0) }
    case UInt8(ascii: "t"): return take("true") ? .flag(true) : nil
    case UInt8(ascii: "f"): return take("false") ? .flag(false) : nil
    case UInt8(ascii: "n"): return take("null") ? .null : nil
    default: return number()
    }
  }

  private mutating func take(_ word: StaticString) -> Bool {
    let wanted = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard rest.starts(with: wanted) else { return false }
    rest.removeFirst(wanted.count)
    return true
  }

  private mutating func list(depth: Int) -> JSON? {
    var items: [JSON] = []
    rest.removeFirst()
    skipBlanks()
    if take("]") { return .list([]) }
    while let item = value(depth: depth + 1) {
      items.append(item)
      skipBlanks()
      if take("]") { return .list(items) }
      guard take(",") else { return nil }
    }
    return nil
  }

  private mutating func object(depth: Int) -> JSON? {
    var entries: [(key: String, value: JSON)] = []
    var seen: Set<String> = []
    rest.removeFirst()
    skipBlanks()
    if take("}") { return .object([]) }
    while true {
      skipBlanks()
      guard let key = string(), seen.insert(key).inserted else { return nil }
      skipBlanks()
      guard take(":"), let item = value(depth: depth + 1) else { return nil }
      entries.append((key, item))
      skipBlanks()
      if take("}") { return .object(entries) }
      guard take(",") else { return nil }
    }
  }

  private mutating func number() -> JSON? {
    let isPart = { (byte: UInt8) in (48...57).contains(byte) || "+-.eE".utf8.contains(byte) }
    let part = rest.prefix(while: isPart)
    guard let first = part.first, first == UInt8(ascii: "-") || (48...57).contains(first),
      part.count <= 400
    else { return nil }
    rest.removeFirst(part.count)
    let text = String(decoding: part, as: UTF8.self)
    if let integer = Int(text), text != "-0" { return .integer(integer) }
    return Double(text).flatMap { $0.isFinite ? .number($0) : nil }
  }

  private mutating func string() -> String? {
    guard take("\"") else { return nil }
    var bytes: [UInt8] = []
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\""): return String(validating: bytes, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let scalar = escaped() else { return nil }
        bytes += Array(String(scalar).utf8)
      case 0..<0x20: return nil
      default: bytes.append(byte)
      }
    }
    return nil
  }

  private mutating func escaped() -> Unicode.Scalar? {
    switch rest.popFirst() {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return unicodeEscape()
    default: return nil
    }
  }

  /// Four hexadecimal digits, or two times four for a surrogate pair.
  private mutating func unicodeEscape() -> Unicode.Scalar? {
    guard let first = fourDigits() else { return nil }
    guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) }
    guard take("\\u"), let second = fourDigits(), (0xDC00..<0xE000).contains(second) else {
      return nil
    }
    return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
  }

  private mutating func fourDigits() -> UInt32? {
    let digits = rest.prefix(4)
    guard digits.count == 4, digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != 45 }) else {
      return nil
    }
    rest.removeFirst(4)
    return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
