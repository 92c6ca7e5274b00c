internal import Differentiation
internal import EnvironmentKit

/// The inner loop on one kind of tasks, as outer methods that know nothing of that kind see it.
protocol TaskAdapter {
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
struct AdaptationRequest {
  /// The number of the meta-iteration.
  let iteration: Int
  /// θ, and what divides outer advantages.
  let state: LearnerState
  let stepSizes: StepSizes
  /// The weight of the loss after each step, or of the only loss where no step is taken.
  let weights: [Double]
  /// Whether the outer loss is differentiated through the steps, at the adapted parameters alone, or not at
  /// all.
  let derivative: Derivative

  enum Derivative {
    /// By the chain of the steps' Jacobians.
    case unrolled
    /// By the curvature at the adapted parameters.
    case implicit
    /// None is taken.
    case none
  }
}

/// One task after adaptation.
struct TaskAdaptation {
  /// The steps that led there; empty where no derivative goes through them.
  var chain = AdaptationChain<Float>()
  /// θ', `[1, parameter]`.
  var adapted: Tensor<Float>
  /// The gradient of the weighted loss after each step, where it stands; nil where it has no weight.
  var gradients: [Tensor<Float>?] = []
  /// The sum of the weighted losses.
  var loss = 0.0
  /// `v ↦ ∇²L(θ') v` of the inner loss, for an implicit derivative.
  var hessianProduct: ((Tensor<Float>) -> Tensor<Float>)?
  /// The greatest share of a regularized loss's gradient that a step has left (imaml); otherwise nil.
  var residual: Double?
  /// Number and sum of squares of the centred outer advantages.
  var advantageMoments = (count: 0.0, squares: 0.0)
  /// What the episodes before each step may be credited with (E-MAML); empty where that isn't asked for.
  var credits: [ExplorationCredit] = []
  /// θ with running averages that have seen this task, `[1, parameter]`; nil where there are none.
  var averaged: Tensor<Float>?
  /// The task's part of the report.
  var summary: TaskSummary
}

/// What a report needs of a task.
struct TaskSummary {
  /// Mean return, or score on the query set, after 0, 1, ... steps.
  var scores: [Double] = []
  var environmentSteps = 0
  /// Of the inner loss before each step.
  var innerGradientNorms: [Double] = []
  /// The share of successful episodes after 0, 1, ... steps; nil where nothing says what success is.
  var successRates: [Double?] = []
  /// How uncertain the policy's actions are before adaptation, in nats: less the mean log probability of what it
  /// did. Nil where tasks have examples.
  var actionEntropy: Double?
  var seconds = PhaseSeconds()
}
