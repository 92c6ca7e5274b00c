internal import Randomness

/// An interval from `low` to `high`.
public struct Interval: Sendable, Hashable {
  /// The lower end.
  public let low: Double
  /// The upper end.
  public let high: Double

  /// An interval from `low` to `high`.
  public init(low: Double, high: Double) { (self.low, self.high) = (low, high) }

  /// The part of the interval within limits that its statistic can't leave.
  ///
  /// - Parameter limits: 0 to 1 for a probability.
  /// - Returns: An interval with both ends within the limits.
  public func clamped(to limits: ClosedRange<Double>) -> Interval {
    let within = { (end: Double) in min(max(end, limits.lowerBound), limits.upperBound) }
    return Interval(low: within(low), high: within(high))
  }
}

/// The bootstrap: how far a statistic would vary if the experiment were repeated with other seeds on other
/// tasks.
public struct Bootstrap: Sendable {
  /// What is drawn anew, with replacement.
  public enum Resampling: Sendable {
    /// Whole runs, and tasks for all of them: a run is scored on all tasks, so what its seed does to it
    /// is in all of its scores. The standard.
    ///
    /// One run leaves nothing to draw but tasks: the interval then says nothing about other seeds. One
    /// run on one task has an interval without width, which says nothing at all.
    case wholeRunsAndTasks
    /// Runs, within each task: right where a run is trained for each task by itself, as with the games
    /// of Agarwal et al. 2021 (section 4), whose stratified bootstrap this is.
    case runsWithinTasks
    /// Tasks, and runs within each: the same authors' bootstrap over tasks, too.
    case tasksAndRunsWithin
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
    _ resampling: Resampling = .wholeRunsAndTasks, seed: UInt64, resamples: Int = 2000,
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
  ///   - groups: A number for each method; those with the same number are other scores of the same runs,
  ///     which whole runs are drawn for together. Nil where all are different.
  ///   - statistics: Any number of statistics of such methods.
  /// - Returns: An interval for each statistic.
  public func intervals(
    of methods: [Scores], groups: [Int]? = nil, _ statistics: ([Scores]) -> [Double]
  ) -> [Interval] {
    for scores in methods {
      precondition(
        scores.tasks == methods[0].tasks,
        "methods need scores on the same tasks, found \(methods.map(\.tasks)) of them")
    }
    return resampling == .wholeRunsAndTasks
      ? twoWayIntervals(of: methods, groups: groups ?? Array(methods.indices), statistics)
      : stratifiedIntervals(of: methods, statistics)
  }

  /// Percentiles of statistics of runs that are drawn within each task.
  private func stratifiedIntervals(
    of methods: [Scores], _ statistics: ([Scores]) -> [Double]
  ) -> [Interval] {
    var random = RandomStream(seed: seed, purpose: .bootstrap)
    return percentiles((0..<resamples).map { _ in statistics(stratified(methods, &random)) })
  }

  /// The interval of each statistic between the percentiles of its draws, of which those that don't have it, such
  /// as a share of nothing, are left out.
  ///
  /// - Parameter draws: `[draw, statistic]`.
  /// - Returns: An interval for each statistic; not-a-number where no draw has it.
  func percentiles(_ draws: [[Double]]) -> [Interval] {
    let tail = (1 - level) / 2
    return (draws.first ?? []).indices.map { index in
      let sorted = draws.map { $0[index] }.filter { !$0.isNaN }.sorted()
      guard !sorted.isEmpty else { return Interval(low: .nan, high: .nan) }
      return Interval(low: percentile(sorted, tail), high: percentile(sorted, 1 - tail))
    }
  }

  private func stratified(_ methods: [Scores], _ random: inout RandomStream) -> [Scores] {
    let tasks = methods[0].tasks
    let chosen =
      resampling == .runsWithinTasks ? Array(0..<tasks) : random.indices(tasks, below: tasks)
    return methods.map { scores in
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

extension RandomStream {
  /// Indices drawn with replacement.
  mutating func indices(_ count: Int, below limit: Int) -> [Int] {
    (0..<count).map { _ in index(below: limit) }
  }
}
