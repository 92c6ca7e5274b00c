internal import Differentiation
internal import Policies
internal import Rollouts

/// What one task contributes to the policy gradient through adaptation.
struct TaskGradient {
  var initialization: Tensor<Float>
  /// For each inner step, `[1, parameter]`.
  var stepSizes: [Tensor<Float>]
  var loss: Double
  /// Number and sum of squares of the centred outer advantages.
  var advantageMoments: (count: Double, squares: Double)

  static func + (left: TaskGradient, right: TaskGradient) -> TaskGradient {
    TaskGradient(
      initialization: left.initialization.adding(right.initialization),
      stepSizes: zip(left.stepSizes, right.stepSizes).map { $0.adding($1) },
      loss: left.loss + right.loss,
      advantageMoments: (
        left.advantageMoments.count + right.advantageMoments.count,
        left.advantageMoments.squares + right.advantageMoments.squares
      ))
  }
}

extension InnerLoop {
  /// The gradient of `Σₛ weightₛ · L(θₛ)` over the steps of one task, through adaptation.
  ///
  /// Each loss is a sum over time steps divided by those that full episodes would have had, so that it
  /// follows the expected return: a task whose episodes end early counts for as many steps as it has.
  ///
  /// - Parameters:
  ///   - experience: What was collected on the task.
  ///   - weights: One for each inner step, or for the initialization where there is none.
  ///   - scale: Divides the advantages; one for all tasks, so that a task that is nearly solved does not
  ///     count as much as one that is not.
  /// - Returns: The gradients and the loss.
  func taskGradient(
    of experience: TaskExperience, weights: [Double], scale: AdvantageScale
  ) -> TaskGradient {
    var loss = 0.0
    var moments = (count: 0.0, squares: 0.0)
    let parameters = experience.outerParameters
    let gradients = weights.enumerated().map { step, weight -> Tensor<Float>? in
      guard weight != 0 else { return nil }
      let (episodes, advantages) = experience.outerEpisodes[step]
      let deviation = standardDeviation(advantages)
      moments.count += Double(advantages.count)
      moments.squares += deviation * deviation * Double(advantages.count)
      let batch = batch(episodes, normalized(advantages, by: scale))
      let evaluation = PolicyEvaluation(
        actor(phase: step + 1), parameters: parameters[step], observations: batch.observations,
        hidden: episodes.hidden)
      let derivatives = LossDerivatives(at: evaluation, products: .none) {
        policyGradientLoss(.logLikelihood, policy, $0, on: batch)
      }
      let share = weight * Double(episodes.stepCount) / Double(episodes.count * horizon)
      loss += share * Double(derivatives.loss)
      return derivatives.gradient.scaled(by: Float(share))
    }
    let pulled = experience.chain.pullback(losses: gradients)
    return TaskGradient(
      initialization: pulled.initialization, stepSizes: pulled.stepSizes, loss: loss,
      advantageMoments: moments)
  }
}

extension MetaLearner {
  /// One meta-iteration by the policy gradient and Adam.
  func policyGradientIteration(_ tasks: TaskSet) throws -> IterationReport {
    let weights = settings.outer.resolvedStepWeights(steps: settings.inner.steps)
    let scale: AdvantageScale =
      state.advantageScale > 0 ? .fixed(state.advantageScale) : .batchDeviation
    let loop = innerLoop()
    let results = try parallelMap(count: tasks.count, threads: threads) { worker, index in
      var experience = try run(loop, tasks, index, worker: worker, weights: weights)
      var seconds = experience.seconds
      let gradient = timed(&seconds.metaGradient) {
        loop.taskGradient(of: experience, weights: weights, scale: scale)
      }
      experience.seconds = seconds
      return (gradient: gradient, summary: TaskSummary(experience))
    }
    guard let total = treeSum(results.map(\.gradient), +) else {
      preconditionFailure("a meta-iteration needs at least one task")
    }
    try requireFinite(total.initialization, "the outer gradient")
    try apply(total, count: tasks.count)
    return report(
      tasks, results.map(\.summary), outerLoss: total.loss / Double(tasks.count))
  }

  private func apply(_ total: TaskGradient, count: Int) throws {
    let share = 1 / Float(count)
    let outer = settings.outer
    let remaining = outer.remainingRate(after: state.iteration)
    let direction = state.optimizer.direction(for: total.initialization.scaled(by: share))
    let rates = policy.layout.filled { name in
      let isDeviation = name == Policy.logStandardDeviationName
      return Float(
        outer.learningRate * remaining * (isDeviation ? outer.logStandardDeviationFactor : 1))
    }
    state.parameters = state.parameters.adding(direction.multiplied(by: rates), scaledBy: -1)
    try improveStepSizes(along: total.stepSizes, tasks: count)
    let moments = total.advantageMoments
    state.advantageScale = (moments.squares / max(moments.count, 1)).squareRoot()
  }
}

extension ParameterLayout {
  /// A flat vector with one value for all elements of each tensor.
  func filled(_ value: (String) -> Float) -> Tensor<Float> {
    Tensor(
      Shape(1, count), entries.flatMap { [Float](repeating: value($0.name), count: $0.shape.count) }
    )
  }
}
