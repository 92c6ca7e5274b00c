/// How evaluations are followed and stopped.
public struct EvaluationObserver: Sendable {
  /// Asked before each collection of episodes, by all workers; true ends the evaluation with ``EvaluationStopped``.
  public var shouldStop: @Sendable () -> Bool
  /// Told what happens, of one event at a time, though maybe by a worker.
  public var observe: @Sendable (EvaluationEvent) -> Void

  /// An observer of two closures; without them nobody looks on, and nothing is stopped.
  ///
  /// - Parameters:
  ///   - shouldStop: Asked before each collection of episodes, by all workers.
  ///   - observe: Told what happens.
  public init(
    shouldStop: @escaping @Sendable () -> Bool = { false },
    observe: @escaping @Sendable (EvaluationEvent) -> Void = { _ in }
  ) {
    (self.shouldStop, self.observe) = (shouldStop, observe)
  }
}

/// What happens while a run is evaluated.
public enum EvaluationEvent: Sendable {
  /// Something to know, in a line, such as a damaged checkpoint that is skipped.
  case note(String)
  /// From here on it is chosen how a run adapts, on a number of validation tasks.
  case choosing(run: String, tasks: Int)
  /// From here on a run's tasks are measured.
  case measuring
  /// Another task has been measured.
  case measured(tasks: Int, of: Int)
  /// What was begun last is over, done or stopped.
  case ended
}

/// An evaluation was asked to stop, and where it stood.
public enum EvaluationStopped: Error {
  /// It was still being chosen how the run adapts.
  case choosing(run: String)
  /// So many of the run's tasks were measured, which are kept unless its directory can't be written to.
  case measuring(run: String, done: Int, tasks: Int, isKept: Bool)
  /// Episodes were being recorded.
  case recording
}
