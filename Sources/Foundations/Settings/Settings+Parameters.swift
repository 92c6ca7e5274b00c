extension Settings {
  /// Values of a free-form mapping, read by the tables.
  ///
  /// - Parameters:
  ///   - parameters: The mapping; keys left out have their defaults.
  ///   - path: The mapping's own path, for messages.
  /// - Throws: `SettingsError` for an unknown key, a wrong type, a value out of range or a contradiction.
  public init(
    parameters: [String: ParameterValue], path: String
  ) throws(SettingsError) {
    self.init()
    let entries = parameters.sorted { $0.key < $1.key }.map {
      SettingsNode.Entry(key: $0.key, line: nil, value: SettingsNode($0.value))
    }
    let known = Self.fields.flatMap { $0.shape.paths($0.name) }.map { path + "." + $0 }
    try readSection(
      SettingsNode(line: nil, content: .mapping(entries)), into: &self, Self.fields,
      SettingsPlace(source: "", path: path, known: known))
    if let violation = firstViolation(in: self, Self.fields) {
      let found = violation.inside(path)
      throw SettingsError(source: "", found.key + " " + found.message)
    }
  }
}

extension SettingsNode {
  /// What a value would have been read from.
  fileprivate init(_ value: ParameterValue) {
    let content: Content =
      switch value {
      case .string(let text): .scalar(text, isPlain: false)
      case .boolean, .integer, .number: .scalar(value.text, isPlain: true)
      case .array(let values): .list(values.map { SettingsNode($0) })
      case .object(let values):
        .mapping(
          values.sorted { $0.key < $1.key }.map {
            Entry(key: $0.key, line: nil, value: SettingsNode($0.value))
          })
      }
    self.init(line: nil, content: content)
  }
}

/// Settings without any key.
public struct NoSettings: Settings, Sendable, Equatable {
  /// Nothing.
  public init() {}

  /// No keys.
  public static var fields: [Field<Self>] { [] }
}
