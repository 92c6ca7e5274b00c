/// What one method scored: a number for each run (a seed of training) on each task, `[run, task]`.
///
/// The aggregates are those of Agarwal et al., "Deep reinforcement learning at the edge of the
/// statistical precipice", NeurIPS 2021.
public struct Scores: Sendable, Hashable {
  /// The number of runs, at least 1.
  public let runs: Int
  /// The number of tasks, at least 1.
  public let tasks: Int
  /// All scores, one run after the other, `[run * task]`.
  public let values: [Double]

  /// Gathers scores.
  ///
  /// - Parameter scores: `[run, task]`, with as many tasks in each run.
  public init(_ scores: [[Double]]) {
    runs = scores.count
    tasks = scores.first?.count ?? 0
    let width = tasks
    precondition(
      width > 0 && scores.allSatisfy { $0.count == width },
      "scores need at least one run and one task, and as many tasks in each run")
    values = scores.flatMap(\.self)
  }

  init(runs: Int, tasks: Int, values: [Double]) {
    (self.runs, self.tasks, self.values) = (runs, tasks, values)
  }

  /// The score of a run on a task.
  public subscript(run: Int, task: Int) -> Double { values[run * tasks + task] }

  /// The scores of some runs on some tasks, each as often as it is named.
  ///
  /// - Parameters:
  ///   - rows: Indices of runs; nil for each once.
  ///   - columns: Indices of tasks; nil for each once.
  /// - Returns: The scores, `[run, task]`.
  func choosing(runs rows: [Int]? = nil, tasks columns: [Int]? = nil) -> Scores {
    var chosen: [Double] = []
    let (runs, width) = (rows?.count ?? runs, columns?.count ?? tasks)
    chosen.reserveCapacity(runs * width)
    for place in 0..<runs {
      let first = (rows?[place] ?? place) * tasks
      if let columns {
        for task in columns { chosen.append(values[first + task]) }
      } else {
        chosen.append(contentsOf: values[first..<first + tasks])
      }
    }
    return Scores(runs: runs, tasks: width, values: chosen)
  }

  /// The scores after a change to each.
  ///
  /// - Parameter change: Of one score.
  /// - Returns: As many scores.
  public func mapped(_ change: (Double) -> Double) -> Scores {
    Scores(runs: runs, tasks: tasks, values: values.map(change))
  }

  /// The mean over runs, `[task]`.
  public var taskMeans: [Double] {
    (0..<tasks).map { task in (0..<runs).reduce(0) { $0 + self[$1, task] } / Double(runs) }
  }

  /// The mean of all scores.
  public var mean: Double { Statistics.mean(values) }

  /// The median of the means over runs.
  public var median: Double { percentile(taskMeans.sorted(), 0.5) }

  /// The mean of the middle half of all scores: the lowest and the highest quarter are cut off, whole
  /// scores only.
  public var interquartileMean: Double {
    let cut = values.count / 4
    return Statistics.mean(values.sorted()[cut..<(values.count - cut)])
  }

  /// How far scores stay below a threshold, in the mean; what is above doesn't make up for it.
  ///
  /// - Parameter threshold: What counts as good, in the scores' unit.
  /// - Returns: At least 0.
  public func optimalityGap(threshold: Double = 1) -> Double {
    threshold - Statistics.mean(values.map { min($0, threshold) })
  }

  /// The share of all scores above each threshold: the run-score distribution.
  ///
  /// - Parameter thresholds: Any numbers, `[threshold]`.
  /// - Returns: Shares from 0 to 1, `[threshold]`.
  public func performanceProfile(_ thresholds: [Double]) -> [Double] {
    thresholds.map { threshold in
      Double(values.count { $0 > threshold }) / Double(values.count)
    }
  }

  /// The probability that a run of this method beats a run of another one on the same task, the mean
  /// over tasks; a tie counts one half (Mann and Whitney's U over the number of pairs).
  ///
  /// - Parameter other: Scores on the same tasks, of any number of runs.
  /// - Returns: From 0 to 1.
  public func probabilityOfImprovement(over other: Scores) -> Double {
    precondition(tasks == other.tasks, "\(tasks) tasks can't be compared with \(other.tasks)")
    var wins = 0.0
    for task in 0..<tasks {
      for run in 0..<runs {
        for rival in 0..<other.runs {
          let difference = self[run, task] - other[rival, task]
          wins += difference > 0 ? 1 : difference == 0 ? 0.5 : 0
        }
      }
    }
    return wins / Double(tasks * runs * other.runs)
  }
}

/// The mean.
func mean(_ values: some Collection<Double>) -> Double {
  values.reduce(0, +) / Double(values.count)
}

/// A percentile of sorted values, between neighbours by linear interpolation.
func percentile(_ sorted: [Double], _ share: Double) -> Double {
  let position = share * Double(sorted.count - 1)
  let low = Int(position)
  let high = min(low + 1, sorted.count - 1)
  return sorted[low] + (position - Double(low)) * (sorted[high] - sorted[low])
}
