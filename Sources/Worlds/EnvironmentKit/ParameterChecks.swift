// What an author checks parameters and tasks with: errors name the key, the value and what would be
// right, and the framework adds the environment.

/// Throws unless a value lies in a range; what isn't a number doesn't.
///
/// - Parameters:
///   - key: The key path of the value, as errors name it.
///   - value: The value.
///   - range: What is allowed.
/// - Throws: `EnvironmentError` with key, value and range.
public func require<Value: Comparable>(
  _ key: String, _ value: Value, in range: ClosedRange<Value>
) throws(EnvironmentError) {
  guard range.contains(value) else {
    throw EnvironmentError(
      "'\(key)' is \(value); it must lie in [\(range.lowerBound), \(range.upperBound)]", key: key)
  }
}

/// Throws unless a value is finite and above a bound.
///
/// - Parameters:
///   - key: The key path of the value, as errors name it.
///   - value: The value.
///   - bound: What it must exceed.
/// - Throws: `EnvironmentError` with key, value and bound.
public func require(
  _ key: String, _ value: Float, above bound: Float
) throws(EnvironmentError) {
  guard value.isFinite, value > bound else {
    throw EnvironmentError("'\(key)' is \(value); it must be above \(bound) and finite", key: key)
  }
}

/// Throws unless a value is finite and at least a bound.
///
/// - Parameters:
///   - key: The key path of the value, as errors name it.
///   - value: The value.
///   - bound: What it must reach.
/// - Throws: `EnvironmentError` with key, value and bound.
public func require(
  _ key: String, _ value: Float, atLeast bound: Float
) throws(EnvironmentError) {
  guard value.isFinite, value >= bound else {
    throw EnvironmentError(
      "'\(key)' is \(value); it must be at least \(bound) and finite", key: key)
  }
}

/// Throws unless a horizon is a number of steps that a run can take.
///
/// - Parameter horizon: The steps of an episode.
/// - Throws: `EnvironmentError` with the value and what is allowed.
public func requireHorizon(_ horizon: Int) throws(EnvironmentError) {
  try require("horizon", horizon, in: 1...1_000_000)
}

/// A parameter that is one of a few names: an enumeration of texts whose error lists them.
public protocol ParameterChoice: RawRepresentable<String>, CaseIterable, Codable, Sendable {}

extension ParameterChoice {
  /// Reads a choice by its name.
  ///
  /// - Parameter decoder: The decoder to read from.
  /// - Throws: `EnvironmentError` with the key, the name and the known names.
  public init(from decoder: any Decoder) throws {
    let name = try decoder.singleValueContainer().decode(String.self)
    guard let choice = Self(rawValue: name) else {
      let key = decoder.codingPath.map(\.stringValue).joined(separator: ".")
      let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
      throw EnvironmentError("'\(key)' is '\(name)'; it must be one of \(known)", key: key)
    }
    self = choice
  }
}
