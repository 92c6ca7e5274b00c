package import Settings

extension Settings {
  /// Every key with its value, in the order of a configuration.
  package var json: JSON {
    get throws {
      try SettingsNode(yaml: yaml(), source: "settings").map { JSON($0) } ?? .object([])
    }
  }

  /// Reads what ``json`` gave; what it leaves out keeps its default.
  ///
  /// - Parameters:
  ///   - json: An object of keys.
  ///   - source: The file's name and the place in it, for messages.
  /// - Throws: `SettingsError` for an unknown key, a wrong type or a value out of range.
  package init(json: JSON, source: String) throws(SettingsError) {
    self.init()
    try apply(SettingsNode(json), source: source)
    try check(source: source)
  }
}

extension JSON {
  /// A value of any kind that parameters have.
  package init(_ value: ParameterValue) {
    self =
      switch value {
      case .boolean(let flag): .flag(flag)
      case .integer(let integer): .integer(integer)
      case .number(let number): .number(number)
      case .string(let text): .text(text)
      case .array(let values): .list(values.map { JSON($0) })
      case .object(let values):
        .object(values.sorted { $0.key < $1.key }.map { ($0.key, JSON($0.value)) })
      }
  }

  /// The value that a piece of a configuration stands for, as it is written; a text where it is nothing else.
  package init(written text: String) {
    let node = try? SettingsNode(yaml: text, source: "")
    self = node.map { JSON($0) } ?? .text(text)
  }

  fileprivate init(_ node: SettingsNode) {
    switch node.content {
    case .list(let items): self = .list(items.map { JSON($0) })
    case .mapping(let entries): self = .object(entries.map { ($0.key, JSON($0.value)) })
    case .scalar(let text, _):
      self = node.isNull ? .null : ParameterValue(node).map { JSON($0) } ?? .text(text)
    }
  }
}

extension ParameterValue {
  /// A value of parameters; nil for null.
  package init?(_ json: JSON) {
    switch json {
    case .null: return nil
    case .flag(let flag): self = .boolean(flag)
    case .integer(let integer): self = .integer(integer)
    case .number(let number): self = .number(number)
    case .text(let text): self = .string(text)
    case .list(let items):
      let values = items.compactMap { ParameterValue($0) }
      guard values.count == items.count else { return nil }
      self = .array(values)
    case .object(let entries):
      let values = entries.compactMap { entry in ParameterValue(entry.value).map { (entry.key, $0) }
      }
      guard values.count == entries.count else { return nil }
      self = .object(Dictionary(values) { first, _ in first })
    }
  }
}

extension SettingsNode {
  fileprivate init(_ json: JSON) {
    let content: Content =
      switch json {
      case .null: .scalar("null", isPlain: true)
      case .flag(let flag): .scalar("\(flag)", isPlain: true)
      case .integer(let integer): .scalar("\(integer)", isPlain: true)
      case .number(let number): .scalar("\(number)", isPlain: true)
      case .text(let text): .scalar(text, isPlain: false)
      case .list(let items): .list(items.map { SettingsNode($0) })
      case .object(let entries):
        .mapping(entries.map { Entry(key: $0.key, line: nil, value: SettingsNode($0.value)) })
      }
    self.init(line: nil, content: content)
  }
}
