internal import Randomness

/// Statistics of one point of a curve over tasks.
public struct CurveSummary: Sendable, Equatable {
  /// The mean over tasks.
  public let mean: Double
  /// The mean of the middle half of the tasks (Agarwal et al. 2021).
  public let interquartileMean: Double
  /// The 95 % percentile bootstrap interval of the mean over tasks.
  public let confidence95: (low: Double, high: Double)

  /// Resamples drawn for the interval.
  static let resamples = 2000

  /// Summarizes one number for each task, at least one.
  ///
  /// - Parameters:
  ///   - values: One for each task.
  ///   - seed: The same seed gives the same interval.
  public init(of values: [Double], seed: UInt64) {
    precondition(!values.isEmpty, "a summary needs at least one task")
    self.mean = Evaluation.mean(values)
    interquartileMean = Evaluation.interquartileMean(values)
    var random = RandomStream(seed: seed, purpose: .bootstrap)
    let means = (0..<Self.resamples).map { _ in
      var sum = 0.0
      for _ in values.indices { sum += values[random.index(below: values.count)] }
      return sum / Double(values.count)
    }.sorted()
    confidence95 = (percentile(means, 0.025), percentile(means, 0.975))
  }

  /// Equality of all statistics.
  public static func == (left: CurveSummary, right: CurveSummary) -> Bool {
    left.mean == right.mean && left.interquartileMean == right.interquartileMean
      && left.confidence95 == right.confidence95
  }
}

/// The mean.
func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }

/// The mean of what is left when the lowest and the highest quarter of values are cut off, whole values
/// only, as SciPy's `trim_mean(values, 0.25)`.
func interquartileMean(_ values: [Double]) -> Double {
  let cut = values.count / 4
  return mean(Array(values.sorted()[cut..<(values.count - cut)]))
}

/// A percentile of sorted values, between neighbours by linear interpolation.
func percentile(_ sorted: [Double], _ share: Double) -> Double {
  let position = share * Double(sorted.count - 1)
  let low = Int(position)
  let high = min(low + 1, sorted.count - 1)
  return sorted[low] + (position - Double(low)) * (sorted[high] - sorted[low])
}
