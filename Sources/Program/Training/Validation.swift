internal import Adaptation
internal import EnvironmentKit
internal import Evaluation
internal import Experiments
internal import MetaLearning
internal import Parallel
internal import Rollouts
public import RunRecords
internal import Statistics

/// How well a run does on validation tasks, at each of its checkpoints: what guards against learning the
/// training tasks by heart.
public struct Validation: Sendable {
  /// The metric that a line of `metrics.jsonl` has where it was measured.
  package static let key = "validationReturn"
  /// How much better the run does on the tasks that it trains on.
  static let gapKey = "generalizationGap"

  /// Iterations with their scores, in order.
  private let scores: [(iteration: Int, score: Double)]

  /// What is in a run's metrics.
  public init(_ metrics: [IterationMetrics]) {
    scores = metrics.compactMap { line in
      line.extra[Self.key].map { (line.iteration, $0) }
    }
  }

  /// The iteration with the greatest score, the first of equals; nil where none was measured.
  public var best: Int? {
    scores.filter { !$0.score.isNaN }.reduce(nil as (iteration: Int, score: Double)?) {
      best, next in
      guard let best else { return next }
      return next.score > best.score ? next : best
    }?.iteration
  }

  /// Whether the last so many scores brought nothing better, or were none.
  func isExhausted(patience: Int?) -> Bool {
    guard let patience, let best else { return false }
    return scores.count { $0.iteration > best } >= patience
  }
}

extension Experiment {
  /// The mean return, or score, of validation tasks after as many steps as training takes.
  ///
  /// - Parameters:
  ///   - state: What is validated.
  ///   - crew: The processes that share the tasks; nil for this one alone.
  ///   - shouldStop: Asked before each collection, by all workers.
  /// - Returns: The mean over tasks, not a number where adapting to one of them diverges; nil if stopped.
  /// - Throws: What went wrong in an episode.
  func validationScore(
    of state: LearnerState, in crew: Crew?, shouldStop: @escaping @Sendable () -> Bool
  ) throws -> Double? {
    let settings = metaLearning
    let team = team(in: crew)
    let tasks = try team.agree {
      try problem.sampleTasks(
        split: .validation, count: configuration.run.validationTasks, seed: seed)
    }
    let steps = settings.method.collections(settings) - 1
    var record = MeasurementRecord()
    record.shouldStop = shouldStop
    let measurement = Measurement(
      of: problem, state: state, settings: settings, tasks: tasks, seed: seed,
      team: team, record: record)
    do {
      return try measurement.perStep(steps, episodes: settings.inner.episodes)
        .scores(at: steps).mean
    } catch is NonFiniteValue {
      return .nan
    } catch is MeasurementStopped {
      return nil
    }
  }
}
