extension ParameterValue {
  /// The value that a piece of configuration stands for; nil for mappings, null and not-a-number.
  package init?(_ node: SettingsNode) {
    switch node.content {
    case .scalar(let text, isPlain: false): self = .string(text)
    case .scalar(let text, isPlain: true):
      guard !node.isNull, let value = Self(plain: text) else { return nil }
      self = value
    case .list(let nodes):
      let values = nodes.compactMap { ParameterValue($0) }
      guard values.count == nodes.count else { return nil }
      self = .array(values)
    case .mapping: return nil
    }
  }

  private init?(plain text: String) {
    if let flag = ScalarText.flag(text) {
      self = .boolean(flag)
    } else if let integer = Int(text) {
      self = .integer(integer)
    } else if let number = ScalarText.number(text) {
      self = .number(number)
    } else if [".nan", ".inf", "-.inf", "+.inf"].contains(text.lowercased()) {
      return nil
    } else {
      self = .string(text)
    }
  }

  /// The value as YAML in one line; without tables it reads back to an equal value.
  package var yaml: String {
    switch self {
    case .boolean(let value): String(value)
    case .integer(let value): String(value)
    case .number(let value): ScalarText.text(of: value)
    case .string(let value): ScalarText.text(of: value)
    case .array(let values): "[" + values.map(\.yaml).joined(separator: ", ") + "]"
    case .object(let values):
      "{"
        + values.sorted { $0.key < $1.key }
        .map { ScalarText.text(of: $0.key) + ": " + $0.value.yaml }.joined(separator: ", ") + "}"
    }
  }

  /// Whether it is a table or holds one, which no configuration does.
  package var holdsTable: Bool {
    switch self {
    case .boolean, .integer, .number, .string: false
    case .array(let values): values.contains(where: \.holdsTable)
    case .object: true
    }
  }
}
