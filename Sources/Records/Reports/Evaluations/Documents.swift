internal import Foundation
internal import RunRecords

/// A value as one JSON document; numbers that aren't finite become texts.
///
/// - Parameter value: Such as an ``EvaluationResult``.
/// - Returns: The document, with a line's end.
/// - Throws: `RecordError` of kind `fault` for a value that has no JSON.
public func json(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
  do {
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  } catch {
    throw RecordError(.fault, "a result can't be written as JSON: \(error)")
  }
}

/// The value that a JSON document of ``json(_:)`` stands for.
///
/// - Parameter text: The document.
/// - Returns: The value.
/// - Throws: What decoding throws for any other document.
public func value<Value: Decodable>(ofJSON text: String) throws -> Value {
  let decoder = JSONDecoder()
  decoder.nonConformingFloatDecodingStrategy = .convertFromString(
    positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
  return try decoder.decode(Value.self, from: Data(text.utf8))
}
