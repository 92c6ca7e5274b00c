public import Experiments
public import MetaLearning
public import RunRecords

/// A learner's state read from a run's checkpoint.
public struct SavedState: Sendable {
  /// The state after the checkpoint's iteration.
  public let state: LearnerState
  /// What the checkpoint tells about the run and the program that wrote it.
  let facts: [String: String]

  /// Reads the checkpoint of an iteration.
  ///
  /// - Throws: `RecordError` of kind `unreadable` if it is missing, damaged or another policy's.
  public init(_ iteration: Int, in directory: RunDirectory, experiment: Experiment) throws {
    try self.init(directory.checkpoint(iteration), iteration, in: directory, experiment)
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
    try self.init(newest.checkpoint, newest.iteration, in: directory, experiment)
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

  private init(
    _ checkpoint: Checkpoint, _ iteration: Int, in directory: RunDirectory,
    _ experiment: Experiment
  ) throws {
    do {
      state = try LearnerState(
        checkpoint, layout: experiment.problem.layout,
        settings: experiment.metaLearning)
      guard state.iteration == iteration else {
        throw RecordError(.unreadable, "holds the state after iteration \(state.iteration)")
      }
    } catch let error as RecordError {
      throw RecordError(
        error.kind, "\(directory.checkpointPath(iteration)): \(error.message)")
    }
    facts = checkpoint.metadata
  }
}
