internal import Randomness

/// An interval from `low` to `high`.
public struct Interval: Sendable, Hashable {
  /// The lower end.
  public let low: Double
  /// The upper end.
  public let high: Double

  /// An interval from `low` to `high`.
  public init(low: Double, high: Double) { (self.low, self.high) = (low, high) }
}

/// The stratified percentile bootstrap: how far a statistic would vary if the experiment were repeated
/// (Agarwal et al. 2021, section 4).
public struct Bootstrap: Sendable {
  /// What is drawn anew, with replacement.
  public enum Resampling: Sendable {
    /// Runs, within each task: other seeds on the same tasks.
    case runs
    /// Tasks, and runs within each: other seeds on other tasks.
    case runsAndTasks
  }

  /// What is drawn anew.
  public let resampling: Resampling
  /// The same seed gives the same intervals.
  public let seed: UInt64
  /// How many times it is drawn.
  public let resamples: Int
  /// The probability between the two ends.
  public let level: Double

  /// Describes how to resample.
  public init(
    _ resampling: Resampling = .runsAndTasks, seed: UInt64, resamples: Int = 2000,
    level: Double = 0.95
  ) {
    self.resampling = resampling
    self.seed = seed
    self.resamples = resamples
    self.level = level
  }

  /// The interval of a statistic of one method.
  public func interval(of scores: Scores, _ statistic: (Scores) -> Double) -> Interval {
    intervals(of: [scores]) { [statistic($0[0])] }[0]
  }

  /// The intervals of statistics of methods.
  ///
  /// - Parameters:
  ///   - methods: Scores on the same tasks. Runs are drawn for each method by itself, tasks for all.
  ///   - statistics: Any number of statistics of such methods.
  /// - Returns: An interval for each statistic.
  public func intervals(
    of methods: [Scores], _ statistics: ([Scores]) -> [Double]
  ) -> [Interval] {
    var random = RandomStream(seed: seed, purpose: .bootstrap)
    var drawn: [[Double]] = []
    for _ in 0..<resamples { drawn.append(statistics(resample(methods, &random))) }
    let tail = (1 - level) / 2
    return (drawn.first ?? []).indices.map { index in
      let sorted = drawn.map { $0[index] }.sorted()
      return Interval(low: percentile(sorted, tail), high: percentile(sorted, 1 - tail))
    }
  }

  private func resample(_ methods: [Scores], _ random: inout RandomStream) -> [Scores] {
    let tasks = methods[0].tasks
    let chosen =
      switch resampling {
      case .runs: Array(0..<tasks)
      case .runsAndTasks: (0..<tasks).map { _ in random.index(below: tasks) }
      }
    return methods.map { scores in
      precondition(scores.tasks == tasks, "methods need scores on the same tasks")
      var values: [Double] = []
      values.reserveCapacity(scores.runs * tasks)
      for _ in 0..<scores.runs {
        for task in chosen {
          let run = scores.runs > 1 ? random.index(below: scores.runs) : 0
          values.append(scores[run, task])
        }
      }
      return Scores(runs: scores.runs, tasks: tasks, values: values)
    }
  }
}
