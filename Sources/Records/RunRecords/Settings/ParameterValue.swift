/// A value of a free-form mapping, such as an environment's own parameters.
public enum ParameterValue: Hashable, Sendable {
  /// A number written with a point or an exponent.
  case number(Double)
  /// A whole number.
  case integer(Int)
  /// `true` or `false`.
  case flag(Bool)
  /// A text.
  case text(String)
  /// A list of values.
  case list([ParameterValue])

  /// The value as YAML in one line; reads back to an equal value.
  public var yaml: String {
    switch self {
    case .number(let value): ScalarText.text(of: value)
    case .integer(let value): String(value)
    case .flag(let value): String(value)
    case .text(let value): ScalarText.text(of: value)
    case .list(let values): "[" + values.map(\.yaml).joined(separator: ", ") + "]"
    }
  }
}

extension ParameterValue {
  /// The value that a piece of configuration stands for; nil for mappings, null and not-a-number.
  init?(_ node: SettingsNode) {
    switch node.content {
    case .scalar(let text, isPlain: false): self = .text(text)
    case .scalar(let text, isPlain: true):
      guard !node.isNull, let value = Self(plain: text) else { return nil }
      self = value
    case .list(let nodes):
      let values = nodes.compactMap { ParameterValue($0) }
      guard values.count == nodes.count else { return nil }
      self = .list(values)
    case .mapping: return nil
    }
  }

  private init?(plain text: String) {
    if let flag = ScalarText.flag(text) {
      self = .flag(flag)
    } else if let integer = Int(text) {
      self = .integer(integer)
    } else if let number = ScalarText.number(text) {
      self = .number(number)
    } else if [".nan", ".inf", "-.inf", "+.inf"].contains(text.lowercased()) {
      return nil
    } else {
      self = .text(text)
    }
  }
}
