internal import Foundation

/// Typed parameters and the complete table they stand for.
struct ResolvedParameters<Parameters: EnvironmentParameters> {
  let parameters: Parameters
  let table: [String: ParameterValue]

  /// Fills in the defaults, decodes and validates.
  init(_ given: [String: ParameterValue]) throws {
    let defaults = try Self.table(of: Parameters())
    let merged = try Self.merge(given, over: defaults, path: [])
    let data = try Self.encode(merged)
    do {
      parameters = try JSONDecoder().decode(Parameters.self, from: data)
    } catch let error as DecodingError {
      throw Self.explained(error, in: merged)
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
        throw unknown(key, name: name, among: defaults.keys.sorted())
      }
      if case .object(let inner) = value, case .object(let innerDefaults) = known {
        merged[key] = .object(try merge(inner, over: innerDefaults, path: path + [key]))
      } else {
        merged[key] = value
      }
    }
    return merged
  }

  private static func unknown(
    _ key: String, name: String, among known: [String]
  ) -> EnvironmentError {
    let advice =
      if let nearest = key.nearest(among: known) {
        "did you mean '\(nearest)'?"
      } else if known.isEmpty {
        "there are no parameters here"
      } else {
        "known are \(known.joined(separator: ", "))"
      }
    return EnvironmentError("unknown parameter '\(name)'; \(advice)", key: name)
  }

  private static func explained(
    _ error: DecodingError, in table: [String: ParameterValue]
  ) -> EnvironmentError {
    let (path, type): ([any CodingKey], Any.Type?) =
      switch error {
      case .typeMismatch(let type, let context): (context.codingPath, type)
      case .valueNotFound(let type, let context): (context.codingPath, type)
      case .keyNotFound(let key, let context): (context.codingPath + [key], nil)
      case .dataCorrupted(let context): (context.codingPath, nil)
      @unknown default: ([], nil)
      }
    let key = path.map(\.stringValue).joined(separator: ".")
    let found = path.first.flatMap { table[$0.stringValue] }
    let expected = type.map { "; it must be \(kind(of: $0))" } ?? "; its type doesn't hold that"
    guard let found else { return EnvironmentError("the parameters don't decode: \(error)") }
    return EnvironmentError("'\(key)' is \(found.text), \(found.kind)\(expected)", key: key)
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

extension ParameterValue {
  /// The value as one would type it.
  fileprivate var text: String {
    switch self {
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): "'\(value)'"
    case .array(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
    case .object(let values): "{" + values.keys.sorted().joined(separator: ", ") + "}"
    }
  }
}
