internal import Differentiation

extension MetaLearner {
  /// Improves learned step sizes by Adam on their logarithms; fixed ones stay.
  ///
  /// - Parameters:
  ///   - gradients: The sum over tasks of the outer loss's gradient with respect to each inner step's
  ///     sizes, `[1, parameter]` each.
  ///   - tasks: How many tasks it was summed over.
  /// - Throws: ``NonFiniteUpdate`` for a gradient that is not a finite number.
  func improveStepSizes(along gradients: [Tensor<Float>], tasks: Int) throws {
    let rule = settings.inner.stepSizeRule
    guard rule.learns else { return }
    // d/d(log α) = α d/dα
    let slopes = zip(gradients, state.learnedStepSizes()).map {
      rule.tied($0.multiplied(by: $1), problem.layout)
    }
    let share = 1 / Float(tasks)
    let gradient = Tensor<Float>(
      state.logStepSizes.shape, slopes.flatMap(\.elements).map { $0 * share })
    try requireFinite(gradient, "the outer gradient of the step sizes")
    let outer = settings.outer
    let rate = outer.stepSizeLearningRate * remainingRate
    let direction = state.stepSizeOptimizer.direction(for: gradient)
    state.logStepSizes = state.logStepSizes.adding(direction, scaledBy: -Float(rate))
  }
}

extension StepSizeRule {
  /// Gives all parameters that share a step size the sum of their gradients: begun equal, they stay so.
  fileprivate func tied(_ gradient: Tensor<Float>, _ layout: ParameterLayout) -> Tensor<Float> {
    switch self {
    case .fixed, .learned: return gradient
    case .learnedPerStep:
      return Tensor(gradient.shape, repeating: gradient.elements.reduce(0, +))
    case .learnedPerLayer:
      return layout.vector(
        of: layout.tensors(of: gradient).map { tensor in
          Variable(Tensor(tensor.shape, repeating: tensor.elements.reduce(0, +)))
        })
    }
  }
}
