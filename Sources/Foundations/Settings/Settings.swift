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
public protocol Settings: SendableMetatype {
  /// Makes the default values.
  init()

  /// The keys, in the order in which they are written.
  ///
  /// A computed property: tables hold key paths, which aren't `Sendable`.
  static var fields: [Field<Self>] { get }

  /// The first constraint that values which are each in range don't meet; nil if they meet all.
  func violation() -> ConstraintViolation?

  /// What the key `extends` of a file asks for, whose values are those of keys left out.
  ///
  /// - Parameter name: The key's value.
  /// - Returns: The values to begin with.
  /// - Throws: An error whose description tells what would be right, where there is nothing of that name.
  static func base(_ name: String) throws -> Self
}

extension Settings {
  /// Nothing: fields don't depend on each other.
  public func violation() -> ConstraintViolation? { nil }

  /// The defaults, whatever the name.
  public static func base(_ name: String) throws -> Self { Self() }
}

extension Settings {
  /// Changes the values that a tree of keys gives, which is checked by the tables.
  ///
  /// - Throws: `SettingsError` for an unknown key, a wrong type or a value out of range.
  package mutating func apply(_ node: SettingsNode, source: String) throws(SettingsError) {
    let known = Self.fields.flatMap { $0.shape.paths($0.name) }
    let place = SettingsPlace(source: source, path: "", known: known)
    try readSection(node, into: &self, Self.fields, place)
  }

  /// Checks what fields promise to each other, in every section.
  ///
  /// - Parameters:
  ///   - source: The file's name, or the command-line argument.
  ///   - lines: The line of every key path that the source has.
  /// - Throws: `SettingsError` that names the key.
  package func check(source: String, lines: [String: Int] = [:]) throws(SettingsError) {
    guard let violation = firstViolation(in: self, Self.fields) else { return }
    throw SettingsError(source: source, line: lines[violation.key], violation.description)
  }
}
