public import Differentiation
internal import Rollouts

/// Reptile's update: the initialization goes a share of the way to where tasks were adapted to,
/// `θ + ε · (1/n) Σᵢ (θ'ᵢ - θ)`.
///
/// No derivative through adaptation is taken. What it follows is the sum of the inner gradients, and
/// to second order in the step size it raises their inner products: a step on some of a task's episodes
/// then also improves its others. So it wants two inner steps or more; with one it trains on all tasks at
/// once, as the pretrained baseline does.
///
/// Source: Nichol, Achiam and Schulman, "On first-order meta-learning algorithms", 2018, algorithm 2.
///
/// - Parameters:
///   - initial: θ, `[1, parameter]`.
///   - adapted: θ' of each task, `[1, parameter]`, at least one.
///   - share: ε, from 0 to 1.
/// - Returns: The new initialization, `[1, parameter]`.
public func reptileUpdate<Scalar: TensorScalar>(
  of initial: Tensor<Scalar>, toward adapted: [Tensor<Scalar>], share: Scalar
) -> Tensor<Scalar> {
  guard let sum = treeSum(adapted, { $0.adding($1) }) else { return initial }
  return initial.scaled(by: 1 - share).adding(sum, scaledBy: share / Scalar(adapted.count))
}

extension MetaLearner {
  /// One meta-iteration of Reptile. Its loss is half the mean squared distance to the adapted
  /// parameters, whose gradient with these held fixed is what it descends.
  func reptileIteration(_ tasks: TaskSet) throws -> IterationReport {
    let results = try adapted(tasks, derivative: .none) { $0.adapted }
    let before = state.parameters
    let distance = results.reduce(0.0) { sum, result in
      let way = result.value.adding(before, scaledBy: -1)
      return sum + Double(way.dot(way)) / 2
    }
    let share = settings.outer.learningRate * remainingRate
    state.parameters = problem.layout.withoutContext(
      reptileUpdate(of: before, toward: results.map(\.value), share: Float(share)))
    return report(
      tasks, results.map(\.summary), outerLoss: distance / Double(tasks.count))
  }
}
