internal import MetaLearning
internal import RunRecords
internal import Settings

extension Configuration {
  /// Refuses to go on with another configuration than the run began with.
  ///
  /// Threads don't matter to the results, and iterations may be added.
  ///
  /// - Throws: `RecordError` of kind `usage` that names the first key that differs.
  func requireSame(as given: Configuration, in directory: RunDirectory) throws {
    guard let difference = firstDifference(entriesWithoutContent, given.entriesWithoutContent)
    else { return }
    throw RecordError(
      .usage,
      "\(directory.path): the run began with \(difference.key) \(difference.first), not "
        + "\(difference.second); go on with its own configuration, \(directory.configurationPath), or begin "
        + "another run")
  }
}

extension Experiment {
  /// The same experiment with what rates fell towards so far on record, where they are to fall towards another
  /// number of iterations from now on.
  ///
  /// - Parameters:
  ///   - end: The number of iterations until now.
  ///   - done: The iterations that were done.
  ///   - tell: Told of the change.
  /// - Returns: The experiment to go on with.
  func movingEnd(from end: Int, after done: Int, tell: (String) -> Void) -> Experiment {
    let outer = configuration.outer
    guard outer.decay, done > 0, end != outer.iterations else { return self }
    var moved = self
    moved.configuration.outer.earlierEnds.append(EarlierEnd(done: done, end: end).text)
    tell(
      "outer.decay: rates fall towards iteration \(outer.iterations) from here on, so far it was \(end); "
        + "config.yaml records both")
    return moved
  }
}

extension SavedState {
  /// What a checkpoint tells beside the state.
  static func facts(of experiment: Experiment) -> [String: String] {
    var facts = versions()
    facts["environment"] = experiment.problem.name
    facts["seed"] = String(experiment.seed)
    facts[configurationKey] = experiment.configuration.checksumWithoutContent
    return facts
  }

  /// Refuses a checkpoint that was written under another configuration than its run's directory holds now.
  ///
  /// - Throws: `RecordError` of kind `usage`.
  func requireConfiguration(_ configuration: Configuration, in directory: RunDirectory) throws {
    let own = facts[Self.configurationKey]
    guard let own, own != configuration.checksumWithoutContent,
      own != configuration.checksumWithPlaces
    else { return }
    throw RecordError(
      .usage,
      "\(directory.configurationPath) has changed since \(directory.checkpointPath(state.iteration)) was "
        + "written; undo the change, or begin another run")
  }

  /// What this process computes with that the checkpoint's didn't, one line each.
  var otherVersions: [String] {
    versions().sorted { $0.key < $1.key }.compactMap { name, here in
      guard let there = facts[name], there != here else { return nil }
      return
        "the checkpoint of iteration \(state.iteration) was written with \(name) '\(there)', here "
        + "it is '\(here)': the run goes on, but its last digits may differ from an uninterrupted one's"
    }
  }

  private static let configurationKey = "configuration"
}

extension Configuration {
  /// Keys that came after checkpoints had been written without them. At their defaults they change no result,
  /// so they are left out, and those checkpoints hold.
  private static let laterKeys: Set = [
    "extends", "environment.trainingTasks", "inner.optimumTolerance", "outer.earlierEnds",
  ]

  /// Keys that say where something stands, which is known by what it is, and how it is waited for.
  private static let placeKeys: Set = [
    "extends", "plugins", EnvironmentSettings.dataKey, "environment.parameters.python",
    "environment.parameters.timeout",
  ]

  private static let contentKey = "environment.content"

  /// Tells configurations with different results apart.
  public var identity: String { Self.checksum(of: resultEntries) }

  /// As ``identity``, but for what tasks are made of, which may be allowed to change.
  fileprivate var checksumWithoutContent: String { Self.checksum(of: entriesWithoutContent) }

  /// What checkpoints held before content told libraries and data apart.
  fileprivate var checksumWithPlaces: String {
    Self.checksum(of: decisiveEntries.filter { $0.key != Self.contentKey })
  }

  private static func checksum(of entries: [(key: String, value: String)]) -> String {
    let defaults = Set(Configuration().entries.map { "\($0.key): \($0.value)" })
    let told = entries.filter {
      !(laterKeys.contains($0.key) && defaults.contains("\($0.key): \($0.value)"))
    }
    return RunRecords.checksum(of: told.map { "\($0.key): \($0.value)\n" }.joined())
  }

  /// The first key that makes two runs different methods: all but those of the run itself, and places.
  ///
  /// - Parameter other: Another run's.
  /// - Returns: The key with both values; nil where there is none.
  public func methodDifference(
    from other: Configuration
  ) -> (key: String, first: String, second: String)? {
    let entries = [self, other].map {
      $0.entries.filter { !Self.placeKeys.contains($0.key) && !$0.key.hasPrefix("run.") }
    }
    return firstDifference(entries[0], entries[1])
  }

  /// The first parameter by which two runs' environments differ, but for whether an oracle sees the task.
  ///
  /// - Parameter other: Another run's.
  /// - Returns: The key with both values; nil where there is none.
  public func environmentDifference(
    from other: Configuration
  ) -> (key: String, first: String, second: String)? {
    let entries = [self, other].map {
      $0.entries.filter {
        $0.key.hasPrefix("environment.parameters.") && !Self.placeKeys.contains($0.key)
          && $0.key != "environment.parameters.observesTask"
      }
    }
    return firstDifference(entries[0], entries[1])
  }

  /// What results depend on, but for what tasks are made of.
  fileprivate var entriesWithoutContent: [(key: String, value: String)] {
    resultEntries.filter { $0.key != Self.contentKey }
  }

  /// Without places.
  private var resultEntries: [(key: String, value: String)] {
    decisiveEntries.filter { !Self.placeKeys.contains($0.key) }
  }

  /// What results depend on and no run changes while it lasts.
  var hyperparameterEntries: [(key: String, value: String)] {
    resultEntries.filter {
      !["outer.earlierEnds", "outer.iterations", "run.threads"].contains($0.key)
    }
  }

  /// Without what may be changed in the middle of a run, and what only its evaluation knows.
  private var decisiveEntries: [(key: String, value: String)] {
    var copy = self
    copy.run.threads = RunSettings().threads
    copy.outer.iterations = OuterSettings().iterations
    copy.outer.earlierEnds = []
    copy.extends = nil
    return copy.entries.filter { !$0.key.hasPrefix("evaluation.") }
  }
}

/// The first key whose value is another one, or that only one has.
private func firstDifference(
  _ first: [(key: String, value: String)], _ second: [(key: String, value: String)]
) -> (key: String, first: String, second: String)? {
  let values = Dictionary(second.map { ($0.key, $0.value) }) { value, _ in value }
  for (key, value) in first where values[key] != value {
    return (key, value, values[key] ?? "absent")
  }
  let known = Set(first.map(\.key))
  return second.first { !known.contains($0.key) }.map { ($0.key, "absent", $0.value) }
}

extension EnvironmentSettings {
  /// The parameter of sources that read files.
  static let dataKey = "environment.parameters.data"

  /// The folder that tasks of files are read from.
  var dataFolder: String? {
    guard case .string(let folder)? = parameters["data"] else { return nil }
    return folder
  }
}
