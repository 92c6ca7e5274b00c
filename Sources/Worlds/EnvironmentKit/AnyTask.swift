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

extension AnyTask {
  /// Reads a task back, of whatever has tasks.
  ///
  /// - Throws: `EnvironmentError` for a text that isn't such a task.
  static func read(
    _ json: String, environment: String, _ decode: (Data) throws -> AnyTask
  ) throws(EnvironmentError) -> AnyTask {
    do {
      return try decode(Data(json.utf8))
    } catch let error as EnvironmentError {
      throw error.named(environment)
    } catch {
      let path = (error as? DecodingError)?.path ?? ""
      throw EnvironmentError(
        "'\(json.prefix(200))' isn't one of its tasks\(path.isEmpty ? "" : ", at '\(path)'")",
        key: path,
        environment: environment)
    }
  }
}

/// Requires that one of finitely many can be left out, with something left to train on.
///
/// - Throws: `EnvironmentError` where there are not at least two, or none of that place.
func requireMember(
  _ index: Int, of count: Int, _ what: String, environment: String
) throws(EnvironmentError) {
  guard count != 1 else {
    throw EnvironmentError(
      "it has one task alone, which can't be left out", environment: environment)
  }
  guard count > 1 else {
    throw EnvironmentError(
      "its tasks are not finitely many, so none can be left out", environment: environment)
  }
  guard (0..<count).contains(index) else {
    throw EnvironmentError(
      "it has \(count) \(what), from 0 to \(count - 1), and none of index \(index)",
      environment: environment)
  }
}

extension DecodingError {
  /// The key path where decoding stopped.
  var path: String {
    let keys: [any CodingKey] =
      switch self {
      case .typeMismatch(_, let context), .valueNotFound(_, let context): context.codingPath
      case .keyNotFound(let key, let context): context.codingPath + [key]
      case .dataCorrupted(let context): context.codingPath
      @unknown default: []
      }
    return keys.map(\.stringValue).joined(separator: ".")
  }
}
