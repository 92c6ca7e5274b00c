/// What a policy was asked that it can't do now, in one line that says what would be right.
public struct PolicyMisuse: Error, Sendable, Equatable, CustomStringConvertible {
  /// The line.
  public let description: String

  /// A misuse in one line.
  public init(_ description: String) { self.description = description }
}
