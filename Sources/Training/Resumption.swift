internal import MetaLearning
internal import RunRecords

extension RunDirectory {
  /// Refuses to go on with another configuration than the run began with.
  ///
  /// Threads don't matter to the results, and iterations may be added.
  ///
  /// - Throws: `RecordError` of kind `usage` that names the first key that differs.
  func requireSameConfiguration(_ given: Configuration) throws {
    guard let difference = try configuration().firstDifference(from: given) else { return }
    throw RecordError(
      .usage,
      "\(path): the run began with \(difference.key) \(difference.first), not \(difference.second); "
        + "go on with its own configuration, \(configurationPath), or begin another run")
  }
}

extension SavedState {
  /// What a checkpoint tells beside the state.
  static func facts(of experiment: Experiment) -> [String: String] {
    var facts = versions()
    facts["environment"] = experiment.problem.name
    facts["seed"] = String(experiment.seed)
    facts[configurationKey] = experiment.configuration.decisiveChecksum
    return facts
  }

  /// Refuses a checkpoint that was written under another configuration than its run's directory holds now.
  ///
  /// - Throws: `RecordError` of kind `usage`.
  func requireConfiguration(_ configuration: Configuration, in directory: RunDirectory) throws {
    let own = facts[Self.configurationKey]
    guard let own, own != configuration.decisiveChecksum else { return }
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
  private static let laterKeys: Set = ["environment.trainingTasks", "inner.optimumTolerance"]

  /// Tells configurations with different results apart.
  fileprivate var decisiveChecksum: String {
    let defaults = Set(Configuration().entries.map { "\($0.key): \($0.value)" })
    let told = decisiveEntries.filter {
      !(Self.laterKeys.contains($0.key) && defaults.contains("\($0.key): \($0.value)"))
    }
    return checksum(of: told.map { "\($0.key): \($0.value)\n" }.joined())
  }

  /// The first key that two configurations' results could differ by.
  fileprivate func firstDifference(
    from other: Configuration
  ) -> (key: String, first: String, second: String)? {
    let (own, others) = (decisiveEntries, other.decisiveEntries)
    let values = Dictionary(others.map { ($0.key, $0.value) }) { first, _ in first }
    for (key, value) in own where values[key] != value {
      return (key, value, values[key] ?? "absent")
    }
    let known = Set(own.map(\.key))
    return others.first { !known.contains($0.key) }.map { ($0.key, "absent", $0.value) }
  }

  /// Without what may be changed in the middle of a run, and what only its evaluation knows.
  private var decisiveEntries: [(key: String, value: String)] {
    var copy = self
    copy.run.threads = RunSettings().threads
    copy.outer.iterations = OuterSettings().iterations
    return copy.entries.filter { !$0.key.hasPrefix("evaluation.") }
  }
}
