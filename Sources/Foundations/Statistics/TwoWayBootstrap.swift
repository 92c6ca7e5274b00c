internal import Randomness

extension Bootstrap {
  /// Draws whole runs and tasks, for as many draws of runs of each method.
  private static let runDraws = 400

  /// Intervals over other runs on other tasks, for scores that are the sum of what a run does everywhere, of
  /// what a task does to all runs, and of noise.
  ///
  /// Percentiles of a few redrawn runs don't reach far enough: three values have no tails. So the two ways
  /// are taken apart, and each gets what its number of draws allows (θ a statistic, a star what is drawn):
  ///
  /// - tasks: the percentiles of θ(tasks*), which are far from θ by τ below and above. Where there is one
  ///   run, these are the interval;
  /// - runs: v = n / (n - 1) Var θ(runs*) over the draws of n runs, which counts with the quantile t of
  ///   Student's distribution with n - 1 degrees of freedom. Several methods' runs are drawn for each by
  ///   itself, their v added up, with Welch's and Satterthwaite's degrees of freedom;
  /// - noise is in both; e = Var(θ(runs*, tasks*) - θ(runs*) - θ(tasks*) + θ), scaled as v, is what tasks
  ///   leave out again, of their variance u.
  ///
  /// The ends are θ ∓ √(τ² max(0, 1 - e/u) + t² v): components of a variance are combined as by Howe
  /// (Journal of the American Statistical Association 69, 1974). In simulation it covers what it says, from
  /// two runs on, with any share of runs, tasks and noise (`CoverageTests`). Tasks should be many, 20 or
  /// more, as for every percentile.
  func twoWayIntervals(
    of methods: [Scores], groups: [Int], _ statistics: ([Scores]) -> [Double]
  ) -> [Interval] {
    precondition(
      groups.count == methods.count, "\(methods.count) methods need as many groups, got \(groups)")
    var random = RandomStream(seed: seed, purpose: .bootstrap)
    let count = methods[0].tasks
    let chosen = (0..<resamples).map { _ in random.indices(count, below: count) }
    let overTasks = chosen.map { tasks in statistics(methods.map { $0.choosing(tasks: tasks) }) }
    let intervals = percentiles(overTasks)
    guard methods.contains(where: { $0.runs > 1 }) else { return intervals }
    let observed = statistics(methods)
    var parts = intervals.map { _ in RunPart() }
    for group in Set(groups).sorted() {
      let members = methods.indices.filter { groups[$0] == group }
      let count = methods[members[0]].runs
      precondition(
        members.allSatisfy { methods[$0].runs == count }, "the same runs need to be as many")
      guard count > 1 else { continue }
      let draws = zip(chosen, overTasks).prefix(Self.runDraws).map { tasks, ofTasks in
        let runs = random.indices(count, below: count)
        var drawn = methods
        for member in members { drawn[member] = methods[member].choosing(runs: runs) }
        let ofRuns = statistics(drawn)
        let ofBoth = statistics(drawn.map { $0.choosing(tasks: tasks) })
        return (
          runs: ofRuns,
          noise: ofBoth.indices.map { ofBoth[$0] - ofRuns[$0] - ofTasks[$0] + observed[$0] }
        )
      }
      for place in parts.indices {
        parts[place].add(
          draws.map { $0.runs[place] }, noise: draws.map { $0.noise[place] }, runs: count)
      }
    }
    return intervals.indices.map { place in
      parts[place].widened(
        intervals[place], of: observed[place], level: level,
        variance: variance(overTasks.map { $0[place] }))
    }
  }
}

/// What runs contribute to a statistic's interval.
private struct RunPart {
  /// v, the sum over methods.
  private var variance = 0.0
  /// The sum of v² / (n - 1), for the degrees of freedom.
  private var uncertainty = 0.0
  /// e, the sum over methods.
  private var noise = 0.0

  /// Adds a method.
  mutating func add(_ draws: [Double], noise interactions: [Double], runs: Int) {
    let scale = Double(runs) / Double(runs - 1)
    let own = scale * Statistics.variance(draws)
    variance += own
    uncertainty += own * own / Double(runs - 1)
    noise += scale * Statistics.variance(interactions)
  }

  /// The interval over tasks and runs.
  ///
  /// - Parameters:
  ///   - interval: Over tasks.
  ///   - value: The statistic of the scores.
  ///   - level: The probability between the ends.
  ///   - taskVariance: u.
  /// - Returns: An interval about the value.
  func widened(
    _ interval: Interval, of value: Double, level: Double, variance taskVariance: Double
  ) -> Interval {
    let share = taskVariance > 0 ? max(0, 1 - noise / taskVariance) : 0
    let quantile =
      variance > 0
      ? studentQuantile(level: level, degreesOfFreedom: variance * variance / uncertainty) : 0
    let reach = { (distance: Double) in
      let ofTasks = max(0, distance)
      return (share * ofTasks * ofTasks + quantile * quantile * variance).squareRoot()
    }
    return Interval(
      low: value - reach(value - interval.low), high: value + reach(interval.high - value))
  }
}

private func variance(_ values: [Double]) -> Double {
  let center = mean(values)
  return mean(values.map { ($0 - center) * ($0 - center) })
}
