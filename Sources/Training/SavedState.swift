public import MetaLearning
internal import Differentiation
public import RunRecords

/// A learner's state read from a run's checkpoint.
public struct SavedState: Sendable {
  /// The state after the checkpoint's iteration.
  public let state: LearnerState

  /// Reads the checkpoint of an iteration.
  ///
  /// - Throws: `RecordError` of kind `unreadable` if it is missing, damaged or another policy's.
  public init(_ iteration: Int, in directory: RunDirectory, experiment: Experiment) throws {
    state = try Self.state(
      of: directory.checkpoint(iteration), iteration, in: directory, experiment)
  }

  /// Reads the newest sound checkpoint.
  ///
  /// - Parameters:
  ///   - directory: The run's.
  ///   - experiment: What was trained there.
  ///   - warn: Told of each newer checkpoint that is damaged and passed over.
  /// - Throws: `RecordError` of kind `unreadable` if there is none, or it is another policy's.
  public init(
    newestIn directory: RunDirectory, experiment: Experiment, warn: (String) -> Void
  ) throws {
    let newest = try directory.newestCheckpoint()
    for damage in newest.damaged {
      warn("\(damage.message); using the checkpoint of iteration \(newest.iteration) instead")
    }
    state = try Self.state(of: newest.checkpoint, newest.iteration, in: directory, experiment)
  }

  /// Reads the checkpoint that did best on validation tasks.
  ///
  /// - Throws: `RecordError` of kind `usage` if none was measured, `unreadable` if it is missing or damaged.
  public init(bestIn directory: RunDirectory, experiment: Experiment) throws {
    guard let best = Validation(try directory.metrics()).best else {
      throw RecordError(
        .usage,
        "\(directory.path) was not measured on validation tasks, so none of its checkpoints is known to be "
          + "the best; train with run.validationTasks, or give an iteration")
    }
    try self.init(best, in: directory, experiment: experiment)
  }

  private static func state(
    of checkpoint: Checkpoint, _ iteration: Int, in directory: RunDirectory,
    _ experiment: Experiment
  ) throws -> LearnerState {
    let path = directory.checkpointPath(iteration)
    do {
      let state = try LearnerState(
        checkpoint, layout: experiment.problem.layout, inner: experiment.configuration.inner)
      guard state.iteration == iteration else {
        throw RecordError(.unreadable, "holds the state after iteration \(state.iteration)")
      }
      return state
    } catch let error as RecordError {
      throw RecordError(error.kind, "\(path): \(error.message)")
    }
  }
}

extension RunDirectory {
  /// The run's configuration.
  ///
  /// - Throws: `RecordError` of kind `unreadable` if `config.yaml` is damaged.
  public func configuration() throws -> Configuration {
    do {
      return try Configuration(file: configurationPath)
    } catch let error as RecordError where error.kind == .usage {
      throw RecordError(.unreadable, error.message)
    }
  }

  /// Refuses to go on with another configuration than the run began with.
  ///
  /// Threads don't matter to the results, and iterations may be added.
  ///
  /// - Throws: `RecordError` of kind `usage` that names the first key that differs.
  func requireSameConfiguration(_ given: Configuration) throws {
    var stored = try configuration()
    stored.run.threads = given.run.threads
    stored.outer.iterations = given.outer.iterations
    guard let difference = firstDifference(stored.yaml(), given.yaml()) else { return }
    throw RecordError(
      .usage,
      "\(path): the run began with \(difference.key) \(difference.first), not \(difference.second); "
        + "go on with its own configuration, \(configurationPath), or begin another run")
  }
}

/// The first key whose values differ between two configurations as they are written.
private func firstDifference(
  _ first: String, _ second: String
) -> (key: String, first: String, second: String)? {
  let (firstValues, secondValues) = (values(first), values(second))
  for (key, value) in firstValues {
    let other = secondValues.first { $0.key == key }?.value ?? "absent"
    if value != other { return (key, value, other) }
  }
  let known = Set(firstValues.map(\.key))
  return secondValues.first { !known.contains($0.key) }.map { ($0.key, "absent", $0.value) }
}

/// Key paths and values of a configuration as `Settings.yaml` writes it: two spaces for each level.
private func values(_ yaml: String) -> [(key: String, value: String)] {
  var path: [Substring] = []
  return yaml.split(separator: "\n").compactMap { line in
    let depth = line.prefix { $0 == " " }.count / 2
    let content = line.dropFirst(2 * depth)
    guard let colon = content.firstIndex(of: ":") else { return nil }
    path = path.prefix(depth) + [content[..<colon]]
    let value = content[content.index(after: colon)...].split(
      separator: "  # ", maxSplits: 1, omittingEmptySubsequences: false)[0]
    return (path.joined(separator: "."), value.drop { $0 == " " }.description)
  }
}
