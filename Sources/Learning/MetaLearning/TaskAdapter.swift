public import Adaptation
public import Differentiation
public import EnvironmentKit
public import Models

/// The inner loop on one kind of tasks, as outer methods that know nothing of that kind see it.
public protocol TaskAdapter {
  /// Adapts to a task, and differentiates the losses after adaptation where they stand.
  ///
  /// - Parameters:
  ///   - task: The task.
  ///   - index: Its place among the tasks of the iteration: names its random streams.
  ///   - worker: The calling worker, from 0.
  ///   - request: What the outer method starts from and asks for.
  /// - Returns: What the outer method goes on from; equal arguments give equal bits on any worker.
  /// - Throws: What collecting throws.
  func adapt(
    to task: AnyTask, index: Int, worker: Int, _ request: AdaptationRequest
  ) throws -> TaskAdaptation
}

/// What an outer method asks of the inner loop.
public struct AdaptationRequest {
  /// The number of the meta-iteration.
  public let iteration: Int
  /// θ and the step sizes, and what divides outer advantages.
  public let state: LearnerState
  /// α of each step, made once for all tasks.
  public let stepSizes: StepSizes
  /// The weight of the loss after each step, or of the only loss where no step is taken.
  public let weights: [Double]
  /// How the outer loss is differentiated.
  public let derivative: OuterDerivative
  /// How many products with each step's Jacobian will be asked for.
  public let products: HessianProducts
}

/// How a method differentiates the losses after adaptation.
public enum OuterDerivative: Sendable {
  /// Through the steps, by the chain of their Jacobians.
  case unrolled
  /// By the curvature at the adapted parameters alone.
  case implicit
  /// Not at all.
  case none
}

/// One task after adaptation.
public struct TaskAdaptation {
  /// The steps that led there; empty where no derivative goes through them.
  public internal(set) var chain = AdaptationChain<Float>()
  /// θ', `[1, parameter]`.
  public internal(set) var adapted: Tensor<Float>
  /// The gradient of the weighted loss after each step, where it stands; nil where it has no weight.
  public internal(set) var gradients: [Tensor<Float>?] = []
  /// The sum of the weighted losses.
  public internal(set) var loss = 0.0
  /// `v ↦ ∇²L(θ') v` of the inner loss, for an implicit derivative.
  public internal(set) var hessianProduct: ((Tensor<Float>) -> Tensor<Float>)?
  /// The greatest share of a regularized loss's gradient that a step has left ; otherwise nil.
  public internal(set) var residual: Double?
  /// Number and sum of squares of the centred outer advantages.
  public internal(set) var advantageMoments = (count: 0.0, squares: 0.0)
  /// What the episodes before each step may be credited with (E-MAML); empty where that isn't asked for.
  public internal(set) var credits: [ExplorationCredit] = []
  /// θ with running averages that have seen this task, `[1, parameter]`; nil where there are none.
  public internal(set) var averaged: Tensor<Float>?
  /// The task's part of the report.
  public internal(set) var summary: TaskSummary
}

/// What a report needs of a task.
public struct TaskSummary: Sendable {
  /// Mean return, or score on the query set, after 0, 1, ... steps.
  public internal(set) var scores: [Double] = []
  /// Time steps of all its episodes.
  public internal(set) var environmentSteps = 0
  /// Of the inner loss before each step.
  public internal(set) var innerGradientNorms: [Double] = []
  /// The share of successful episodes after 0, 1, ... steps; nil where nothing says what success is.
  public internal(set) var successRates: [Double?] = []
  /// How uncertain the policy's actions are before adaptation, in nats: less the mean log probability of what it
  /// did. Nil where tasks have examples.
  public internal(set) var actionEntropy: Double?
  /// Where the time went.
  public internal(set) var seconds = PhaseSeconds()
}
