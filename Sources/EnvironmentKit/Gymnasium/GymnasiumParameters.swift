internal import Foundation

/// How a Gymnasium environment gets its tasks.
enum GymnasiumTaskWay: String, ParameterChoice {
  /// Each value of a task is set as an attribute of the unwrapped environment.
  case attribute
  /// The unwrapped environment's `set_task`.
  case method
  /// The `options` of `reset`.
  case options
}

/// The parameters of every Gymnasium environment.
struct GymnasiumParameters: EnvironmentParameters {
  /// The interpreter that has gymnasium.
  var python = "python3"
  /// Keyword arguments of the environment, each as `name=value` with the value in JSON.
  var keywords: [String] = []
  /// What a task varies, each as `name=low..high`; without any, the environment's `sample_tasks`.
  var tasks: [String] = []
  /// How a task is handed over: `attribute`, `method` or `options`.
  var taskBy = GymnasiumTaskWay.attribute
  /// The most steps of an episode, 0 for the environment's own limit.
  var horizon = 0
  /// How long a worker may take to answer, in s; to start, it may always take a minute.
  var timeout: Double = 60

  init() {}

  func validate() throws {
    _ = try ranges()
    _ = try keywordTable()
    try require("horizon", horizon, in: 0...1_000_000)
    guard timeout > 0, timeout <= 86_400 else {
      throw EnvironmentError(
        "'timeout' is \(timeout); it must be above 0 and at most 86400 s", key: "timeout")
    }
    guard !python.isEmpty else {
      throw EnvironmentError("'python' is empty; it must name an interpreter", key: "python")
    }
  }

  /// What a worker is told.
  struct Settings: Encodable {
    struct Range: Encodable {
      let name: String
      let low: Double
      let high: Double

      func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(name)
        try container.encode(low)
        try container.encode(high)
      }
    }

    let id: String
    let keywords: [String: ParameterValue]
    let tasks: [Range]
    let taskBy: String
    let horizon: Int
  }

  func settings(id: String) throws -> Settings {
    Settings(
      id: id, keywords: try keywordTable(), tasks: try ranges(), taskBy: taskBy.rawValue,
      horizon: horizon)
  }

  private func ranges() throws -> [Settings.Range] {
    try tasks.map { text in
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex,
        let dots = text.range(of: ".."),
        let low = Double(text[text.index(after: equals)..<dots.lowerBound]),
        let high = Double(text[dots.upperBound...]), low.isFinite, high.isFinite, low <= high
      else {
        throw EnvironmentError(
          "'tasks' has '\(text)'; each has to be name=low..high, such as gravity=-12..-6",
          key: "tasks")
      }
      return Settings.Range(name: String(text[..<equals]), low: low, high: high)
    }
  }

  private func keywordTable() throws -> [String: ParameterValue] {
    var table: [String: ParameterValue] = [:]
    for text in keywords {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let value = ParameterValue(json: parts[1]) else {
        throw EnvironmentError(
          "'keywords' has '\(text)'; each has to be name=value with the value in JSON, such as "
            + "hardcore=true", key: "keywords")
      }
      table[parts[0]] = value
    }
    return table
  }
}
