internal import Adaptation
internal import Differentiation
internal import Foundation
internal import Policies
internal import Rollouts

// What tells whether a run is well: read off after the update, so that it changes nothing.
extension MetaLearner {
  /// Numbers about an iteration that every method has, by the names under which they are recorded.
  ///
  /// - Parameter totals: Of the iteration's tasks.
  /// - Returns: As far as the tasks have them.
  func diagnostics(_ totals: TaskTotals) -> [String: Double] {
    var values: [String: Double] = [:]
    values["remainingRate"] = state.remainingRate(settings.outer)
    values["innerGradientNorm"] = totals.innerGradientNorm
    values["actionEntropy"] = totals.actionEntropy
    let scores = totals.scores
    if settings.inner.steps > 0 {
      values["adaptationGain"] = scores[settings.inner.steps] - scores[0]
    }
    for (step, rate) in (totals.successRates ?? []).enumerated() {
      values["successRateAfter\(step)Steps"] = rate
      if step == settings.inner.steps { values["success"] = rate }
    }
    values.merge(actionDeviation) { $1 }
    values.merge(stepSizeQuartiles) { $1 }
    // What isn't known of an iteration, such as the score of a model that no loss asked for, is left out.
    return values.filter { $0.value.isFinite }
  }

  /// The standard deviation of continuous actions of the initialization, mean over their components; its logarithm
  /// is the layout's last tensor.
  private var actionDeviation: [String: Double] {
    guard case .episodes(_, let policy) = problem,
      case .gaussian(let floor) = policy.distribution,
      let logs = policy.layout.tensors(of: state.parameters).last?.elements
    else { return [:] }
    let deviations = logs.map { exp(max(Double($0), floor)) }
    return ["actionDeviation": deviations.reduce(0, +) / Double(deviations.count)]
  }

  /// The quartiles of learned step sizes, over all steps and parameters; of very many, over some at even distances.
  private var stepSizeQuartiles: [String: Double] {
    let all = state.logStepSizes.elements
    let logs = stride(from: 0, to: all.count, by: max(1, all.count / 10_000)).map { all[$0] }
      .sorted()
    guard let last = logs.indices.last else { return [:] }
    let quartile = { (share: Double) in exp(Double(logs[Int((share * Double(last)).rounded())])) }
    return [
      "stepSizeFirstQuartile": quartile(0.25), "stepSizeMedian": quartile(0.5),
      "stepSizeThirdQuartile": quartile(0.75),
    ]
  }
}
