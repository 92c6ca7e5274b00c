/// Something about an environment, its parameters or a task that doesn't hold, in one line.
public struct EnvironmentError: Error, Hashable, CustomStringConvertible {
  /// What was wrong and what would be right.
  public let message: String
  /// The parameter's key path, such as `goalRange`, where one parameter is at fault.
  public let key: String?
  /// The environment's name, where it is known.
  public let environment: String?

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - message: One line: what was wrong, and what would be right.
  ///   - key: The key path of the parameter at fault.
  ///   - environment: The environment's name.
  public init(_ message: String, key: String? = nil, environment: String? = nil) {
    self.message = message
    self.key = key
    self.environment = environment
  }

  /// The whole line, with the environment's name in front.
  public var description: String {
    environment.map { "environment '\($0)': \(message)" } ?? message
  }

  /// Returns the error with the environment's name, unless it has one.
  func named(_ environment: String) -> EnvironmentError {
    EnvironmentError(message, key: key, environment: self.environment ?? environment)
  }
}

/// Runs `body` and gives whatever it throws the environment's name.
func naming<Result>(
  _ environment: String, _ body: () throws -> Result
) throws(EnvironmentError) -> Result {
  do {
    return try body()
  } catch let error as EnvironmentError {
    throw error.named(environment)
  } catch {
    throw EnvironmentError("\(error)", environment: environment)
  }
}
