internal import Adaptation
public import Differentiation
public import Parallel
internal import Policies

// How outer methods move what is learned: by Adam, with rates that may fall.
extension LearnerState {
  /// The share of the rates that is left: of their fall over the iterations, and of being shrunk.
  public func remainingRate(_ outer: OuterSettings) -> Double {
    rateShare * outer.decayedShare(after: self.iteration)
  }

  /// Moves initialization and step sizes along the mean gradient of the tasks.
  ///
  /// - Parameters:
  ///   - results: What each task contributes, and how it went.
  ///   - iteration: The iteration.
  /// - Returns: What came of it.
  /// - Throws: ``NonFiniteUpdate`` for a gradient that is not a finite number.
  public mutating func descend<Tasks>(
    _ results: Parts<(value: TaskGradient, summary: TaskSummary)>,
    in iteration: MetaIteration<Tasks>
  ) throws -> OuterUpdate {
    try iteration.requireFinite(gradients: results.map(\.value.initialization))
    let total = iteration.team.sum(results, \.value)
    let norm = try improveInitialization(along: total.initialization, in: iteration)
    try improveStepSizes(along: total.stepSizes, in: iteration)
    let moments = total.advantageMoments
    advantageScale = (moments.squares / max(moments.count, 1)).squareRoot()
    return OuterUpdate(
      tasks: results.map(\.summary), loss: total.loss / Double(iteration.count),
      metrics: ["outerGradientNorm": .number(norm)])
  }

  /// Moves the initialization.
  ///
  /// - Parameters:
  ///   - gradient: The sum over tasks of the outer loss's gradient, `[1, parameter]`.
  ///   - iteration: The iteration, over whose tasks it was summed.
  /// - Returns: The norm of the mean gradient.
  /// - Throws: ``NonFiniteUpdate`` for a gradient that is not a finite number.
  public mutating func improveInitialization<Tasks>(
    along gradient: Tensor<Float>, in iteration: MetaIteration<Tasks>
  ) throws -> Double {
    try improveInitialization(
      alongMean: gradient.scaled(by: 1 / Float(iteration.count)), in: iteration)
  }

  /// The same along a gradient that is a mean already.
  public mutating func improveInitialization<Tasks>(
    alongMean gradient: Tensor<Float>, in iteration: MetaIteration<Tasks>
  ) throws -> Double {
    try iteration.requireFinite(gradient, "the outer gradient")
    let outer = iteration.settings.outer
    let layout = iteration.problem.layout
    let mean = layout.withoutContext(gradient)
    let direction = optimizer.direction(for: mean)
    let remaining = remainingRate(outer)
    let rates = layout.filled { name in
      let isDeviation = name == Policy.logStandardDeviationName
      return Float(
        outer.learningRate * remaining * (isDeviation ? outer.logStandardDeviationFactor : 1))
    }
    parameters = parameters.adding(direction.multiplied(by: rates), scaledBy: -1)
    return Double(mean.norm)
  }

  /// Improves learned step sizes by Adam on their logarithms; fixed ones stay.
  ///
  /// - Parameters:
  ///   - gradients: The sum over tasks of the outer loss's gradient with respect to each inner step's
  ///     sizes, `[1, parameter]` each.
  ///   - iteration: The iteration, over whose tasks it was summed.
  /// - Throws: ``NonFiniteUpdate`` for a gradient that is not a finite number.
  public mutating func improveStepSizes<Tasks>(
    along gradients: [Tensor<Float>], in iteration: MetaIteration<Tasks>
  ) throws {
    let rule = iteration.settings.inner.stepSizeRule
    guard rule.learns else { return }
    // d/d(log α) = α d/dα
    let slopes = zip(gradients, learnedStepSizes()).map {
      rule.tied($0.multiplied(by: $1), iteration.problem.layout)
    }
    let share = 1 / Float(iteration.count)
    let gradient = Tensor<Float>(
      logStepSizes.shape, slopes.flatMap(\.elements).map { $0 * share })
    try iteration.requireFinite(gradient, "the outer gradient of the step sizes")
    let outer = iteration.settings.outer
    let rate = outer.stepSizeLearningRate * remainingRate(outer)
    let direction = stepSizeOptimizer.direction(for: gradient)
    logStepSizes = logStepSizes.adding(direction, scaledBy: -Float(rate))
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
