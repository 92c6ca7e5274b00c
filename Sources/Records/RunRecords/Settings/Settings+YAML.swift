public import Settings

extension Settings {
  /// Reads a configuration; what it leaves out keeps its default.
  ///
  /// - Parameters:
  ///   - yaml: The text of the configuration.
  ///   - source: The file's name, for messages.
  ///   - overrides: Arguments of `--set`, such as `inner.stepSize=0.05`, applied in order.
  /// - Throws: `RecordError` of kind `usage` that names source, line, key, value and what is allowed.
  public init(yaml: String, source: String, overrides: [String] = []) throws {
    self = try asUsage { () throws(SettingsError) in
      guard let node = try SettingsNode(yaml: yaml, source: source) else {
        throw SettingsError(source: source, "is empty, expected a configuration")
      }
      var settings = try Self.base(of: node, source: source)
      try settings.apply(node, source: source)
      for override in overrides { try settings.applyOverride(override) }
      try settings.check(source: source, lines: node.lines())
      return settings
    }
  }

  /// Reads a configuration file; what it leaves out keeps its default.
  ///
  /// - Throws: `RecordError`: `usage` if the content doesn't hold or there is no such file,
  ///   `inputOutput` if the system refuses to read it.
  public init(file: String, overrides: [String] = []) throws {
    guard Files.exists(file) else {
      throw RecordError.usage("\(file): no such configuration file")
    }
    do {
      let bytes = try Files.read(file, limit: SettingsNode.sizeLimit)
      // Some editors begin UTF-8 with a byte order mark, which is no part of the text.
      let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
      guard let text = String(validating: content, as: UTF8.self) else {
        throw RecordError.usage("\(file): is not UTF-8 text, expected a YAML configuration")
      }
      try self.init(yaml: text, source: file, overrides: overrides)
    } catch let error as RecordError where error.kind == .unreadable {
      throw RecordError.usage(error.message)
    }
  }

  /// Changes one value by an argument of `--set`, such as `inner.stepSize=0.05`.
  ///
  /// Call `validate` after the last one.
  ///
  /// - Throws: `RecordError` of kind `usage` that names the key, the value and what is allowed.
  public mutating func set(_ override: String) throws {
    self = try asUsage { () throws(SettingsError) in
      var settings = self
      try settings.applyOverride(override)
      return settings
    }
  }

  /// Checks what fields promise to each other, in every section.
  ///
  /// - Throws: `RecordError` of kind `usage` that names the key.
  public func validate(source: String) throws {
    try asUsage { () throws(SettingsError) in try check(source: source) }
  }

  /// The values to begin with: those that the key `extends` asks for, or the defaults.
  private static func base(of node: SettingsNode, source: String) throws(SettingsError) -> Self {
    guard let name = node.extended else { return Self() }
    do {
      return try base(name)
    } catch {
      throw SettingsError(source: source, "extends: \(error)")
    }
  }

  private mutating func applyOverride(_ override: String) throws(SettingsError) {
    let source = "--set " + override.prefix(100)
    guard let equals = override.firstIndex(of: "="), equals != override.startIndex else {
      throw SettingsError(source: source, "expected KEY=VALUE, such as inner.stepSize=0.05")
    }
    let text = String(override[override.index(after: equals)...])
    let keys = override[..<equals].split(separator: ".", omittingEmptySubsequences: false)
    guard keys.count <= 32 else {
      throw SettingsError(source: source, "the key has too many parts")
    }
    let empty = SettingsNode(line: nil, content: .scalar("", isPlain: true))
    var node = try SettingsNode(yaml: text, source: source)?.withoutLines() ?? empty
    for key in keys.reversed() {
      let entry = SettingsNode.Entry(key: String(key), line: nil, value: node)
      node = SettingsNode(line: nil, content: .mapping([entry]))
    }
    try apply(node, source: source)
  }
}

/// Tells of a configuration that doesn't hold as of wrong usage.
private func asUsage<Result>(
  _ body: () throws(SettingsError) -> Result
) throws(RecordError) -> Result {
  do {
    return try body()
  } catch {
    throw .usage(error.description)
  }
}

extension SettingsNode {
  /// The text at the key `extends`.
  fileprivate var extended: String? {
    guard case .mapping(let entries) = content,
      let value = entries.first(where: { $0.key == "extends" })?.value, !value.isNull,
      case .scalar(let text, _) = value.content
    else { return nil }
    return text
  }

  /// The line of every key path.
  fileprivate func lines(_ prefix: String = "") -> [String: Int] {
    guard case .mapping(let entries) = content else { return [:] }
    return entries.reduce(into: [:]) { lines, entry in
      let path = prefix + entry.key
      lines[path] = entry.line
      lines.merge(entry.value.lines(path + ".")) { first, _ in first }
    }
  }

  /// The same values without lines, which mean nothing in a command-line argument.
  fileprivate func withoutLines() -> SettingsNode {
    guard case .list(let items) = content else { return SettingsNode(line: nil, content: content) }
    return SettingsNode(line: nil, content: .list(items.map { $0.withoutLines() }))
  }
}
