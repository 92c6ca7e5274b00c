/// A section of a configuration: a Swift value with a table of its keys.
///
/// The values of `init()` are the defaults.
///
/// ```swift
/// struct InnerSettings: Settings {
///   var steps = 1
///   static var fields: [Field<Self>] {
///     [.integer("steps", \.steps, in: 1...100, "gradient steps per task")]
///   }
/// }
/// ```
public protocol Settings {
  /// Makes the default values.
  init()

  /// The keys, in the order in which they are written.
  ///
  /// A computed property: tables hold key paths, which aren't `Sendable`.
  static var fields: [Field<Self>] { get }

  /// What contradicts itself between fields that are each in range; nil if nothing does.
  func problem() -> SettingsProblem?

  /// What the key `extends` of a file asks for, whose values are those of keys left out.
  ///
  /// - Parameter name: The key's value.
  /// - Returns: The values to begin with.
  /// - Throws: `RecordError` where there is nothing of that name.
  static func base(_ name: String) throws -> Self
}

extension Settings {
  /// Nothing: fields don't depend on each other.
  public func problem() -> SettingsProblem? { nil }

  /// The defaults, whatever the name.
  public static func base(_ name: String) throws -> Self { Self() }
}

/// A contradiction between values of a configuration that are each in range.
public struct SettingsProblem: Hashable, Sendable {
  /// The path of the key to name, relative to the section that found the problem.
  public var key: String

  /// What is wrong and what would be right, to follow the key in a sentence.
  public var message: String

  /// Makes a problem, such as `("episodes", "is 1, expected at least 2 with baseline: linear")`.
  public init(_ key: String, _ message: String) {
    self.key = key
    self.message = message
  }

  func inside(_ section: String) -> SettingsProblem {
    SettingsProblem(section + "." + key, message)
  }
}

extension Settings {
  /// Reads a configuration; what it leaves out keeps its default.
  ///
  /// - Parameters:
  ///   - yaml: The text of the configuration.
  ///   - source: The file's name, for messages.
  ///   - overrides: Arguments of `--set`, such as `inner.stepSize=0.05`, applied in order.
  /// - Throws: `RecordError` of kind `usage` that names source, line, key, value and what is allowed.
  public init(yaml: String, source: String, overrides: [String] = []) throws {
    guard let node = try SettingsNode(yaml: yaml, source: source) else {
      throw RecordError.usage("\(source): is empty, expected a configuration")
    }
    do {
      self = try node.extended.map { try Self.base($0) } ?? Self()
    } catch let error as RecordError {
      throw RecordError(error.kind, "\(source): extends: \(error.message)")
    }
    try apply(node, to: &self, Self.fields, Self.place(source))
    for override in overrides { try set(override) }
    try validate(source: source, lines: node.lines())
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
    let source = "--set " + override.prefix(100)
    guard let equals = override.firstIndex(of: "="), equals != override.startIndex else {
      throw RecordError.usage("\(source): expected KEY=VALUE, such as inner.stepSize=0.05")
    }
    let text = String(override[override.index(after: equals)...])
    let keys = override[..<equals].split(separator: ".", omittingEmptySubsequences: false)
    guard keys.count <= 32 else { throw RecordError.usage("\(source): the key has too many parts") }
    let empty = SettingsNode(line: nil, content: .scalar("", isPlain: true))
    var node = try SettingsNode(yaml: text, source: source)?.withoutLines() ?? empty
    for key in keys.reversed() {
      let entry = SettingsNode.Entry(key: String(key), line: nil, value: node)
      node = SettingsNode(line: nil, content: .mapping([entry]))
    }
    try apply(node, to: &self, Self.fields, Self.place(source))
  }

  /// Checks what fields promise to each other, in every section.
  ///
  /// - Throws: `RecordError` of kind `usage` that names the key.
  public func validate(source: String) throws { try validate(source: source, lines: [:]) }

  private func validate(source: String, lines: [String: Int]) throws {
    guard let problem = firstProblem(in: self, Self.fields) else { return }
    throw Self.place(source).error(line: lines[problem.key], problem.key + " " + problem.message)
  }

  private static func place(_ source: String) -> SettingsPlace {
    let known = fields.flatMap { $0.shape.paths($0.name) }
    return SettingsPlace(source: source, path: "", known: known)
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
