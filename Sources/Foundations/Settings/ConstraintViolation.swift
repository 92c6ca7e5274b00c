/// A constraint on the values of a configuration that they don't meet, though each is in range.
public struct ConstraintViolation: Error, Hashable, Sendable, CustomStringConvertible {
  /// The path of the key to name, relative to the section whose constraint it is.
  public var key: String

  /// What is wrong and what would be right, to follow the key in a sentence.
  public var message: String

  /// Makes a violation, such as `("episodes", "is 1, expected at least 2 with baseline: linear")`.
  public init(_ key: String, _ message: String) {
    self.key = key
    self.message = message
  }

  /// The sentence.
  public var description: String { key + " " + message }

  /// The same, with a key that is relative to what the section stands in.
  package func inside(_ section: String) -> ConstraintViolation {
    ConstraintViolation(section + "." + key, message)
  }
}
