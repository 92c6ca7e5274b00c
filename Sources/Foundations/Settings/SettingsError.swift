/// What a configuration says wrongly, with the place where it says it.
public struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file's name, or the command-line argument.
  public var source: String
  /// The line, from 1; nil where there is none to tell.
  public var line: Int?
  /// The key path, the value found and the values allowed.
  public var message: String

  /// Makes an error about a place.
  ///
  /// - Parameters:
  ///   - source: The file's name, or the command-line argument.
  ///   - line: The line, from 1.
  ///   - message: What was wrong and what would be right.
  public init(source: String, line: Int? = nil, _ message: String) {
    self.source = source
    self.line = line
    self.message = message
  }

  /// The place and the message, such as `config.yaml:3: inner.steps is 0, expected ...`.
  public var description: String { source + (line.map { ":\($0)" } ?? "") + ": " + message }
}

/// A value found in a file, quoted and shortened so that it fits in one line of a message.
package func quoted(_ text: some StringProtocol, limit: Int = 40) -> String {
  let shown = text.unicodeScalars.prefix(limit).map { scalar -> String in
    scalar == "\"" ? "\\\"" : (scalar.value < 32 || scalar.value == 127 ? " " : String(scalar))
  }
  let isCut = text.unicodeScalars.dropFirst(limit).first != nil
  return "\"" + shown.joined() + (isCut ? "..." : "") + "\""
}
