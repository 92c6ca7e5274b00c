public import Statistics

/// Methods side by side: statistics of each over runs and tasks, with 95 % intervals (Agarwal et al.
/// 2021).
public struct Comparison: Sendable {
  /// A method at one point of its curve.
  public struct Row: Sendable {
    /// The method's name.
    public let method: String
    /// What its policies had of a task.
    public let point: AdaptationCurve.Point
    /// The mean over runs and tasks.
    public let mean: Estimate
    /// The median over tasks of the means over runs.
    public let median: Estimate
    /// The interquartile mean.
    public let interquartileMean: Estimate
    /// The share of the gap between the pretrained policy and the oracle that the mean closes, both
    /// taken as they are, without a gradient step; nil without them.
    public let gapClosed: Estimate?
    /// How far scores, each as a share of that gap, stay below the oracle.
    public let optimalityGap: Estimate?
    /// The share of successful episodes; nil where the environment doesn't say what success is.
    public let successRate: Double?
  }

  /// A method's whole curve in numbers.
  public struct Summary: Sendable {
    /// The method's name.
    public let method: String
    /// The mean of the curve over its episodes.
    public let areaUnderCurve: Estimate
    /// The fewest episodes after which the mean return reaches the threshold; nil if none are enough.
    public let episodesToThreshold: Int?
    /// What was lost while learning, against the oracle's return: for each episode learned from, in
    /// order, the sum so far, mean over runs and tasks; empty without an oracle.
    public let cumulativeRegret: [Double]
  }

  /// How often a method beats the first one.
  public struct Improvement: Sendable {
    /// The method's name.
    public let method: String
    /// The probability that the first method's run beats this one's on the same task, at their last
    /// points.
    public let probability: Estimate
  }

  /// The share of scores above a threshold, at a method's last point.
  public struct Profile: Sendable {
    /// The method's name.
    public let method: String
    /// A return.
    public let threshold: Double
    /// The share of runs and tasks above it.
    public let share: Estimate
  }

  /// A statistic and its interval.
  public struct Estimate: Sendable {
    /// The statistic of the scores.
    public let value: Double
    /// Where it would lie with other runs on other tasks, with a probability of 0.95.
    public let interval: Interval
  }

  /// The names of methods that mark the ends of the gap.
  public struct Gap: Sendable {
    /// One policy for all tasks.
    public let pretrained: String
    /// A policy that observes the task.
    public let oracle: String

    /// A gap between two methods.
    public init(pretrained: String, oracle: String) {
      (self.pretrained, self.oracle) = (pretrained, oracle)
    }
  }

  /// A row for each method and point.
  public let rows: [Row]
  /// One for each method.
  public let summaries: [Summary]
  /// The mean return that counts as adapted; nil where nothing says what does.
  public let threshold: Double?
  /// The oracle's return on each task, `[task]`; nil without one.
  public let optimum: [Double]?
  /// One for each method but the first.
  public let improvements: [Improvement]
  /// Some thresholds for each method.
  public let profiles: [Profile]

  /// The share of the gap that counts as adapted, where no threshold is given.
  public static let share = 0.9

  /// Compares methods.
  ///
  /// - Parameters:
  ///   - methods: At least one, all on the same tasks.
  ///   - gap: Which of them mark the ends of the gap, if they are there.
  ///   - threshold: The mean return that counts as adapted; nil for ``share`` of the gap.
  ///   - seed: Of the bootstrap.
  public init(_ methods: [MethodResult], gap: Gap?, threshold: Double? = nil, seed: UInt64) {
    let bootstrap = Bootstrap(seed: seed)
    let oracle = methods.first { $0.name == gap?.oracle }?.scores(at: 0)
    let pretrained = methods.first { $0.name == gap?.pretrained }?.scores(at: 0)
    let ends = pretrained.flatMap { low in oracle.map { [low, $0] } }
    rows = methods.flatMap { method in
      method.points.indices.map { Row(method, at: $0, ends: ends, bootstrap) }
    }
    let reached = threshold ?? ends.map { $0[0].mean + Self.share * ($0[1].mean - $0[0].mean) }
    self.threshold = reached
    let optimum = oracle?.taskMeans
    self.optimum = optimum
    summaries = methods.map {
      Summary($0, threshold: reached, optimum: optimum, bootstrap)
    }
    let last = methods.map { $0.scores(at: $0.points.count - 1) }
    improvements = zip(methods, last).dropFirst().map { method, scores in
      Improvement(
        method: method.name,
        probability: estimates(of: [last[0], scores], bootstrap) {
          [$0[0].probabilityOfImprovement(over: $0[1])]
        }[0])
    }
    let first = methods[0].points.indices.flatMap { methods[0].scores(at: $0).values }
    let thresholds = Self.thresholds(from: first.min() ?? 0, to: last.flatMap(\.values).max() ?? 0)
    profiles = zip(methods, last).flatMap { method, scores in
      let shares = estimates(of: [scores], bootstrap) { $0[0].performanceProfile(thresholds) }
      return zip(thresholds, shares).map {
        Profile(method: method.name, threshold: $0, share: $1)
      }
    }
  }

  /// Forty-one thresholds, from the lowest score of the first method's whole curve to the highest of
  /// all: a baseline that falls far below would spread them thin.
  private static func thresholds(from low: Double, to high: Double) -> [Double] {
    (0...40).map { low + (high - low) * Double($0) / 40 }
  }
}

extension Comparison.Row {
  fileprivate init(
    _ method: MethodResult, at index: Int, ends: [Scores]?, _ bootstrap: Bootstrap
  ) {
    self.method = method.name
    point = method.points[index]
    successRate = method.successRate(at: index)
    let scores = method.scores(at: index)
    let own = estimates(of: [scores], bootstrap) {
      [$0[0].mean, $0[0].median, $0[0].interquartileMean]
    }
    (mean, median, interquartileMean) = (own[0], own[1], own[2])
    let shares = ends.map { ends in
      estimates(of: [scores] + ends, bootstrap) { drawn in
        let (low, high) = (drawn[1].mean, drawn[2].mean)
        let share = drawn[0].mapped { ($0 - low) / (high - low) }
        return [share.mean, share.optimalityGap()]
      }
    }
    gapClosed = shares?[0]
    optimalityGap = shares?[1]
  }
}

extension Comparison.Summary {
  fileprivate init(
    _ method: MethodResult, threshold: Double?, optimum: [Double]?, _ bootstrap: Bootstrap
  ) {
    self.method = method.name
    let areas = Scores(method.curves.map(\.areas))
    areaUnderCurve = estimates(of: [areas], bootstrap) { [$0[0].mean] }[0]
    episodesToThreshold = threshold.flatMap { threshold in
      method.points.indices.first { method.scores(at: $0).mean >= threshold }
        .map { method.points[$0].episodes }
    }
    let regrets = optimum.map { best in method.curves.map { $0.cumulativeRegret(optimum: best) } }
    cumulativeRegret =
      (regrets?.first ?? []).indices.map { episode in
        (regrets ?? []).reduce(0) { $0 + $1[episode] } / Double(method.curves.count)
      }
  }
}

extension Comparison.Estimate: Encodable {
  private enum Key: CodingKey {
    case value, ci95
  }

  /// Writes the value and the interval's ends.
  ///
  /// - Parameter encoder: The encoder to write to.
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(value, forKey: .value)
    try container.encode([interval.low, interval.high], forKey: .ci95)
  }
}

private func estimates(
  of methods: [Scores], _ bootstrap: Bootstrap, _ statistics: ([Scores]) -> [Double]
) -> [Comparison.Estimate] {
  zip(statistics(methods), bootstrap.intervals(of: methods, statistics)).map {
    Comparison.Estimate(value: $0, interval: $1)
  }
}
