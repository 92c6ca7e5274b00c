/// What went wrong with something a user supplied or a machine refused, said in one line.
///
/// The message names what was wrong, where, and what would be right; the kind decides the exit
/// code of the process.
public struct RecordError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The families of failures, by the exit code that each ends a process with.
  public enum Kind: Int32, Sendable, CaseIterable {
    /// Wrong usage, or a configuration that doesn't hold.
    case usage = 64
    /// A file whose content can't be read: damaged, truncated or of another format.
    case unreadable = 65
    /// A fault inside the program.
    case fault = 70
    /// The operating system refused to read or write.
    case inputOutput = 74
  }

  /// The family of the failure.
  public var kind: Kind

  /// One line: what was wrong, where, and what would be right.
  public var message: String

  /// Makes an error; line breaks in the message become spaces.
  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = String(message.map { $0.isNewline ? " " : $0 })
  }

  /// The exit code that the process should end with: 64, 65, 70 or 74.
  public var exitCode: Int32 { kind.rawValue }

  /// The message.
  public var description: String { message }
}

extension RecordError {
  /// A configuration or usage error.
  static func usage(_ message: String) -> RecordError { RecordError(.usage, message) }

  /// An error about a file's content.
  static func unreadable(_ message: String) -> RecordError { RecordError(.unreadable, message) }
}
