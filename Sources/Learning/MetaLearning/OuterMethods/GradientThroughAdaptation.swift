internal import Differentiation
internal import Policies
internal import Rollouts

/// What one task contributes to the outer gradient.
struct TaskGradient {
  /// `[1, parameter]`
  var initialization: Tensor<Float>
  /// For each inner step, `[1, parameter]`.
  var stepSizes: [Tensor<Float>]
  var loss: Double
  /// Number and sum of squares of the centred outer advantages.
  var advantageMoments: (count: Double, squares: Double)

  /// The gradient of `Σₛ weightₛ · L(θₛ)` over a task's steps, pulled back through all of them.
  init(through adaptation: TaskAdaptation) {
    let pulled = adaptation.chain.pullback(losses: adaptation.gradients)
    self.init(adaptation, pulled.initialization, pulled.stepSizes)
  }

  init(
    _ adaptation: TaskAdaptation, _ initialization: Tensor<Float>, _ stepSizes: [Tensor<Float>] = []
  ) {
    self.initialization = initialization
    self.stepSizes = stepSizes
    loss = adaptation.loss
    advantageMoments = adaptation.advantageMoments
  }

  /// This gradient less a credit's score, so many times: losses fall where returns rise.
  mutating func credit(_ credit: ExplorationCredit, times factor: Double) {
    let factor = -Float(factor)
    initialization = initialization.adding(credit.score.initialization, scaledBy: factor)
    stepSizes = zip(stepSizes, credit.score.stepSizes).map { $0.adding($1, scaledBy: factor) }
  }

  static func + (left: TaskGradient, right: TaskGradient) -> TaskGradient {
    var sum = left
    sum.initialization = left.initialization.adding(right.initialization)
    sum.stepSizes = zip(left.stepSizes, right.stepSizes).map { $0.adding($1) }
    sum.loss += right.loss
    sum.advantageMoments.count += right.advantageMoments.count
    sum.advantageMoments.squares += right.advantageMoments.squares
    return sum
  }
}

extension MetaLearner {
  /// One meta-iteration of model-agnostic meta-learning: the gradient of the losses after adaptation,
  /// through adaptation (Finn et al. 2017, algorithms 2 and 3), followed by Adam. First-order steps count their
  /// Hessian as zero.
  func gradientIteration(_ tasks: TaskSet) throws -> IterationReport {
    let results = try adapted(tasks, derivative: .unrolled) { adaptation in
      (TaskGradient(through: adaptation), adaptation.credits)
    }
    var gradients = results.map(\.value.0)
    // What a task's own episodes could not have earned: the mean of the other tasks.
    for step in 0..<(results.first?.value.1.count ?? 0) where results.count > 1 {
      let values = results.map { $0.value.1[step].value }
      let sum = values.reduce(0, +)
      for index in gradients.indices {
        let others = (sum - values[index]) / Double(values.count - 1)
        gradients[index].credit(
          results[index].value.1[step],
          times: settings.outer.explorationCredit * (values[index] - others))
      }
    }
    return try descend(gradients, tasks, results.map(\.summary))
  }

  /// Moves initialization and step sizes along the mean gradient of the tasks by Adam.
  func descend(
    _ gradients: [TaskGradient], _ tasks: TaskSet, _ summaries: [TaskSummary]
  ) throws -> IterationReport {
    try requireFinite(gradients: gradients.map(\.initialization))
    guard let total = treeSum(gradients, +) else {
      preconditionFailure("a meta-iteration needs at least one task")
    }
    try improveInitialization(along: total.initialization, tasks: gradients.count)
    try improveStepSizes(along: total.stepSizes, tasks: gradients.count)
    let moments = total.advantageMoments
    state.advantageScale = (moments.squares / max(moments.count, 1)).squareRoot()
    return report(tasks, summaries, outerLoss: total.loss / Double(gradients.count))
  }

  /// Moves the initialization by Adam.
  ///
  /// - Parameters:
  ///   - gradient: The sum over tasks of the outer loss's gradient, `[1, parameter]`.
  ///   - tasks: How many tasks it was summed over.
  /// - Throws: ``NonFiniteUpdate`` for a gradient that is not a finite number.
  func improveInitialization(along gradient: Tensor<Float>, tasks: Int) throws {
    try requireFinite(gradient, "the outer gradient")
    let outer = settings.outer
    let mean = problem.layout.withoutContext(gradient.scaled(by: 1 / Float(tasks)))
    outerGradientNorm = Double(mean.norm)
    let direction = state.optimizer.direction(for: mean)
    let rates = problem.layout.filled { name in
      let isDeviation = name == Policy.logStandardDeviationName
      return Float(
        outer.learningRate * remainingRate * (isDeviation ? outer.logStandardDeviationFactor : 1))
    }
    state.parameters = state.parameters.adding(direction.multiplied(by: rates), scaledBy: -1)
  }
}
