internal import Foundation
internal import Randomness

/// An environment of Python's Gymnasium, or anything with its interface.
final class GymnasiumEnvironment: @unchecked Sendable {
  // Everything stays as it was made; the process has a lock.

  /// What names such an environment begin with.
  static let prefix = "gymnasium:"
  /// What can be said of one before it is made.
  static let summary = "Of Gymnasium, in Python workers"
  /// How long a worker may always take to import what it needs and to make its worlds, in s: a machine whose
  /// disk or processors are busy imports slowly, however fast the environment steps.
  static let startingTime = 60.0
  /// How long it may always take to list its tasks, in s.
  private static let listingTime = 900.0

  let name: String
  let parameters: GymnasiumParameters
  let specification: EnvironmentSpecification
  private let facts: Facts
  /// Tells whether its code is the same.
  private let content: String
  private let settings: String
  /// Draws tasks, and says what the environment is like.
  private let worker: WorkerProcess

  /// What a worker tells beside the specification.
  private struct Facts: Decodable {
    let notes: [String]
    /// Whether it is made by its id.
    let isRegistered: Bool
    let hasTasks: Bool
    let hasShiftedTasks: Bool
    /// Whether it lists the tasks of each split.
    let listsTasks: Bool
  }

  /// Starts a worker and asks it what the environment is like.
  ///
  /// - Parameters:
  ///   - name: `gymnasium:` and an id, or `module:attribute`.
  ///   - given: Parameters that differ from their defaults.
  /// - Returns: The environment.
  /// - Throws: `EnvironmentError` with what the worker says.
  static func make(
    name: String, parameters given: [String: ParameterValue]
  ) throws(EnvironmentError) -> AnyEnvironment {
    try naming(name) {
      let resolved = try ResolvedParameters<GymnasiumParameters>(given)
      return try GymnasiumEnvironment(name, resolved.parameters).erased(resolved.table)
    }
  }

  private init(_ name: String, _ parameters: GymnasiumParameters) throws {
    self.name = name
    self.parameters = parameters
    let settings = try parameters.settings(id: String(name.dropFirst(Self.prefix.count)))
    self.settings = String(decoding: try JSONEncoder().encode(settings), as: UTF8.self)
    let description: String
    (worker, description) = try Self.started(parameters, self.settings)
    content = try Self.ask(worker, "content")
    specification = try PluginSpecification(json: description).checked()
    facts = try JSONDecoder().decode(Facts.self, from: Data(description.utf8))
  }

  /// The worker's program: what the first files define, and who answers.
  private static let script = [
    PackageResources.spaces_py, PackageResources.chance_py, PackageResources.identity_py,
    PackageResources.tasks_py, PackageResources.pictures_py, PackageResources.worker_py,
    PackageResources.vector_py,
  ].map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")

  private static func started(
    _ parameters: GymnasiumParameters, _ settings: String
  ) throws -> (WorkerProcess, String) {
    let worker = try WorkerProcess(
      python: parameters.interpreter, script: script, timeout: parameters.timeout)
    // The numbers of tasks that an oracle is shown are those of all that are listed.
    let time = parameters.observesTask ? listingTime : startingTime
    return (worker, try ask(worker, "begin", settings, within: time))
  }

  /// What a worker answers that may still have files to read.
  private static func ask(
    _ worker: WorkerProcess, _ command: String, _ argument: String = "",
    within time: Double = startingTime
  ) throws -> String {
    do {
      return try worker.ask(command, argument, atLeast: time)
    } catch {
      throw EnvironmentError("\(error)")
    }
  }

  /// A worker of its own for a group of worlds.
  func startWorker() throws -> WorkerProcess { try Self.started(parameters, settings).0 }

  private func erased(_ table: [String: ParameterValue]) throws -> AnyEnvironment {
    let all = try parameters.tasks.combinations()?.map { try AnyTask($0, environment: name) }
    let listed = facts.listsTasks ? try listedTasks() : nil
    var environment = AnyEnvironment(
      name: name, summary: Self.summary, plugin: nil, content: content,
      specification: specification, parameters: table,
      sample: { split, random in
        if let tasks = all ?? listed?[split] { return tasks[random.index(below: tasks.count)] }
        let seed = random.next()
        return try self.task(self.worker.ask("sample", "\(split.phase) \(seed)"))
      },
      decode: { data in
        let task = try self.task(String(decoding: data, as: UTF8.self))
        do {
          _ = try self.worker.ask("take", task.json)
        } catch let failure as WorldFailure {
          throw EnvironmentError("task \(task): \(failure)")
        }
        return task
      },
      group: { count in try GymnasiumWorlds(self, count: count) },
      shownGroup: { count in try GymnasiumWorlds(self, count: count, areShown: true) },
      remake: { [name] in try Self.make(name: name, parameters: table) })
    environment.allTasks = all
    environment.listedTasks = listed
    environment.hasShiftedTasks = facts.hasShiftedTasks
    environment.notes = facts.notes
    if !facts.hasTasks && !parameters.tasks.isNone { addAdvice(to: &environment) }
    return environment
  }

  /// The tasks of each split. To find them may take its makers' code minutes.
  private func listedTasks() throws -> [TaskSplit: [AnyTask]] {
    let splits: [TaskSplit] = [.train, .validation, .test]
    return try Dictionary(
      uniqueKeysWithValues: splits.map { split in
        let text = try Self.ask(worker, "list", "\(split.phase)", within: Self.listingTime)
        let tasks = try JSONDecoder().decode([ParameterValue].self, from: Data(text.utf8))
        return (split, try tasks.map { try AnyTask($0, environment: name) })
      })
  }

  /// Says that there are no tasks. A class of one's own may vary by itself; one of a package doesn't.
  private func addAdvice(to environment: inout AnyEnvironment) {
    let advice =
      "it has no sample_tasks, and environment.parameters.tasks is empty, so that every task is the "
      + #"same; set what tasks vary, such as tasks=["gravity=5..15"], or tasks=none"#
    environment.notes.append(advice)
    if facts.isRegistered { environment.whyNotTrainable = advice }
  }

  private func task(_ json: String) throws(EnvironmentError) -> AnyTask {
    guard let task = try AnyTask(json: json, environment: name) else {
      throw EnvironmentError(
        "the task '\(json)' isn't JSON, or has a null in it; a task holds numbers, texts, booleans, lists and "
          + "tables")
    }
    return task
  }
}
