public import Randomness

/// A source of few-shot tasks with its parameters: what the meta-learner and the commands see.
public struct AnyExampleSource: Sendable {
  /// The name in configurations.
  public let name: String
  /// One line on what is to be learned.
  public let summary: String
  /// The shapes of inputs and targets.
  public let specification: ExampleSpecification
  /// Every parameter, with defaults filled in.
  public let parameters: [String: ParameterValue]
  /// The greatest number of shots that can be drawn.
  public let shotLimit: Int

  private var sample: TaskSampler
  private let draw: @Sendable (AnyTask, Int, inout RandomStream) -> FewShotExamples

  /// Makes a source with its parameters filled in.
  init<Source: ExampleSource>(
    _ type: Source.Type, parameters given: [String: ParameterValue]
  ) throws(EnvironmentError) {
    let name = Source.name
    let (source, table) = try naming(name) {
      let resolved = try ResolvedParameters<Source.Parameters>(given)
      return (try Source(parameters: resolved.parameters), resolved.table)
    }
    self.name = name
    summary = Source.summary
    specification = source.specification
    parameters = table
    shotLimit = source.shotLimit
    sample = { split, random in
      try AnyTask(source.sample(split: split, random: &random), environment: name)
    }
    draw = { task, shots, random in
      guard let value = task.value as? Source.Task else {
        preconditionFailure("\(task) is not a task of \(name)")
      }
      return source.examples(of: value, shots: shots, random: &random)
    }
  }

  /// Draws tasks, as ``AnyEnvironment/sampleTasks(split:count:seed:iteration:)`` does.
  ///
  /// - Parameters:
  ///   - split: The part of the tasks to draw from.
  ///   - count: How many.
  ///   - seed: The seed of the run or of the evaluation.
  ///   - iteration: The meta-iteration, 0 for a fixed set.
  /// - Returns: The tasks in order.
  /// - Throws: `EnvironmentError` for a task that can't be written as JSON.
  public func sampleTasks(
    split: TaskSplit, count: Int, seed: UInt64, iteration: Int = 0
  ) throws(EnvironmentError) -> [AnyTask] {
    try naming(name) {
      try drawTasks(split: split, count: count, seed: seed, iteration: iteration, sample)
    }
  }

  /// The same source with a pool of finitely many training tasks, which all training tasks are drawn from
  /// then: what training that overfits its tasks shows with.
  ///
  /// - Parameters:
  ///   - count: The size of the pool, at least 1.
  ///   - seed: Of the run; the pool is what it draws of training tasks in iteration 0.
  /// - Returns: The source.
  /// - Throws: `EnvironmentError` for a task that can't be written as JSON.
  public func limitingTraining(
    to count: Int, seed: UInt64
  ) throws(EnvironmentError) -> AnyExampleSource {
    precondition(count >= 1, "a pool needs at least 1 task, got \(count)")
    var limited = self
    limited.sample = drawingTraining(
      from: try sampleTasks(split: .train, count: count, seed: seed), sample)
    return limited
  }

  /// Draws disjoint support and query sets of a task.
  ///
  /// - Parameters:
  ///   - task: A task of this source.
  ///   - shots: Examples in the support set, of each class where there are classes; at most
  ///     ``shotLimit``.
  ///   - random: The stream to draw from.
  /// - Returns: Both sets.
  public func examples(
    of task: AnyTask, shots: Int, random: inout RandomStream
  ) -> FewShotExamples { draw(task, shots, &random) }
}
