public import Adaptation
public import Differentiation

/// Everything a meta-learner carries from one meta-iteration to the next: a checkpoint's content.
public struct LearnerState: Sendable {
  /// Meta-iterations done.
  public var iteration = 0
  /// θ, the shared initialization, `[1, parameter]`.
  public var parameters: Tensor<Float>
  /// log α, `[inner step, parameter]`; without rows where step sizes are fixed.
  public var logStepSizes: Tensor<Float>
  /// What divides the outer advantages: their standard deviation in the previous iteration, over all
  /// tasks and steps; 0 before the first.
  public var advantageScale: Double = 0
  /// What the outer method carries besides, by its names in a checkpoint.
  public var own: [String: [Double]] = [:]
  /// Steps of tasks that the outer method goes on learning from, by the index of the training task.
  public var replay: [Int: RowQueue] = [:]
  /// Updates that were passed over because a number was not finite.
  public var skippedUpdates = 0
  /// The share of the outer loop's rates that such updates left.
  public var rateShare = 1.0
  /// The optimizer's state for the initialization (methods that descend by it).
  public var optimizer: AdamState
  /// The optimizer's state for log α (learned step sizes).
  public var stepSizeOptimizer: AdamState

  /// The state before the first iteration.
  ///
  /// - Parameters:
  ///   - parameters: θ, `[1, parameter]`.
  ///   - layout: Names its tensors.
  ///   - inner: How many step sizes there are, and where they start.
  public init(parameters: Tensor<Float>, layout: ParameterLayout, inner: InnerSettings) {
    self.parameters = parameters
    let initial = inner.stepSizes(for: layout).converted(to: Float.self).elements
    let learnedSteps = inner.stepSizeRule.learns ? inner.steps : 0
    let stepSizes = Tensor(
      Shape(learnedSteps, layout.count), (0..<learnedSteps).flatMap { _ in initial })
    logStepSizes = Variable(stepSizes).logarithm.value
    optimizer = AdamState(count: parameters.count)
    stepSizeOptimizer = AdamState(count: logStepSizes.count)
  }

  /// α for each inner step, `[1, parameter]`; none where step sizes are fixed.
  public func learnedStepSizes() -> [Tensor<Float>] {
    let sizes = Variable(logStepSizes).exponential.value
    return (0..<sizes.shape.rows).map { sizes.rows($0..<$0 + 1) }
  }
}
