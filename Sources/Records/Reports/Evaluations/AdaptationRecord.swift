/// How a run was adapted where it was measured, as far as that was chosen on validation tasks: a part of its
/// evaluations, and a file of its own in the run's `adaptation/`.
public struct AdaptationRecord: Sendable, Codable, Equatable {
  /// What all step sizes of training were multiplied by.
  public let stepSizeFactor: Double
  /// How many steps count as trained; absent for as many as training took.
  public let trainedSteps: Int?
  /// What the last size was multiplied by in the steps beyond those.
  public let laterStepFactor: Double
  /// The validation tasks that decided.
  public let validationTasks: Int
  /// Time steps of all episodes that deciding took.
  public let environmentSteps: Int
  /// All that was tried, in order.
  public let candidates: [Candidate]
  /// What tells whether it is still the run's.
  public let origin: EvaluationResult.Origin

  /// A pair of factors that was tried.
  public struct Candidate: Sendable, Codable, Equatable {
    /// What all step sizes were multiplied by.
    public let stepSizeFactor: Double
    /// What the last size was multiplied by in later steps.
    public let laterStepFactor: Double
    /// The mean score on validation tasks; null where adapting diverged.
    public let score: Nullable<Double>

    /// A candidate of its parts.
    public init(stepSizeFactor: Double, laterStepFactor: Double, score: Double?) {
      self.stepSizeFactor = stepSizeFactor
      self.laterStepFactor = laterStepFactor
      self.score = Nullable(score)
    }
  }

  /// Whether a factor on all step sizes was chosen.
  public var choseStepSizes: Bool { Set(candidates.map(\.stepSizeFactor)).count > 1 }

  /// Whether a factor on the steps beyond those of training was chosen.
  public var choseLaterSteps: Bool { Set(candidates.map(\.laterStepFactor)).count > 1 }

  /// A record of its parts.
  public init(
    stepSizeFactor: Double, trainedSteps: Int?, laterStepFactor: Double, validationTasks: Int,
    environmentSteps: Int, candidates: [Candidate], origin: EvaluationResult.Origin
  ) {
    self.stepSizeFactor = stepSizeFactor
    self.trainedSteps = trainedSteps
    self.laterStepFactor = laterStepFactor
    self.validationTasks = validationTasks
    self.environmentSteps = environmentSteps
    self.candidates = candidates
    self.origin = origin
  }
}
