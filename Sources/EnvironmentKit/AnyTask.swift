internal import Foundation

/// A task of any environment: recorded in results, read back with ``AnyEnvironment/task(json:)``.
public struct AnyTask: Sendable, Encodable, Equatable, CustomStringConvertible {
  /// The name of the environment that the task belongs to.
  public let environment: String
  /// The task as JSON with sorted keys, for example `{"goal":[0.1,-0.3]}`.
  public let json: String
  /// The environment's own task value.
  let value: any Codable & Sendable

  init(_ value: any Codable & Sendable, environment: String) throws(EnvironmentError) {
    self.environment = environment
    self.value = value
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      json = String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      throw EnvironmentError("a task can't be written as JSON: \(error)", environment: environment)
    }
  }

  /// A task of an environment that is run by other code; nil for what isn't JSON, or has a null.
  init?(json: String, environment: String) throws(EnvironmentError) {
    guard let value = ParameterValue(json: json) else { return nil }
    try self.init(value, environment: environment)
  }

  /// The task as a table, for programs that don't know the environment.
  public var parameterValue: ParameterValue { ParameterValue(json: json) ?? .string(json) }

  /// The JSON text.
  public var description: String { json }

  /// Encodes the environment's own task value, as `json` shows it.
  ///
  /// - Parameter encoder: The encoder to write to.
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    try value.encode(to: encoder)
  }

  /// Compares environments and JSON texts.
  ///
  /// - Parameters:
  ///   - left: A task.
  ///   - right: Another task.
  /// - Returns: Whether both are the same task of the same environment.
  public static func == (left: AnyTask, right: AnyTask) -> Bool {
    left.environment == right.environment && left.json == right.json
  }
}
