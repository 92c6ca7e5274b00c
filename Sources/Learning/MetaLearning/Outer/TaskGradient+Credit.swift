internal import Differentiation
internal import Parallel

extension TaskGradient {
  /// This gradient less a credit's score, so many times: losses fall where returns rise.
  fileprivate mutating func credit(_ credit: ExplorationCredit, times factor: Double) {
    let factor = -Float(factor)
    initialization = initialization.adding(credit.score.initialization, scaledBy: factor)
    stepSizes = zip(stepSizes, credit.score.stepSizes).map { $0.adding($1, scaledBy: factor) }
  }
}

/// Gradients less the term of E-MAML, where that is asked for: what a task's own episodes could not have earned is the
/// mean of the other tasks.
///
/// - Parameters:
///   - results: The gradient of each task, what its episodes before each step may be credited with, and how it went.
///   - share: Of the credit; 0 leaves the gradients as they are.
///   - team: Who computed them.
/// - Returns: The gradients, and how each task went.
/// - Throws: What keeps members of the team from hearing of each other.
func credited(
  _ results: Parts<
    (value: (gradient: TaskGradient, credits: [ExplorationCredit]), summary: TaskSummary)
  >, share: Double, _ team: any Team
) throws -> Parts<(value: TaskGradient, summary: TaskSummary)> {
  guard share > 0 && results.count > 1 else {
    return results.map { ($0.value.gradient, $0.summary) }
  }
  // Without a scale for returns yet, no task has any.
  let steps = team.sum(results) { $0.value.credits.count } / results.count
  let sums = (0..<steps).map { step in team.sum(results) { $0.value.credits[step].value } }
  return results.map { result in
    var gradient = result.value.gradient
    for (credit, sum) in zip(result.value.credits, sums) {
      let others = (sum - credit.value) / Double(results.count - 1)
      gradient.credit(credit, times: share * (credit.value - others))
    }
    return (gradient, result.summary)
  }
}
