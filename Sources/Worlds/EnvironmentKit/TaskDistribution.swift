public import Randomness

/// Which part of the tasks a task is drawn from.
public enum TaskSplit: String, Sendable, CaseIterable, Codable {
  /// What meta-training adapts to.
  case train
  /// What checkpoints and settings are chosen by.
  case validation
  /// What results are reported on.
  case test
  /// Tasks outside the training range, for how far adaptation carries.
  case shifted

  /// The part of a stream's name that keeps the splits apart.
  var phase: Int {
    switch self {
    case .train: 0
    case .validation: 1
    case .test: 2
    case .shifted: 3
    }
  }
}

/// A distribution of tasks, drawn from by split.
///
/// The framework hands each split streams of its own, so that train, validation and test draw
/// different tasks from one continuous distribution without further work: a distribution only has
/// to tell `shifted`, which lies outside the training range, from the rest. Where the tasks are
/// finitely many, the three draw the same ones again; their episodes still differ, and what is held
/// out is the noise, not the task. Say so in the environment's documentation.
public protocol TaskDistribution: Sendable {
  /// The tasks drawn.
  associatedtype Task: Sendable

  /// Draws a task, from the handed stream alone.
  ///
  /// - Parameters:
  ///   - split: The part of the tasks to draw from.
  ///   - random: The stream to draw from.
  /// - Returns: A task of the split.
  func sample(split: TaskSplit, random: inout RandomStream) -> Task

  /// Every task but the shifted ones where they are finitely many, in an order of their own; the default is
  /// nil, for infinitely many.
  ///
  /// It lets one of them be left out of training and tested on.
  var all: [Task]? { get }
}

extension TaskDistribution {
  /// Nil: infinitely many.
  public var all: [Task]? { nil }
}

/// Draws a task of a split.
typealias TaskSampler = @Sendable (TaskSplit, inout RandomStream) throws -> AnyTask

/// Draws training tasks from a pool of finitely many, each with the same probability, and others as before.
func drawingTraining(from pool: [AnyTask], _ sample: @escaping TaskSampler) -> TaskSampler {
  { split, random in
    split == .train ? pool[random.index(below: pool.count)] : try sample(split, &random)
  }
}

/// Draws tasks, each from a stream of its own: task `i` from the one named (seed, iteration, i, split).
func drawTasks(
  split: TaskSplit, count: Int, seed: UInt64, iteration: Int,
  _ sample: (TaskSplit, inout RandomStream) throws -> AnyTask
) rethrows -> [AnyTask] {
  try (0..<max(0, count)).map { index in
    var random = RandomStream(
      seed: seed, iteration: iteration, task: index, phase: split.phase, purpose: .tasks)
    return try sample(split, &random)
  }
}
