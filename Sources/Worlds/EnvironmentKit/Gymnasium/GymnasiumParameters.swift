internal import Foundation

/// How a Gymnasium environment gets its tasks.
enum GymnasiumTaskWay: String, ParameterChoice {
  /// Each value of a task is set as an attribute of the environment.
  case attribute
  /// The environment's `set_task`.
  case method
  /// The `options` of `reset`.
  case options
}

/// When an episode counts as a success, of an environment whose steps say so in their `info`.
enum GymnasiumSuccess: String, ParameterChoice {
  /// Where any of its steps said so.
  case ever
  /// Where its last step said so.
  case end
}

/// The parameters of every Gymnasium environment.
struct GymnasiumParameters: EnvironmentParameters {
  /// The word for whichever interpreter is there.
  static let anyPython = "python3"

  /// The interpreter that has gymnasium; `python3` is the one that FLEDGE_PYTHON names, where it is set.
  var python = anyPython
  /// Keyword arguments of the environment, each as `name=value` with the value in JSON, or a word as it is.
  var keywords: [String] = []
  /// What a task varies, each as `name=low..high` or `name={first,second}`; without any, the environment's
  /// `sample_tasks`; `none` for one task alone.
  var tasks = GymnasiumTasks()
  /// How a task is handed over: `attribute`, `method` or `options`.
  var taskBy = GymnasiumTaskWay.attribute
  /// The most steps of an episode, 0 for the environment's own limit.
  var horizon = 0
  /// When an episode is a success by `info["success"]`, or `is_success`: `ever` or at its `end`.
  var success = GymnasiumSuccess.ever
  /// Whether an episode that terminates is a success.
  var terminationIsSuccess = false
  /// Whether first observations vary from episode to episode of a task.
  var startsVary = true
  /// Whether the numbers of the task are observed, too, behind all others: what an oracle sees.
  var observesTask = false
  /// Whether a worker steps all of its worlds at once, in one `VectorEnv`.
  var vector = false
  /// How long a worker may take to answer, in s; to start, it may always take a minute.
  var timeout: Double = 60

  init() {}

  /// The interpreter's name or path.
  var interpreter: String { python == Self.anyPython ? defaultPython : python }

  func validate() throws {
    _ = try tasks.combinations()
    _ = try tasks.values()
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
    struct Entry: Encodable {
      let name: String
      let values: GymnasiumTasks.Values

      func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(name)
        try container.encode(values)
      }
    }

    let id: String
    let keywords: [String: ParameterValue]
    let tasks: [Entry]
    let taskBy: String
    let horizon: Int
    let success: String
    let terminationIsSuccess: Bool
    let startsVary: Bool
    let observesTask: Bool
    let vector: Bool
    /// The folder of Fledge's own Python modules; nil where this program doesn't stand in its package.
    let modules: String?
  }

  func settings(id: String) throws -> Settings {
    Settings(
      id: id, keywords: try keywordTable(),
      tasks: try tasks.values().map { Settings.Entry(name: $0.name, values: $0.values) },
      taskBy: taskBy.rawValue, horizon: horizon, success: success.rawValue,
      terminationIsSuccess: terminationIsSuccess, startsVary: startsVary,
      observesTask: observesTask, vector: vector, modules: pythonModules)
  }

  /// What elsewhere is no text, and what a text in its place would be read as the opposite of.
  private static let notWords: Set = [
    "true", "false", "yes", "no", "on", "off", "none", "null", "nan", "inf", "infinity",
  ]

  /// A value in JSON, or a word as it is.
  private static func keyword(_ text: String) -> ParameterValue? {
    if let value = ParameterValue(json: text) { return value }
    let isWord =
      text.first?.isLetter == true
      && text.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
    return isWord && !notWords.contains(text.lowercased()) ? .string(text) : nil
  }

  private func keywordTable() throws -> [String: ParameterValue] {
    var table: [String: ParameterValue] = [:]
    for text in keywords {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let value = Self.keyword(parts[1]) else {
        throw EnvironmentError(
          "'keywords' has '\(text)'; each has to be name=value with the value a word, or in JSON, such as "
            + "hardcore=true", key: "keywords")
      }
      guard table.updateValue(value, forKey: parts[0]) == nil else {
        throw EnvironmentError(
          "'keywords' has '\(parts[0])' twice; each name has to be given once", key: "keywords")
      }
    }
    return table
  }
}
