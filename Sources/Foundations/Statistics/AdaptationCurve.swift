/// How a policy's return grows with what it has experienced of a task.
public struct AdaptationCurve: Sendable {
  /// What the policy has had of a task when it is measured.
  public struct Point: Sendable, Hashable {
    /// The gradient steps it has taken.
    public let gradientSteps: Int
    /// The episodes that they learned from.
    public let episodes: Int

    /// A point of a curve.
    public init(gradientSteps: Int, episodes: Int) {
      (self.gradientSteps, self.episodes) = (gradientSteps, episodes)
    }
  }

  /// Where the policy is measured; what ``abscissa`` names grows from 0.
  public let points: [Point]
  /// What was seen of each task, in order.
  public let outcomes: [TaskOutcome]

  /// A curve of what was seen of tasks.
  ///
  /// - Parameters:
  ///   - points: Where it was measured.
  ///   - outcomes: Of each task, in order, with a return for each point.
  public init(points: [Point], outcomes: [TaskOutcome]) {
    (self.points, self.outcomes) = (points, outcomes)
  }

  /// What tells the points of a curve apart.
  public enum Abscissa: Sendable {
    /// The episodes learned from, or examples: where each point has others than the one before.
    case episodes
    /// The gradient steps: where several points learn from the same episodes or examples.
    case gradientSteps
  }

  /// What the curve is drawn over, and what areas under it are measured along.
  public var abscissa: Abscissa {
    Set(points.map(\.episodes)).count == points.count ? .episodes : .gradientSteps
  }

  /// What was seen of one task.
  public struct TaskOutcome: Sendable, Hashable, Codable {
    /// The task's index.
    public let task: Int
    /// Mean undiscounted return of fresh episodes, `[point]`.
    public var returns: [Double] = []
    /// The share of these episodes that succeeded, `[point]`; empty where nothing says what success is.
    public var successRates: [Double] = []
    /// Undiscounted return of each episode that was learned from, in order, `[episode]`.
    public var experience: [Double] = []
    /// Time steps of all episodes collected.
    public var environmentSteps = 0

    /// Of a task of which nothing was seen yet.
    public init(task: Int) { self.task = task }

    /// Whether it tells as much as a measurement does: not so where it was read from a damaged file.
    ///
    /// - Parameters:
    ///   - points: How many points the measurement has.
    ///   - episodes: How many episodes are learned from.
    /// - Returns: Whether every list has its length, and everything can be added up.
    public func isWhole(points: Int, episodes: Int) -> Bool {
      returns.count == points && (successRates.isEmpty || successRates.count == points)
        && experience.count == episodes && (0...10_000_000_000_000).contains(environmentSteps)
        && (returns + successRates + experience).allSatisfy { abs($0) <= 1e100 }
    }
  }

  /// Each task's return at a point, as the scores of one run.
  ///
  /// - Parameter point: The index of the point.
  /// - Returns: The scores, `[1, task]`.
  public func scores(at point: Int) -> Scores { Scores([outcomes.map { $0.returns[point] }]) }

  /// The share of successful episodes at a point, the mean over tasks.
  ///
  /// - Parameter point: The index of the point.
  /// - Returns: From 0 to 1; nil where nothing says what success is.
  public func successRate(at point: Int) -> Double? {
    guard outcomes.contains(where: { !$0.successRates.isEmpty }) else { return nil }
    // A task on which nothing tells of success, though others' episodes do, has seen none.
    return mean(outcomes.map { $0.successRates.isEmpty ? 0 : $0.successRates[point] })
  }

  /// Mean undiscounted return of fresh episodes, `[task, point]`.
  public var returns: [[Double]] { outcomes.map(\.returns) }

  /// Undiscounted return of each episode that was learned from, in order, `[task, episode]`.
  public var experience: [[Double]] { outcomes.map(\.experience) }

  /// Time steps of all episodes collected.
  public var environmentSteps: Int { outcomes.reduce(0) { $0 + $1.environmentSteps } }

  /// The mean of the curve over its ``abscissa``: the area under the mean returns by the trapezoidal rule,
  /// divided by its width, in units of return.
  public var areaUnderCurve: Double { mean(areas) }

  /// The same of each task's own curve, `[task]`.
  public var areas: [Double] {
    let places = points.map { abscissa == .episodes ? $0.episodes : $0.gradientSteps }
    return outcomes.map { Self.meanHeight(of: $0.returns, over: places) }
  }

  private static func meanHeight(of returns: [Double], over places: [Int]) -> Double {
    let width = places[places.count - 1] - places[0]
    guard width > 0 else { return returns[0] }
    let area = places.indices.dropLast().reduce(0) { sum, index in
      let gap = Double(places[index + 1] - places[index])
      return sum + gap * (returns[index] + returns[index + 1]) / 2
    }
    return area / Double(width)
  }

  /// The fewest episodes after which the mean return reaches a threshold.
  ///
  /// - Parameter threshold: A return.
  /// - Returns: The episodes of the first point that does; nil where none does.
  public func episodes(toReach threshold: Double) -> Int? {
    points.indices.first { scores(at: $0).mean >= threshold }.map { points[$0].episodes }
  }

  /// What was lost while learning: for each episode learned from, in order, the sum so far of the
  /// optimal return less the episode's own, mean over tasks.
  ///
  /// - Parameter optimum: The best return of each task, an oracle's for example, `[task]`.
  /// - Returns: Cumulative regret, `[episode]`.
  public func cumulativeRegret(optimum: [Double]) -> [Double] {
    var sum = 0.0
    return (outcomes.first?.experience ?? []).indices.map { episode in
      sum += mean(zip(optimum, outcomes).map { $0 - $1.experience[episode] })
      return sum
    }
  }
}
