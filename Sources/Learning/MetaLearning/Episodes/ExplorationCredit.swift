public import Adaptation
public import Differentiation
internal import Models
internal import Policies

/// What the episodes before an inner step may be credited with: how their probability grows with the
/// initialization, and what was achieved after they were learned from.
///
/// The episodes that a task is adapted to are drawn from the policy before adaptation, so the gradient of
/// the expected return after it has a second part, `E[∇ log P(episodes) · return after adaptation]`. MAML
/// leaves it out and E-MAML keeps it (Stadie et al., "Some considerations on learning to explore via
/// meta-reinforcement learning", 2018): it rewards episodes that tell tasks apart.
public struct ExplorationCredit {
  /// `∇ log P`, with respect to the initialization and each step's sizes, `[1, parameter]`.
  public let score: (initialization: Tensor<Float>, stepSizes: [Tensor<Float>])
  /// The weighted returns of the policies adapted to these episodes, in units of the outer loss.
  public let value: Double
}

extension AdaptationChain {
  /// How the probability of what each step learned from grows with the initialization: through the steps
  /// before it.
  ///
  /// - Parameter scores: The gradient of the logarithm of that probability at the parameters before step
  ///   1, 2, ..., `[1, parameter]` each.
  /// - Returns: With respect to the initialization and each step's sizes, `[step]`.
  public func pullback(
    scores: [Tensor<Scalar>]
  ) -> [(initialization: Tensor<Scalar>, stepSizes: [Tensor<Scalar>])] {
    scores.enumerated().map { index, score in
      guard index > 0 else {
        let none = Tensor<Scalar>(score.shape, repeating: 0)
        return (score, steps.map { _ in none })
      }
      var places = [Tensor<Scalar>?](repeating: nil, count: steps.count)
      places[index - 1] = score
      return pullback(losses: places)
    }
  }
}

extension GradientAdaptation {
  /// The credits of the episodes before each step.
  ///
  /// - Parameters:
  ///   - experience: What was collected on the task.
  ///   - weights: Of the loss after each step.
  ///   - scale: Return in one unit of the outer loss.
  /// - Returns: `[step]`.
  func credits(
    of experience: TaskExperience, weights: [Double], scale: Double
  ) -> [ExplorationCredit] {
    let scores = zip(experience.chain.steps, experience.innerBatches).map { step, batch in
      let evaluation = PolicyEvaluation(
        explorer, parameters: step.before, inputs: batch.inputs)
      return LossDerivatives(at: evaluation, products: .none) {
        policy.distribution.logProbabilities($0, of: batch.actions).sum()
      }.gradient
    }
    let returns = experience.summary.scores
    return experience.chain.pullback(scores: scores).enumerated().map { step, score in
      let value = (step..<weights.count).reduce(0) { $0 + weights[$1] * returns[$1 + 1] }
      return ExplorationCredit(score: score, value: value / scale)
    }
  }
}
