public import Statistics

/// What the runs of one method returned on the same tasks, measured at the same points.
public struct MethodResult: Sendable {
  /// The method's name.
  public let name: String
  /// A curve for each run.
  public let curves: [AdaptationCurve]
  /// Environment steps of training, `[run]`; none where nothing was trained.
  public let trainingSteps: [Int]
  /// How its runs adapt, as far as that was chosen on validation tasks.
  public let adaptations: [AdaptationRecord]

  /// Gathers a method's runs.
  ///
  /// - Parameters:
  ///   - name: The method's name.
  ///   - curves: Of at least one run, all on the same tasks and with the same points.
  ///   - trainingSteps: Environment steps of training, `[run]`.
  ///   - adaptations: How its runs adapt, as far as that was chosen.
  public init(
    name: String, curves: [AdaptationCurve], trainingSteps: [Int],
    adaptations: [AdaptationRecord] = []
  ) {
    self.name = name
    self.curves = curves
    self.trainingSteps = trainingSteps
    self.adaptations = adaptations
  }

  /// A method that has nothing to learn, such as the best behaviour that is possible.
  ///
  /// - Parameters:
  ///   - name: The method's name.
  ///   - returns: Of each task, `[task]`.
  ///   - other: A method measured on these tasks.
  public init(name: String, returns: [Double], besides other: MethodResult) {
    let outcomes = returns.enumerated().map { task, value in
      var outcome = AdaptationCurve.TaskOutcome(task: task)
      outcome.returns = other.points.map { _ in value }
      outcome.experience = other.curves[0].outcomes[task].experience.map { _ in value }
      return outcome
    }
    self.init(
      name: name, curves: [AdaptationCurve(points: other.points, outcomes: outcomes)],
      trainingSteps: [])
  }

  /// The mean over runs of the environment steps of training; nil where nothing was trained.
  public var meanTrainingSteps: Int? {
    trainingSteps.isEmpty ? nil : trainingSteps.reduce(0, +) / trainingSteps.count
  }

  /// Where policies were measured.
  public var points: [AdaptationCurve.Point] { curves[0].points }

  /// The scores at a point, `[run, task]`.
  func scores(at point: Int) -> Scores { Scores(curves.map { $0.returns.map { $0[point] } }) }

  /// The share of successful episodes at a point, over runs and tasks; nil where nothing says what
  /// success is.
  func successRate(at point: Int) -> Double? {
    let rates = curves.compactMap { $0.successRate(at: point) }
    return rates.count == curves.count ? rates.reduce(0, +) / Double(rates.count) : nil
  }
}
