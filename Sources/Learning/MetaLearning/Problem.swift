public import Differentiation
public import EnvironmentKit
public import Models
public import Policies
internal import Randomness

/// What is meta-learned: tasks of one kind, and the policy or model that adapts to them.
public enum Problem: Sendable {
  /// A policy that acts in an environment.
  case episodes(AnyEnvironment, Policy)
  /// A model of examples.
  case examples(AnyExampleSource, Model)

  /// The environment's or the source's name.
  public var name: String {
    switch self {
    case .episodes(let environment, _): environment.name
    case .examples(let source, _): source.name
    }
  }

  /// The tensors that are learned.
  public var layout: ParameterLayout {
    switch self {
    case .episodes(_, let policy): policy.layout
    case .examples(_, let model): model.layout
    }
  }

  /// What tasks are judged by: `return` in episodes, `accuracy` of classes, `negativeMeanSquaredError` of
  /// numbers; the greater the better.
  public var score: String {
    switch self {
    case .episodes: "return"
    case .examples(let source, _):
      switch source.specification.target {
      case .numbers: "negativeMeanSquaredError"
      case .classes: "accuracy"
      }
    }
  }

  /// The return of the best behaviour on a task, nil where it isn't known.
  public func optimalReturn(of task: AnyTask) -> Double? {
    guard case .episodes(let environment, _) = self else { return nil }
    return environment.optimalReturn(of: task)
  }

  /// How many tasks there are beside the shifted ones; nil where they are not finitely many.
  public var taskCount: Int? {
    guard case .episodes(let environment, _) = self else { return nil }
    return environment.allTasks?.count
  }

  /// What to know of the environment, a sentence each.
  public var notes: [String] {
    guard case .episodes(let environment, _) = self else { return [] }
    return environment.notes
  }

  /// Whether some parameters are running averages of what a network computes.
  var hasRunningAverages: Bool {
    guard case .examples(_, let model) = self else { return false }
    return model.settings.normalization == .running
  }

  /// Draws tasks.
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
    switch self {
    case .episodes(let environment, _):
      try environment.sampleTasks(split: split, count: count, seed: seed, iteration: iteration)
    case .examples(let source, _):
      try source.sampleTasks(split: split, count: count, seed: seed, iteration: iteration)
    }
  }

  /// Fresh parameters, `[1, parameter]`.
  func initialParameters(seed: UInt64, settings: MetaLearningSettings) -> Tensor<Float> {
    var random = RandomStream(seed: seed, purpose: .initialization)
    return switch self {
    case .episodes(_, let policy):
      policy.initialParameters(&random, settings: settings.policy)
    case .examples(_, let model): model.initialParameters(&random)
    }
  }
}
