internal import Foundation
public import Randomness

/// A source of few-shot tasks with its parameters: what the meta-learner and the commands see.
public struct AnyExampleSource: Sendable {
  /// The name in configurations.
  public let name: String
  /// One line on what is to be learned.
  public let summary: String
  /// The shapes of inputs and targets.
  public let specification: ExampleSpecification
  /// Tells whether the files that tasks are made of are the same, wherever they stand; nil where there are none.
  public let content: String?
  /// Every parameter, with defaults filled in.
  public let parameters: [String: ParameterValue]
  /// The greatest number of shots that can be drawn.
  public let shotLimit: Int
  /// What one of can be left out of training, by its name; none where nothing is finitely many.
  public let members: [String]

  private var sample: TaskSampler
  private let draw: @Sendable (AnyTask, Int, inout RandomStream) -> FewShotExamples

  private let decode: @Sendable (Data) throws -> AnyTask
  private let leave: @Sendable (Int) throws -> AnyExampleSource
  private let known: @Sendable (AdaptationRule) -> [ClosedForm]

  /// Makes a source with its parameters filled in.
  init<Source: ExampleSource>(
    _ type: Source.Type, parameters given: [String: ParameterValue]
  ) throws(EnvironmentError) {
    self = try naming(Source.name) {
      let resolved = try ResolvedParameters<Source.Parameters>(given)
      return AnyExampleSource(
        try Source(parameters: resolved.parameters), parameters: resolved.table)
    }
  }

  private init<Source: ExampleSource>(_ source: Source, parameters: [String: ParameterValue]) {
    let name = Source.name
    self.name = name
    summary = Source.summary
    specification = source.specification
    self.parameters = parameters
    content = source.content
    shotLimit = source.shotLimit
    members = source.members
    sample = { split, random in
      try AnyTask(source.sample(split: split, random: &random), environment: name)
    }
    draw = { task, shots, random in
      guard let value = task.value as? Source.Task else {
        preconditionFailure("\(task) is not a task of \(name)")
      }
      return source.examples(of: value, shots: shots, random: &random)
    }
    decode = { data in
      let task = try JSONDecoder().decode(Source.Task.self, from: data)
      try source.validate(task: task)
      return try AnyTask(task, environment: name)
    }
    leave = { AnyExampleSource(try source.leavingOut($0), parameters: parameters) }
    known = { source.closedForms(under: $0) }
  }

  /// The same source with one of its members kept from training and validation: the test split has that
  /// member alone.
  ///
  /// - Parameter member: Its place in ``members``.
  /// - Returns: The source.
  /// - Throws: `EnvironmentError` where there are not at least two members, or none of that place.
  public func leavingOut(_ member: Int) throws(EnvironmentError) -> AnyExampleSource {
    try requireMember(member, of: members.count, "members", environment: name)
    return try naming(name) { try leave(member) }
  }

  /// What training finds in the end where the model is linear in its parameters.
  ///
  /// - Parameter rule: How the model is adapted.
  /// - Returns: As far as it is known, otherwise nothing.
  public func closedForms(under rule: AdaptationRule) -> [ClosedForm] { known(rule) }

  /// Reads a task back.
  ///
  /// - Parameter json: The task as ``AnyTask/json`` gives it.
  /// - Returns: The task, checked by the source.
  /// - Throws: `EnvironmentError` for a text that isn't such a task.
  public func task(json: String) throws(EnvironmentError) -> AnyTask {
    try AnyTask.read(json, environment: name, decode)
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
