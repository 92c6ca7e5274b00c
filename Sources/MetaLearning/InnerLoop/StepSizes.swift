internal import Differentiation
internal import Policies

/// α for each inner step, as a task takes it: 0 for the parameters that a task leaves as they are.
struct StepSizes: Sendable {
  /// Of each step where they are learned, otherwise of all steps alike, `[1, parameter]`.
  private let sizes: [Tensor<Float>]
  /// How many steps training took, at least 1.
  private let trainedSteps: Int

  /// The sizes that a state has learned, or else as settings give them.
  init(_ state: LearnerState, _ inner: InnerSettings, _ layout: ParameterLayout) {
    let learned = state.learnedStepSizes()
    let mask = layout.mask(of: inner.adapts)
    sizes = (learned.isEmpty ? [inner.stepSizes(for: layout)] : learned).map {
      $0.multiplied(by: mask)
    }
    trainedSteps = learned.isEmpty ? max(inner.steps, 1) : learned.count
  }

  /// The sizes of a step, `[1, parameter]`: as in training, and beyond it half the last one's (Finn et al.
  /// 2017).
  subscript(step: Int) -> Tensor<Float> {
    let size = sizes[min(step, sizes.count - 1)]
    return step < trainedSteps ? size : size.scaled(by: 0.5)
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
