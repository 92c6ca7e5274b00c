internal import RunRecords

/// What tasks are made of has changed since a configuration was written.
public struct ContentChange: Sendable, Equatable {
  /// What has changed.
  public enum Part: Sendable, Equatable {
    /// A shared library, by its path.
    case library(String)
    /// The files in a folder, by its path.
    case data(String)
    /// A class or function in Python, by its module and name.
    case module(String)
    /// The program, which has environments of its author's, or a package of Python.
    case code
  }

  /// What has changed.
  public let part: Part
  /// What the configuration says.
  public let expected: String
  /// What was found.
  public let found: String?

  /// One line on what has changed, without the advice.
  public var description: String {
    let subject =
      switch part {
      case .library(let path): "the library '\(path)' has"
      case .data(let path): "the data in '\(path)' have"
      case .module(let name): "the code of '\(name)' has"
      case .code: "the code of the environment has"
      }
    return "\(subject) changed since environment.content was \(expected); it is "
      + "\(found ?? "unknown") now"
  }

  /// Whether going on with it has to be asked for: code may have been built anew without a change that matters.
  private var isRefused: Bool { part != .code }

  /// Refuses the change, or tells of it.
  ///
  /// - Parameters:
  ///   - source: What the configuration is of, for the message.
  ///   - isAllowed: Whether going on with it was asked for.
  ///   - tell: Told of a change that is gone on with.
  /// - Throws: `RecordError` of kind `usage`.
  public func check(source: String, isAllowed: Bool, tell: (String) -> Void) throws {
    guard isAllowed || !isRefused else {
      throw RecordError(
        .usage,
        "\(source): \(description); restore it, or go on with the change by --allow-changes")
    }
    tell("\(source): \(description)")
  }
}
