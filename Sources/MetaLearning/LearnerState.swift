public import Differentiation
public import Policies

/// Everything a meta-learner carries from one meta-iteration to the next: a checkpoint's content.
public struct LearnerState: Sendable {
  /// Meta-iterations done.
  public var iteration = 0
  /// θ, the shared initialization, `[1, parameter]`.
  public var parameters: Tensor<Float>
  /// log α, `[inner step, parameter]`.
  public var logStepSizes: Tensor<Float>
  /// What divides the outer advantages: their standard deviation in the previous iteration, over all
  /// tasks and steps; 0 before the first.
  public var advantageScale: Double = 0
  /// The optimizer's state for the initialization (vpg).
  public var optimizer: AdamState
  /// The optimizer's state for log α (learned step sizes).
  public var stepSizeOptimizer: AdamState

  /// The state before the first iteration.
  public init(parameters: Tensor<Float>, policy: Policy, inner: InnerSettings) {
    self.parameters = parameters
    let initial = inner.stepSizes(for: policy).elements
    let shape = Shape(inner.steps, policy.layout.count)
    let stepSizes = Tensor(shape, (0..<inner.steps).flatMap { _ in initial })
    logStepSizes = Variable(stepSizes).logarithm.value
    optimizer = AdamState(count: parameters.count)
    stepSizeOptimizer = AdamState(count: logStepSizes.count)
  }
}

extension InnerSettings {
  /// α for each parameter as it is given, `[1, parameter]`.
  func stepSizes(for policy: Policy) -> Tensor<Float> {
    policy.layout.filled { name in
      let isDeviation = name == Policy.logStandardDeviationName
      return Float(stepSize * (isDeviation ? logStandardDeviationFactor : 1))
    }
  }
}
