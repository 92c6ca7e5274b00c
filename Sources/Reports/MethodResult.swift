internal import Statistics

/// What the runs of one method returned on the same tasks, measured at the same points.
public struct MethodResult: Sendable {
  /// What a policy has had of a task when it is measured.
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

  /// The method's name.
  public let name: String
  /// Where policies were measured.
  public let points: [Point]
  /// Mean return of fresh episodes, `[run, task, point]`.
  public let returns: [[[Double]]]
  /// Environment steps of training, `[run]`.
  public let trainingSteps: [Int]

  /// Gathers a method's runs.
  public init(
    name: String, points: [Point], returns: [[[Double]]], trainingSteps: [Int]
  ) {
    self.name = name
    self.points = points
    self.returns = returns
    self.trainingSteps = trainingSteps
  }

  /// The scores at a point, `[run, task]`.
  func scores(at point: Int) -> Scores { Scores(returns.map { $0.map { $0[point] } }) }
}
