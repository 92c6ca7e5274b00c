internal import Glibc

/// `log.txt` of a run: what happened to it and when, for people.
public struct RunLog: Sendable {
  private let path: String

  /// The log of a run.
  public init(_ directory: RunDirectory) { path = directory.path + "/log.txt" }

  /// Appends a line with the time.
  ///
  /// - Parameter text: What happened; ends of lines become spaces.
  /// - Throws: `RecordError` of kind `inputOutput`.
  public func append(_ text: String) throws {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o644)
    guard file >= 0 else { throw systemFailure("write", path, code: errno) }
    defer { _ = close(file) }
    try Files.requireRegular(file, path)
    try Files.write(Array("\(RunFacts.now) \(line)\n".utf8), to: file, path)
  }
}
