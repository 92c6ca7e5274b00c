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
    /// The share of the gap between the pretrained policy and the best known that the mean closes, both
    /// taken as they are, without a gradient step; nil without them, or where it is no gap for certain.
    public let gapClosed: Estimate?
    /// The same with the pretrained policy at this point, after as many steps: the share that the table of
    /// Finn et al. 2017 leads to.
    public let gapClosedAfterAsManySteps: Estimate?
    /// How far scores, each as a share of the gap as it is, stay below the best known.
    public let optimalityGap: Estimate?
    /// The share of successful episodes; nil where the environment doesn't say what success is.
    public let successRate: Double?
  }

  /// A method's whole curve in numbers.
  public struct Summary: Sendable {
    /// The method's name.
    public let method: String
    /// The mean of the curve over its episodes, or over its steps where they tell points apart.
    public let areaUnderCurve: Estimate
    /// The fewest episodes after which the mean return reaches the threshold; nil if none are enough.
    public let episodesToThreshold: Int?
    /// What was lost while learning, against the best return known: for each episode learned from, in
    /// order, the sum so far, mean over runs and tasks; empty without one.
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

    /// Whether there is a number at all.
    var isFinite: Bool { value.isFinite && interval.low.isFinite && interval.high.isFinite }
  }

  /// The names of methods that the others are measured by.
  public struct References: Sendable {
    /// One policy for all tasks: the lower end of the gap.
    public var pretrained: String?
    /// A trained policy that observes the task.
    public var oracle: String?
    /// The best return possible on each task.
    public var optimum: String?

    /// References of the given names, as far as they are there.
    public init(pretrained: String? = nil, oracle: String? = nil, optimum: String? = nil) {
      (self.pretrained, self.oracle, self.optimum) = (pretrained, oracle, optimum)
    }

    /// The upper end of the gap: what is best for certain, or else the best that was trained to be.
    var best: String? { optimum ?? oracle }
  }

  /// A row for each method and point.
  public let rows: [Row]
  /// One for each method.
  public let summaries: [Summary]
  /// The mean return that counts as adapted; nil where nothing says what does.
  public let threshold: Double?
  /// The best return known of each task, `[task]`: the optimum where it is known, or else the oracle's; nil
  /// without either.
  public let optimum: [Double]?
  /// The method at the lower end of the gap; nil without a gap.
  public let gapStart: String?
  /// The method at the upper end of the gap, whose returns ``optimum`` has; nil without a gap.
  public let gapReference: String?
  /// Methods whose mean at their last point is above the trained oracle's: it is no upper end then.
  public let oracleBeatenBy: [String]
  /// What to know before believing the numbers, a sentence each.
  public let notes: [String]
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
  ///   - references: Which of them others are measured by, if they are there.
  ///   - threshold: The mean return that counts as adapted; nil for ``share`` of the gap.
  ///   - seed: Of the bootstrap.
  public init(
    _ methods: [MethodResult], references: References = References(), threshold: Double? = nil,
    seed: UInt64
  ) {
    let bootstrap = Bootstrap(seed: seed)
    let best = methods.first { $0.name == references.best }
    let pretrained = methods.first { $0.name == references.pretrained }
    // Where the one end isn't above the other, there is no gap to close.
    let ends = pretrained.flatMap { low in best.map { (low: low, high: $0) } }.flatMap {
      Self.gap(from: $0.low, to: $0.high) > 0 ? $0 : nil
    }
    rows = methods.flatMap { method in
      method.points.indices.map { Row(method, at: $0, ends: ends, bootstrap) }
    }
    let reached =
      threshold
      ?? ends.map { low, high in
        low.scores(at: 0).mean + Self.share * Self.gap(from: low, to: high)
      }
    self.threshold = reached
    let optimum = best?.scores(at: 0).taskMeans
    self.optimum = optimum
    (gapStart, gapReference) = (ends?.low.name, ends?.high.name)
    oracleBeatenBy = Self.rivals(of: references, among: methods)
    notes = Self.notes(
      on: methods, references: references, rivals: oracleBeatenBy, hasGap: ends != nil)
    summaries = methods.map {
      Summary($0, threshold: reached, optimum: optimum, bootstrap)
    }
    let last = methods.map { $0.scores(at: $0.points.count - 1) }
    improvements = zip(methods, last).dropFirst().map { method, scores in
      Improvement(
        method: method.name,
        probability: estimates(of: [last[0], scores], bootstrap, limits: 0...1) {
          [$0[0].probabilityOfImprovement(over: $0[1])]
        }[0])
    }
    let first = methods[0].points.indices.flatMap { methods[0].scores(at: $0).values }
    let thresholds = Self.thresholds(from: first.min() ?? 0, to: last.flatMap(\.values).max() ?? 0)
    profiles = zip(methods, last).flatMap { method, scores in
      let shares = estimates(of: [scores], bootstrap, limits: 0...1) {
        $0[0].performanceProfile(thresholds)
      }
      return zip(thresholds, shares).map {
        Profile(method: method.name, threshold: $0, share: $1)
      }
    }
  }

  /// By how much a method is better than another, both as they are.
  private static func gap(from low: MethodResult, to high: MethodResult) -> Double {
    high.scores(at: 0).mean - low.scores(at: 0).mean
  }

  /// Forty-one thresholds, from the lowest score of the first method's whole curve to the highest of
  /// all: a baseline that falls far below would spread them thin.
  private static func thresholds(from low: Double, to high: Double) -> [Double] {
    (0...40).map { low + (high - low) * Double($0) / 40 }
  }
}

extension Comparison.Row {
  fileprivate init(
    _ method: MethodResult, at index: Int, ends: (low: MethodResult, high: MethodResult)?,
    _ bootstrap: Bootstrap
  ) {
    self.method = method.name
    point = method.points[index]
    successRate = method.successRate(at: index)
    let scores = method.scores(at: index)
    let own = estimates(of: [scores], bootstrap) {
      [$0[0].mean, $0[0].median, $0[0].interquartileMean]
    }
    (mean, median, interquartileMean) = (own[0], own[1], own[2])
    // The method may be an end itself: then its runs are the same ones.
    func shareEstimates(
      at point: Int, _ statistics: (_ share: Scores) -> [Double]
    ) -> [Comparison.Estimate?] {
      ends.map { low, high in
        let names = [method.name, low.name, high.name]
        return estimates(
          of: [scores, low.scores(at: point), high.scores(at: 0)], bootstrap,
          groups: names.map { names.firstIndex(of: $0) ?? 0 }
        ) { drawn in
          let (low, gap) = (drawn[1].mean, drawn[2].mean - drawn[1].mean)
          return statistics(drawn[0].mapped { gap > 0 ? ($0 - low) / gap : .nan })
        }
        .map { $0.isFinite ? $0 : nil }
      } ?? [nil, nil]
    }
    let shares = shareEstimates(at: 0) { [$0.mean, $0.optimalityGap()] }
    (gapClosed, optimalityGap) = (shares[0], shares[1])
    gapClosedAfterAsManySteps = shareEstimates(at: index) { [$0.mean] }[0]
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
  of methods: [Scores], _ bootstrap: Bootstrap, groups: [Int]? = nil,
  limits: ClosedRange<Double>? = nil, _ statistics: ([Scores]) -> [Double]
) -> [Comparison.Estimate] {
  let intervals = bootstrap.intervals(of: methods, groups: groups, statistics)
  return zip(statistics(methods), intervals).map { value, interval in
    Comparison.Estimate(value: value, interval: limits.map(interval.clamped) ?? interval)
  }
}
