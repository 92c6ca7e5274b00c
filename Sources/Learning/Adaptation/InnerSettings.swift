public import Settings

/// Whether the inner step sizes are given or learned.
public enum StepSizeRule: String, CaseIterable, Codable, Sendable {
  /// One number for all parameters and steps.
  case fixed
  /// One for each inner step and parameter, learned with the initialization (Meta-SGD, Li et al. 2017;
  /// one set a step as in MAML++, Antoniou et al. 2019). They are learned as logarithms, so that they
  /// stay positive and change by shares rather than amounts.
  case learned
  /// One for each inner step and tensor, learned in the same way (MAML++).
  case learnedPerLayer
  /// One for each inner step.
  case learnedPerStep

  /// Whether any is learned.
  public var learns: Bool { self != .fixed }
}

/// How a policy or a model is adapted to a task.
public struct InnerSettings: Settings, Sendable, Equatable {
  /// Gradient steps on each task, each on fresh episodes; 0 trains one policy for all tasks, the
  /// pretrained baseline.
  public var steps = 1
  /// α, where it starts if it is learned.
  public var stepSize = 0.1
  /// α of the log standard deviation is this many times as large.
  public var logStandardDeviationFactor = 1.0
  /// Whether α is learned.
  public var stepSizeRule = StepSizeRule.fixed
  /// Episodes collected for each step, and after the last one; for supervised tasks the shots, examples of
  /// each class in the support set.
  public var episodes = 20
  /// The parameters that a task adapts, by their tensors' names or what comes before a dot in them, `head`
  /// for the last layer; empty for all. The head alone is ANIL (Raghu et al. 2020), a context vector
  /// alone CAVIA (Zintgraf et al. 2019).
  public var adapts: [String] = []
  /// A longer gradient is scaled back to this norm, nil for any length.
  public var maximumGradientNorm: Double?
  /// λ of the term `λ/2 ‖θ' - θ‖²` that ties adapted parameters to the initialization, for methods that descend to an
  /// inner optimum.
  public var proximalStrength = 1.0
  /// The gradient that is left at an inner optimum, as a share of what it was at first.
  public var optimumTolerance = 0.05
  /// The floor under the log standard deviation of the episodes that the steps learn from, nil for the
  /// policy's own. What a gradient tells of a task is worth the more the wider the actions vary, what
  /// the adapted policy earns the less: with one deviation for both the outer loop narrows it, and
  /// adaptation goes blind.
  public var minimumLogStandardDeviation: Double?
  /// The loss that the steps descend.
  public var estimator = Estimator.logLikelihood
  /// Whether the outer gradient ignores how the inner gradient changes with the parameters.
  public var firstOrder = false

  /// The settings of the paper's plain recipe.
  public init() {}

  /// The keys.
  public static var fields: [Field<Self>] {
    [
      .integer(
        "steps", \.steps, in: 0...100, "gradient steps on each task; 0 pretrains without adapting"),
      .number(
        "stepSize", \.stepSize, in: 1e-12...1000, "step size alpha, where it starts if learned"),
      .number(
        "logStandardDeviationFactor", \.logStandardDeviationFactor, in: 1e-6...1e6,
        "factor on the step size for the log standard deviation"),
      .choice("stepSizeRule", \.stepSizeRule, "whether step sizes are learned, and for what"),
      .integer(
        "episodes", \.episodes, in: 1...10_000,
        "episodes per task before each step, or examples of each class"),
      .texts(
        "adapts", \.adapts, "tensors that a task adapts, [] for all; head is the last layer"),
      .optionalNumber(
        "maximumGradientNorm", \.maximumGradientNorm, in: aboveZero...1e9,
        "a longer gradient is scaled back to it, null for any length"),
      .number(
        "proximalStrength", \.proximalStrength, in: aboveZero...1e9,
        "lambda that ties adapted parameters to the initialization, where steps lead to an inner optimum"
      ),
      .number(
        "optimumTolerance", \.optimumTolerance, in: 1e-6...0.9,
        "gradient left at an inner optimum, as a share of the first"),
      .optionalNumber(
        "minimumLogStandardDeviation", \.minimumLogStandardDeviation, in: -20...5,
        "floor under it while exploring for a step, null for the policy's own"),
      .choice("estimator", \.estimator, "form of the surrogate loss"),
      .flag("firstOrder", \.firstOrder, "drop second derivatives from the meta-gradient"),
    ]
  }
}
