internal import Foundation
internal import Settings

/// Typed parameters and the complete table they stand for.
struct ResolvedParameters<Parameters: EnvironmentParameters> {
  let parameters: Parameters
  let table: [String: ParameterValue]

  /// Fills in the defaults, decodes and validates.
  init(_ given: [String: ParameterValue]) throws {
    let defaults = try Self.table(of: Parameters())
    let merged = try Self.merge(given, over: defaults, path: [])
    do {
      parameters = try Self.decode(merged)
    } catch let error as DecodingError {
      throw try Self.explained(error, given: given, defaults: defaults)
    }
    try parameters.validate()
    table = try Self.table(of: parameters)
  }

  private static func encode(_ value: some Encodable) throws -> Data {
    do {
      return try JSONEncoder().encode(value)
    } catch EncodingError.invalidValue(let value, let context) {
      let key = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw EnvironmentError("'\(key)' is \(value); it must be a finite value", key: key)
    }
  }

  private static func decode(_ table: [String: ParameterValue]) throws -> Parameters {
    try JSONDecoder().decode(Parameters.self, from: encode(table))
  }

  private static func table(of parameters: Parameters) throws -> [String: ParameterValue] {
    try JSONDecoder().decode([String: ParameterValue].self, from: encode(parameters))
  }

  private static func merge(
    _ given: [String: ParameterValue], over defaults: [String: ParameterValue], path: [String]
  ) throws(EnvironmentError) -> [String: ParameterValue] {
    var merged = defaults
    for (key, value) in given.sorted(by: { $0.key < $1.key }) {
      let name = (path + [key]).joined(separator: ".")
      guard let known = defaults[key] else {
        throw unknownParameter(key, named: name, among: defaults.keys.sorted())
      }
      if case .object(let inner) = value, case .object(let innerDefaults) = known {
        merged[key] = .object(try merge(inner, over: innerDefaults, path: path + [key]))
      } else {
        merged[key] = value
      }
    }
    return merged
  }

  /// Names the parameter at fault: the decoder's own path is empty for a number that doesn't fit.
  private static func explained(
    _ error: DecodingError, given: [String: ParameterValue], defaults: [String: ParameterValue]
  ) throws -> EnvironmentError {
    for (key, value) in given.sorted(by: { $0.key < $1.key }) {
      let alone = try merge([key: value], over: defaults, path: [])
      do {
        _ = try decode(alone)
      } catch let error as DecodingError {
        var expected = defaults[key].map { "fit where \($0.shown) does" } ?? "fit"
        var path = key
        var found = value
        if case .typeMismatch(let type, let context) = error {
          expected = "be \(kind(of: type))"
          path = context.codingPath.map(\.stringValue).joined(separator: ".")
          for step in context.codingPath.dropFirst() {
            guard case .object(let inner) = found, let next = inner[step.stringValue] else { break }
            found = next
          }
        }
        return EnvironmentError(
          "'\(path)' is \(found.shown), \(found.kind); it must \(expected)", key: path)
      }
    }
    return EnvironmentError("the parameters don't decode: \(error)")
  }

  private static func kind(of type: Any.Type) -> String {
    switch type {
    case is Bool.Type: "a boolean"
    case is any BinaryInteger.Type: "a whole number"
    case is any BinaryFloatingPoint.Type: "a number"
    case is String.Type: "a text"
    case is any Sequence.Type: "a list"
    default: "a \(type)"
    }
  }
}

/// An error for a key that no parameter has.
///
/// - Parameters:
///   - key: The key.
///   - name: The key with those of the tables that it stands in.
///   - known: The keys that would be right.
/// - Returns: The error, with the nearest of them.
func unknownParameter(
  _ key: String, named name: String, among known: [String]
) -> EnvironmentError {
  let advice =
    if let nearest = nearestName(to: key, among: known) {
      "did you mean '\(nearest)'?"
    } else if known.isEmpty {
      "there are no parameters here"
    } else {
      "known are \(known.joined(separator: ", "))"
    }
  return EnvironmentError("unknown parameter '\(name)'; \(advice)", key: name)
}

extension ParameterValue {
  /// Reads JSON; nil for what isn't, or has a null.
  init?(json: String) {
    guard let value = try? JSONDecoder().decode(Self.self, from: Data(json.utf8)) else {
      return nil
    }
    self = value
  }

  /// The value as an error tells of it: a text in quotes, a table by its keys.
  fileprivate var shown: String {
    switch self {
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): "'\(value)'"
    case .array(let values): "[" + values.map(\.shown).joined(separator: ", ") + "]"
    case .object(let values): "{" + values.keys.sorted().joined(separator: ", ") + "}"
    }
  }
}
