public import Differentiation
public import Parallel
public import Settings

/// A way to improve an initialization by how tasks went on that were adapted from it.
///
/// A method is one file: its hyperparameters, its definition, its update, which reads like the algorithm in its paper.
/// It is known by a line in a list of definitions, such as ``OuterMethods/builtIn``.
public protocol OuterMethod: Sendable, SendableMetatype {
  /// What it needs of the tasks: `any TaskAdapter` for tasks of any kind, ``EpisodeAdapter`` for those of a policy.
  associatedtype Tasks

  /// What ``OuterSettings/parameters`` holds of it.
  associatedtype Keys: Settings = NoSettings

  /// The method as settings describe it.
  ///
  /// - Parameters:
  ///   - settings: The inner loop and the outer loop.
  ///   - keys: What it has of its own.
  init(_ settings: MetaLearningSettings, _ keys: Keys)

  /// What it carries from iteration to iteration beside the initialization and the step sizes, by names for a
  /// checkpoint, as it is before the first iteration.
  ///
  /// - Parameter layout: Of the parameters that are learned.
  /// - Returns: Numbers by name, as many as they will always be.
  func initialState(for layout: ParameterLayout) -> [String: [Double]]

  /// How many numbers it keeps of a step in ``LearnerState/replay``.
  ///
  /// - Parameter layout: Of the parameters that are learned.
  /// - Returns: The width of a row; nil where it keeps no steps.
  func replayWidth(for layout: ParameterLayout) -> Int?

  /// One meta-iteration: adapts to the tasks, and improves the state by how they went on.
  ///
  /// - Parameters:
  ///   - state: The initialization, the step sizes, and what else is carried along.
  ///   - iteration: The tasks, and what adapts to them.
  /// - Returns: What came of it.
  /// - Throws: What adapting throws, or ``NonFiniteUpdate``; the state is then put back.
  func update(
    _ state: inout LearnerState, on iteration: MetaIteration<Tasks>
  ) throws -> OuterUpdate
}

extension OuterMethod {
  /// Nothing.
  public func initialState(for layout: ParameterLayout) -> [String: [Double]] { [:] }

  /// No steps are kept.
  public func replayWidth(for layout: ParameterLayout) -> Int? { nil }
}

/// What came of an update.
public struct OuterUpdate {
  /// How each task went.
  public let tasks: Parts<TaskSummary>
  /// What is recorded of the update, by name.
  public var metrics: [String: Metric]
  /// Where time went beside what the tasks took.
  public var seconds: PhaseSeconds

  /// An update.
  ///
  /// - Parameters:
  ///   - tasks: How each task went.
  ///   - loss: The outer loss.
  ///   - metrics: What else is recorded, by name.
  ///   - seconds: Where time went beside what the tasks took.
  public init(
    tasks: Parts<TaskSummary>, loss: Double, metrics: [String: Metric] = [:],
    seconds: PhaseSeconds = PhaseSeconds()
  ) {
    self.tasks = tasks
    self.metrics = metrics.merging(["outerLoss": .number(loss)]) { $1 }
    self.seconds = seconds
  }
}
