public import Models
public import Policies
public import Rollouts
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
  var learns: Bool { self != .fixed }
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
  /// λ of the term `λ/2 ‖θ' - θ‖²` that ties adapted parameters to the initialization (imaml).
  public var proximalStrength = 1.0
  /// The gradient that is left at an inner optimum, as a share of what it was at first (imaml).
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
        "lambda that ties adapted parameters to the initialization (imaml)"),
      .number(
        "optimumTolerance", \.optimumTolerance, in: 1e-6...0.9,
        "gradient left at an inner optimum, as a share of the first (imaml)"),
      .optionalNumber(
        "minimumLogStandardDeviation", \.minimumLogStandardDeviation, in: -20...5,
        "floor under it while exploring for a step, null for the policy's own"),
      .choice("estimator", \.estimator, "form of the surrogate loss"),
      .flag("firstOrder", \.firstOrder, "drop second derivatives from the meta-gradient"),
    ]
  }
}

/// How the initialization is improved.
public enum OuterMethod: String, CaseIterable, Codable, Sendable {
  /// Trust region policy optimization (Schulman et al. 2015) of the loss after the last inner step.
  case trpo
  /// The gradient through adaptation, followed by Adam (Kingma and Ba 2015).
  case adam
  /// Clipped likelihood ratios and a penalty on the divergence, several epochs of Adam on the same episodes
  /// (ProMP, Rothfuss et al. 2019).
  case promp
  /// A share of the way to the mean of the adapted parameters (Nichol et al. 2018).
  case reptile
  /// The implicit gradient through an inner optimum, followed by Adam (iMAML, Rajeswaran et al. 2019).
  case imaml

  /// Whether the loss after each inner step can have a weight.
  public var weighsSteps: Bool { self == .adam || self == .promp }
  /// Whether it needs a policy and its distribution over actions.
  public var needsPolicy: Bool { self == .trpo || self == .promp }
  /// Whether it has a gradient for inner step sizes.
  public var improvesStepSizes: Bool { self != .reptile && self != .imaml }
}

/// What becomes of an update in which an observation, a reward, a loss, a gradient or a parameter is not a
/// finite number; the last sound state is kept in any case.
public enum NonFinitePolicy: String, CaseIterable, Codable, Sendable {
  /// Training ends with an error.
  case fail
  /// The update is passed over, and counted.
  case skip
  /// The update is passed over and counted, and all rates of the outer loop are halved from there on.
  case shrink
}

/// What the outer loop does with the episodes after adaptation.
public struct OuterSettings: Settings, Sendable, Equatable {
  /// The method.
  public var method = OuterMethod.trpo
  /// Tasks in a meta-iteration.
  public var tasks = 20
  /// Meta-iterations.
  public var iterations = 100
  /// Weight of the loss after 1, 2, ... inner steps; empty: only the last counts (adam, promp).
  public var stepWeights: [Double] = []
  /// Iterations over which the weights of all steps but the last fall linearly to 0, and the last one's
  /// takes theirs over (MAML++, Antoniou et al. 2019); 0 keeps them (adam, promp).
  public var stepWeightAnnealing = 0
  /// Share of the credit that episodes before adaptation get for what adapting to them brought (E-MAML,
  /// Stadie et al. 2018): 1 makes the gradient of the expected return unbiased, less has less variance,
  /// 0 is MAML (adam, episodes).
  public var explorationCredit = 0.0
  /// λ of the advantages in the outer loss.
  public var gaeLambda = 1.0
  /// Adam's rate for the initialization (adam, promp, imaml), or the share of the way to the adapted parameters
  /// (reptile).
  public var learningRate = 1e-3
  /// The log standard deviation's rate is this many times as large (adam, promp, imaml).
  public var logStandardDeviationFactor = 1.0
  /// Adam's rate for the logarithms of learned step sizes.
  public var stepSizeLearningRate = 1e-2
  /// Whether Adam's rates and the trust region's radius fall linearly to zero.
  public var decay = false
  /// What ``decay`` fell towards before the number of iterations was changed, each an ``EarlierEnd``, in order.
  public var earlierEnds: [String] = []
  /// What becomes of an update in which a number is not finite.
  public var nonFinite = NonFinitePolicy.fail
  /// Bound on the mean divergence after adaptation (trpo).
  public var maxKL = 0.01
  /// Iterations of conjugate gradient (trpo, imaml).
  public var conjugateGradientIterations = 10
  /// Added to the curvature, times the identity (trpo).
  public var damping = 1e-5
  /// Steps of the line search (trpo).
  public var lineSearchSteps = 15
  /// What each step of the line search multiplies the update by (trpo).
  public var lineSearchShrink = 0.8
  /// Updates on the same episodes (promp).
  public var epochs = 5
  /// Likelihood ratios count up to 1 plus or minus this (promp).
  public var clip = 0.3
  /// Where the weights of the divergences start, one for each inner step (promp).
  public var klPenalty = 5e-4
  /// The divergence before each inner step that the weights are adapted to, in nats: half as much or twice
  /// as much weight where it is off by a factor of 1.5; 0 keeps the weights (promp).
  public var klTarget = 0.01

  /// The usual settings of the field.
  public init() {}

  /// The keys.
  public static var fields: [Field<Self>] {
    [
      .choice("method", \.method, "how the initialization is improved"),
      .integer("tasks", \.tasks, in: 1...10_000, "tasks in a meta-iteration"),
      .integer("iterations", \.iterations, in: 0...10_000_000, "meta-iterations"),
      .numbers(
        "stepWeights", \.stepWeights, in: 0...1e6, counts: 0...100,
        "weight of the loss after each inner step, [] for the last alone (adam, promp)"),
      .integer(
        "stepWeightAnnealing", \.stepWeightAnnealing, in: 0...10_000_000,
        "iterations in which all weights move to the last step, 0 for none (adam, promp)"),
      .number(
        "explorationCredit", \.explorationCredit, in: 0...1,
        "share of E-MAML's credit to episodes before adaptation (adam, episodes)"),
      .number("gaeLambda", \.gaeLambda, in: 0...1, "lambda of the outer advantages"),
      .number(
        "learningRate", \.learningRate, in: 0...100,
        "Adam's rate (adam, promp, imaml), or the share of the way (reptile)"),
      .number(
        "logStandardDeviationFactor", \.logStandardDeviationFactor, in: 0...1e6,
        "factor on Adam's rate for the log standard deviation"),
      .number(
        "stepSizeLearningRate", \.stepSizeLearningRate, in: 0...100,
        "Adam's rate for learned log step sizes"),
      .flag("decay", \.decay, "let Adam's rates and the trust region's radius fall linearly to 0"),
      .texts(
        "earlierEnds", \.earlierEnds,
        "iterations done, of how many, whenever their number was changed: what decay fell towards till then, "
          + "such as 3 of 10"),
      .choice(
        "nonFinite", \.nonFinite, "what becomes of an update with a number that is not finite"),
      .number(
        "maxKL", \.maxKL, in: aboveZero...100, "bound on the mean divergence, in nats (trpo)"),
      .integer(
        "conjugateGradientIterations", \.conjugateGradientIterations, in: 1...1000,
        "iterations of conjugate gradient (trpo, imaml)"),
      .number("damping", \.damping, in: 0...1e6, "added to the curvature (trpo)"),
      .integer(
        "lineSearchSteps", \.lineSearchSteps, in: 1...1000, "steps of the line search (trpo)"),
      .number(
        "lineSearchShrink", \.lineSearchShrink, in: 0.01...0.99, "factor from step to step (trpo)"),
      .integer("epochs", \.epochs, in: 1...1000, "updates on the same episodes (promp)"),
      .number(
        "clip", \.clip, in: aboveZero...10, "bound on the change of likelihood ratios (promp)"),
      .number(
        "klPenalty", \.klPenalty, in: 0...1e6, "first weight of the divergences (promp)"),
      .number(
        "klTarget", \.klTarget, in: 0...100,
        "divergence that their weights adapt to, in nats, 0 for constant weights (promp)"),
    ]
  }

  /// Weights must leave something to learn from, and not every method has them.
  public func violation() -> ConstraintViolation? {
    if let wrong = earlierEnds.first(where: { EarlierEnd($0) == nil }) {
      return ConstraintViolation(
        "earlierEnds", "has '\(wrong)', expected iterations done of how many, such as 3 of 10")
    }
    if !stepWeights.isEmpty && !method.weighsSteps {
      return ConstraintViolation(
        "stepWeights", "is not empty, expected [] with method: \(method.rawValue)")
    }
    if explorationCredit > 0 && method != .adam {
      return ConstraintViolation(
        "explorationCredit",
        "is \(explorationCredit), expected 0 with method: \(method.rawValue)")
    }
    if method == .reptile && learningRate > 1 {
      return ConstraintViolation(
        "learningRate", "is \(learningRate), expected at most 1 with reptile")
    }
    if !stepWeights.isEmpty && !stepWeights.contains(where: { $0 > 0 }) {
      return ConstraintViolation("stepWeights", "are all 0, expected at least one above 0")
    }
    return nil
  }
}

/// Everything that defines a meta-learner, but for environment and seed.
public struct MetaLearningSettings: Sendable, Equatable {
  /// The policy, where tasks have episodes.
  public var policy = PolicySettings()
  /// The model, where tasks have examples.
  public var model = ModelSettings()
  /// The inner loop.
  public var inner = InnerSettings()
  /// Advantages; the outer loop has its own λ.
  public var advantages = AdvantageSettings()
  /// The outer loop.
  public var outer = OuterSettings()

  /// The usual settings of the field.
  public init() {}

  /// λ where adapted parameters are tied to the initialization, otherwise nil.
  var proximalStrength: Double? { outer.method == .imaml ? inner.proximalStrength : nil }
}
