public import Policies
public import Rollouts

/// Whether the inner step sizes are given or learned.
public enum StepSizeRule: String, CaseIterable, Codable, Sendable {
  /// One number for all parameters and steps.
  case fixed
  /// One for each inner step and parameter, learned with the initialization (Meta-SGD, Li et al. 2017;
  /// one set a step as in MAML++, Antoniou et al. 2019). They are learned as logarithms, so that they
  /// stay positive and change by shares rather than amounts.
  case learned
}

/// How a policy is adapted to a task.
public struct InnerSettings: Sendable, Equatable {
  /// Gradient steps on each task, each on fresh episodes; 0 trains one policy for all tasks, the
  /// pretrained baseline.
  public var steps = 1
  /// α, where it starts if it is learned.
  public var stepSize = 0.1
  /// α of the log standard deviation is this many times as large.
  public var logStandardDeviationFactor = 1.0
  /// Whether α is learned.
  public var stepSizeRule = StepSizeRule.fixed
  /// Episodes collected for each step, and after the last one.
  public var episodes = 20
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
}

/// How the initialization is improved.
public enum OuterMethod: String, CaseIterable, Codable, Sendable {
  /// Trust region policy optimization (Schulman et al. 2015) of the loss after the last inner step.
  case trpo
  /// The policy gradient through adaptation, followed by Adam (Kingma and Ba 2015).
  case vpg
  /// A share of the way to the mean of the adapted parameters (Nichol et al. 2018).
  case reptile
}

/// What the outer loop does with the episodes after adaptation.
public struct OuterSettings: Sendable, Equatable {
  /// The method.
  public var method = OuterMethod.trpo
  /// Tasks in a meta-iteration.
  public var tasks = 20
  /// Meta-iterations.
  public var iterations = 100
  /// Weight of the loss after 1, 2, ... inner steps; empty: only the last counts (vpg).
  public var stepWeights: [Double] = []
  /// λ of the advantages in the outer loss.
  public var gaeLambda = 1.0
  /// Adam's rate for the initialization (vpg), or the share of the way to the adapted parameters
  /// (reptile).
  public var learningRate = 1e-3
  /// The log standard deviation's rate is this many times as large (vpg).
  public var logStandardDeviationFactor = 1.0
  /// Adam's rate for the logarithms of learned step sizes.
  public var stepSizeLearningRate = 1e-2
  /// Whether Adam's rates and the trust region's radius fall linearly to zero.
  public var decay = false
  /// Bound on the mean divergence after adaptation (trpo).
  public var maxKL = 0.01
  /// Iterations of conjugate gradient (trpo).
  public var conjugateGradientIterations = 10
  /// Added to the curvature, times the identity (trpo).
  public var damping = 1e-5
  /// Steps of the line search (trpo).
  public var lineSearchSteps = 15
  /// What each step of the line search multiplies the update by (trpo).
  public var lineSearchShrink = 0.8

  /// The usual settings of the field.
  public init() {}
}

/// Everything that defines a meta-learner, but for environment and seed.
public struct MetaLearningSettings: Sendable, Equatable {
  /// The policy.
  public var policy = PolicySettings()
  /// The inner loop.
  public var inner = InnerSettings()
  /// Advantages; the outer loop has its own λ.
  public var advantages = AdvantageSettings()
  /// The outer loop.
  public var outer = OuterSettings()

  /// The usual settings of the field.
  public init() {}
}
