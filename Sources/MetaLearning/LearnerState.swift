public import Differentiation
internal import Policies

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
  /// The weight of the divergence before each inner step (promp); empty otherwise.
  public var klPenalties: [Double] = []
  /// The optimizer's state for the initialization (adam, promp, imaml).
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
    let initial = inner.stepSizes(for: layout).elements
    let shape = Shape(inner.steps, layout.count)
    let stepSizes = Tensor(shape, (0..<inner.steps).flatMap { _ in initial })
    logStepSizes = Variable(stepSizes).logarithm.value
    optimizer = AdamState(count: parameters.count)
    stepSizeOptimizer = AdamState(count: logStepSizes.count)
  }

  /// α for each inner step, `[1, parameter]`.
  public func stepSizes() -> [Tensor<Float>] {
    let sizes = Variable(logStepSizes).exponential.value
    return (0..<sizes.shape.rows).map { sizes.rows($0..<$0 + 1) }
  }

  /// α for each inner step, or for one step as it is given where training took none.
  func stepSizes(
    orGivenFor layout: ParameterLayout, _ inner: InnerSettings
  ) -> [Tensor<Float>] {
    let learned = stepSizes()
    return learned.isEmpty ? [inner.stepSizes(for: layout)] : learned
  }
}

extension [Tensor<Float>] {
  /// The sizes of a step at test time: as trained, and half the last one's beyond (Finn et al. 2017).
  func size(ofStep step: Int) -> Tensor<Float> {
    step < count ? self[step] : self[count - 1].scaled(by: 0.5)
  }
}

extension InnerSettings {
  /// α for each parameter as it is given, `[1, parameter]`.
  func stepSizes(for layout: ParameterLayout) -> Tensor<Float> {
    layout.filled { name in
      let isDeviation = name == Policy.logStandardDeviationName
      return Float(stepSize * (isDeviation ? logStandardDeviationFactor : 1))
    }
  }
}
