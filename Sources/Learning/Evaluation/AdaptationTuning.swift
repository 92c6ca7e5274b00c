public import Adaptation
internal import Rollouts
public import Statistics

/// Chooses how step sizes of training are used after it, on tasks that are neither trained nor tested on.
///
/// What a baseline adapts by was set for another method, and steps beyond those of training were never
/// trained at all: without a choice of their own, the first measures the setting rather than the method,
/// and the others may lose what the trained ones gained.
public struct AdaptationTuning: Sendable {
  /// Factors on all step sizes to choose among; none to leave them.
  public var factors: [Double]
  /// Factors on the last size, for the steps beyond those of training, to choose among.
  public var laterFactors: [Double]

  /// A choice among factors.
  public init(factors: [Double], laterFactors: [Double]) {
    (self.factors, self.laterFactors) = (factors, laterFactors)
  }

  /// A rule that was tried.
  public struct Candidate: Sendable, Hashable {
    /// The rule.
    public let rule: TestTimeRule
    /// Its mean score; nil where adapting diverged.
    public let score: Double?
  }

  /// What was chosen.
  public struct Choice: Sendable {
    /// The rule with the greatest score, of equal ones the first.
    public let rule: TestTimeRule
    /// All that were tried, in order.
    public let candidates: [Candidate]
    /// The time steps of all episodes that this took.
    public let environmentSteps: Int
  }

  /// Chooses the factor on all sizes, and then the one on the steps beyond those of training.
  ///
  /// The first is judged by the mean score over the steps that training took, or where it took none over all
  /// steps, with equal sizes; the second by the mean over the later steps.
  ///
  /// - Parameters:
  ///   - rule: How many steps count as trained.
  ///   - trainedSteps: How many steps training took; 0 where it took none.
  ///   - steps: How many steps are to be taken.
  ///   - measure: Measures so many steps by a rule.
  /// - Returns: The choice.
  /// - Throws: What measuring throws, but for adaptation that diverges.
  public func choice(
    from rule: TestTimeRule, trainedSteps: Int, steps: Int,
    measure: (TestTimeRule, _ steps: Int) throws -> AdaptationCurve
  ) throws -> Choice {
    var search = Search(rule: rule)
    let trained = min(rule.trainedSteps ?? trainedSteps, steps)
    let judged = trained > 0 ? trained : steps
    if steps > 0 && !factors.isEmpty {
      try search.choose(
        factors.map { TestTimeRule(factor: $0, trainedSteps: rule.trainedSteps, laterFactor: 1) },
        steps: judged, over: 1...judged, measure)
    }
    let factor = search.rule.factor
    if steps > max(trained, 1) {
      try search.choose(
        laterFactors.map {
          TestTimeRule(factor: factor, trainedSteps: rule.trainedSteps, laterFactor: $0)
        }, steps: steps, over: (max(trained, 1) + 1)...steps, measure)
    }
    return Choice(
      rule: search.rule, candidates: search.candidates, environmentSteps: search.environmentSteps)
  }

  private struct Search {
    var rule: TestTimeRule
    var candidates: [Candidate] = []
    var environmentSteps = 0

    /// Takes the best of some rules by the mean score over a curve's last points.
    mutating func choose(
      _ rules: [TestTimeRule], steps: Int, over judged: ClosedRange<Int>,
      _ measure: (TestTimeRule, Int) throws -> AdaptationCurve
    ) throws {
      var best = -Double.infinity
      for rule in rules {
        var score: Double?
        do {
          let curve = try measure(rule, steps)
          environmentSteps += curve.environmentSteps
          // A curve by episodes of experience has one point after all of its steps.
          let points = curve.points.indices.filter {
            judged.contains(curve.points[$0].gradientSteps)
          }
          score = points.reduce(0) { $0 + curve.scores(at: $1).mean } / Double(points.count)
        } catch is NonFiniteValue {}
        candidates.append(Candidate(rule: rule, score: score))
        if let score, score > best { (best, self.rule) = (score, rule) }
      }
    }
  }
}
