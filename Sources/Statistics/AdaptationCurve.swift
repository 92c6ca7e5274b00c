/// How a policy's return grows with what it has experienced of tasks it was not trained on.
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

  /// Where the policy is measured; the number of episodes grows from 0.
  public let points: [Point]
  /// Mean undiscounted return of fresh episodes, `[task, point]`.
  public let returns: [[Double]]
  /// Undiscounted return of each episode that was learned from, in order, `[task, episode]`.
  public let experience: [[Double]]
  /// Time steps of all episodes collected.
  public let environmentSteps: Int

  /// What was seen of one task.
  public struct TaskOutcome: Sendable, Hashable, Codable {
    /// The task's index.
    public let task: Int
    /// Mean undiscounted return of fresh episodes, `[point]`.
    public var returns: [Double] = []
    /// Undiscounted return of each episode that was learned from, in order, `[episode]`.
    public var experience: [Double] = []
    /// Time steps of all episodes collected.
    public var environmentSteps = 0

    /// Of a task of which nothing was seen yet.
    public init(task: Int) { self.task = task }
  }

  /// A curve of the outcomes of all tasks, in order.
  public init(points: [Point], outcomes: [TaskOutcome]) {
    self.init(
      points: points, returns: outcomes.map(\.returns), experience: outcomes.map(\.experience),
      environmentSteps: outcomes.reduce(0) { $0 + $1.environmentSteps })
  }

  /// A curve of its parts.
  public init(
    points: [Point], returns: [[Double]], experience: [[Double]], environmentSteps: Int
  ) {
    self.points = points
    self.returns = returns
    self.experience = experience
    self.environmentSteps = environmentSteps
  }

  /// Each task's return at a point, as the scores of one run.
  ///
  /// - Parameter point: The index of the point.
  /// - Returns: The scores, `[1, task]`.
  public func scores(at point: Int) -> Scores { Scores([returns.map { $0[point] }]) }

  /// The mean of the curve over its episodes: the area under the mean returns by the trapezoidal rule,
  /// divided by the number of episodes, in units of return.
  public var areaUnderCurve: Double {
    let means = points.indices.map { scores(at: $0).mean }
    let width = points[points.count - 1].episodes - points[0].episodes
    guard width > 0 else { return means[0] }
    let area = points.indices.dropLast().reduce(0) { sum, index in
      let gap = Double(points[index + 1].episodes - points[index].episodes)
      return sum + gap * (means[index] + means[index + 1]) / 2
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
    return (experience.first ?? []).indices.map { episode in
      let regrets = zip(optimum, experience).map { $0 - $1[episode] }
      sum += regrets.reduce(0, +) / Double(regrets.count)
      return sum
    }
  }
}
