/// A value of a free-form mapping, such as a parameter of an environment, before its type is known.
public enum ParameterValue: Sendable, Hashable {
  /// `true` or `false`.
  case boolean(Bool)
  /// A whole number.
  case integer(Int)
  /// Any other number.
  case number(Double)
  /// A text.
  case string(String)
  /// A list of values.
  case array([ParameterValue])
  /// Values by key.
  case object([String: ParameterValue])

  /// What the value is, for an error message.
  public var kind: String {
    switch self {
    case .boolean: "a boolean"
    case .integer: "a whole number"
    case .number: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "a table"
    }
  }
}

extension ParameterValue {
  /// The value as one would type it.
  public var text: String {
    switch self {
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): value
    case .array(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
    case .object(let values):
      "{"
        + values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.text)" }
        .joined(separator: ", ") + "}"
    }
  }
}

extension ParameterValue: Codable {
  /// Decodes the first kind that fits: boolean, whole number, number, text, list, table.
  ///
  /// - Parameter decoder: The decoder to read from.
  /// - Throws: `DecodingError` for null or anything else.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([ParameterValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: ParameterValue].self))
    }
  }

  /// Encodes the value alone.
  ///
  /// - Parameter encoder: The encoder to write to.
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .boolean(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}

extension ParameterValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// Creates a boolean.
  ///
  /// - Parameter value: The literal.
  public init(booleanLiteral value: Bool) { self = .boolean(value) }

  /// Creates a whole number.
  ///
  /// - Parameter value: The literal.
  public init(integerLiteral value: Int) { self = .integer(value) }

  /// Creates a number.
  ///
  /// - Parameter value: The literal.
  public init(floatLiteral value: Double) { self = .number(value) }

  /// Creates a text.
  ///
  /// - Parameter value: The literal.
  public init(stringLiteral value: String) { self = .string(value) }

  /// Creates a list.
  ///
  /// - Parameter elements: The literal's elements.
  public init(arrayLiteral elements: ParameterValue...) { self = .array(elements) }

  /// Creates a table; of equal keys the last one counts.
  ///
  /// - Parameter elements: The literal's keys and values.
  public init(dictionaryLiteral elements: (String, ParameterValue)...) {
    self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
  }
}
