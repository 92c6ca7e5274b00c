internal import Foundation

/// What the tasks of a Gymnasium environment vary: a list of texts in a configuration, or `none`.
struct GymnasiumTasks: Codable {
  /// What an attribute, or a key of a task, is drawn from.
  enum Values: Encodable {
    /// Numbers between two.
    case range(low: Double, high: Double)
    /// One of finitely many.
    case list([ParameterValue])

    private enum CodingKeys: CodingKey { case low, high }

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .range(let low, let high):
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(low, forKey: .low)
        try container.encode(high, forKey: .high)
      case .list(let values): try values.encode(to: encoder)
      }
    }
  }

  /// The word for an environment that is trained on as it is.
  private static let none = "none"
  /// The most tasks that are listed one by one.
  private static let mostListed = 10_000

  private var texts: [String] = []

  init() {}

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      texts = [text]
    } else {
      texts = try container.decode([String].self)
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if isNone { try container.encode(Self.none) } else { try container.encode(texts) }
  }

  /// Whether there is meant to be one task alone, the environment as it is.
  var isNone: Bool { texts == [Self.none] }

  /// What is varied, by name in the order given.
  ///
  /// - Throws: `EnvironmentError` that shows the text at fault.
  func values() throws(EnvironmentError) -> [(name: String, values: Values)] {
    if isNone { return [] }
    var found: [(name: String, values: Values)] = []
    for text in texts {
      let entry = try Self.entry(text)
      guard !found.contains(where: { $0.name == entry.name }) else {
        throw EnvironmentError(
          "'tasks' has '\(entry.name)' twice; each name has to be given once", key: "tasks")
      }
      found.append(entry)
    }
    return found
  }

  /// Every combination where all values are listed, the last name's varying first; nil otherwise.
  ///
  /// - Throws: `EnvironmentError` where they are too many.
  func combinations() throws(EnvironmentError) -> [ParameterValue]? {
    if isNone { return [.object([:])] }
    var tasks: [[String: ParameterValue]] = [[:]]
    for (name, values) in try values() {
      guard case .list(let values) = values else { return nil }
      guard tasks.count * values.count <= Self.mostListed else {
        throw EnvironmentError(
          "'tasks' has more than \(Self.mostListed) combinations; expected fewer, or a range "
            + "name=low..high", key: "tasks")
      }
      tasks = tasks.flatMap { task in values.map { task.merging([name: $0]) { $1 } } }
    }
    return texts.isEmpty ? nil : tasks.map { .object($0) }
  }

  private static func entry(
    _ text: String
  ) throws(EnvironmentError) -> (name: String, values: Values) {
    let parts = text.split(separator: "=", maxSplits: 1).map { trimmed($0) }
    if parts.count == 2, !parts[0].isEmpty {
      if let values = list(parts[1]) {
        guard Set(values).count == values.count else {
          throw EnvironmentError(
            "'tasks' has '\(text)', which lists a value twice; each has to be given once",
            key: "tasks")
        }
        return (parts[0], .list(values))
      }
      if let (low, high) = range(parts[1]) { return (parts[0], .range(low: low, high: high)) }
    }
    throw EnvironmentError(
      "'tasks' has '\(text)'; each has to be name=low..high, such as gravity=-12..-6, or "
        + "name={first,second}, such as direction={-1,1}; or tasks is none", key: "tasks")
  }

  /// `low..high`, with three points too, as ranges are written elsewhere.
  private static func range(_ text: String) -> (low: Double, high: Double)? {
    guard let points = text.range(of: "...") ?? text.range(of: ".."),
      let low = Double(trimmed(text[..<points.lowerBound])),
      let high = Double(trimmed(text[points.upperBound...])),
      low.isFinite, high.isFinite, low <= high, (high - low).isFinite
    else { return nil }
    return (low, high)
  }

  /// `{first,second}`, each in JSON or a text as it is.
  private static func list(_ text: String) -> [ParameterValue]? {
    guard text.hasPrefix("{"), text.hasSuffix("}"), text.count > 2 else { return nil }
    var (parts, isQuoted) = ([""], false)
    for character in text.dropFirst().dropLast() {
      if character == "\"" { isQuoted.toggle() }
      if character == "," && !isQuoted {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    let values = parts.map { ParameterValue(json: trimmed($0)) ?? .string(trimmed($0)) }
    return values.contains(.string("")) ? nil : values
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    text.trimmingCharacters(in: .whitespaces)
  }
}
