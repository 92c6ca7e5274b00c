internal import Adaptation
internal import Experiments
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
    guard let difference = resultDifference(from: given) else { return }
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
    tell(
      "outer.decay: rates fall towards iteration \(outer.iterations) from here on, so far it was \(end); "
        + "config.yaml records both")
    return recording(EarlierEnd(done: done, end: end))
  }
}

extension SavedState {
  /// What a checkpoint tells beside the state.
  static func facts(of experiment: Experiment) -> [String: String] {
    var facts = versions()
    facts["environment"] = experiment.problem.name
    facts["seed"] = String(experiment.seed)
    facts[configurationKey] = experiment.configuration.identityWithoutContent
    return facts
  }

  /// Refuses a checkpoint that was written under another configuration than its run's directory holds now.
  ///
  /// - Throws: `RecordError` of kind `usage`.
  func requireConfiguration(_ configuration: Configuration, in directory: RunDirectory) throws {
    let own = facts[Self.configurationKey]
    guard let own, own != configuration.identityWithoutContent,
      own != configuration.identityWithPlaces
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
