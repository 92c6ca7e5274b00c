/// How single values are read from the plain text of a configuration and written back.
enum ScalarText {
  /// A finite number in decimal notation.
  static func number(_ text: String) -> Double? {
    guard isDecimal(text), let value = Double(text), value.isFinite else { return nil }
    return value
  }

  /// An integer; `1e3` and `1000.0` count as 1000, `1.5` is none.
  static func integer(_ text: String) -> Int? {
    guard isDecimal(text) else { return nil }
    return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
  }

  /// `true` or `false`, and none of YAML's other spellings.
  static func flag(_ text: String) -> Bool? {
    switch text {
    case "true": true
    case "false": false
    default: nil
    }
  }

  /// The shortest text that reads back to the same bits.
  static func text(of number: Double) -> String {
    if number.isNaN { return ".nan" }
    if number.isInfinite { return number > 0 ? ".inf" : "-.inf" }
    return number.description
  }

  /// A text as YAML: plain where nothing could be mistaken, else in double quotes.
  static func text(of text: String) -> String {
    isSafePlain(text) ? text : "\"" + text.unicodeScalars.map(escaped).joined() + "\""
  }

  /// Whether only the signs of a decimal number occur and at least one digit does.
  private static func isDecimal(_ text: String) -> Bool {
    var hasDigit = false
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): hasDigit = true
      case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"),
        UInt8(ascii: "E"):
        break
      default: return false
      }
    }
    return hasDigit && text.utf8.count <= 400
  }

  private static let words: Set<String> = [
    "true", "false", "null", "yes", "no", "on", "off", "y", "n",
  ]

  private static func isSafePlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first) else { return false }
    guard !words.contains(text.lowercased()) else { return false }
    return text.utf8.allSatisfy { byte in
      isLetter(byte) || (48...57).contains(byte) || "-_./".utf8.contains(byte)
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte & 0xDF) }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar.value {
    case 0x22: "\\\""
    case 0x5C: "\\\\"
    case 0x0A: "\\n"
    case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF: String(scalar)
    case ...0xFFFF: "\\u" + hexadecimal(scalar.value, digits: 4)
    default: "\\U" + hexadecimal(scalar.value, digits: 8)
    }
  }

  private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}
