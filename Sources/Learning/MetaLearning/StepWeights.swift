extension OuterSettings {
  /// The weight of the loss after each of `steps` inner steps in an iteration, or of the only loss where there are
  /// none: the last alone where no weights are given, and the last given one for steps beyond them.
  func resolvedStepWeights(steps: Int, iteration: Int = 1, weighsSteps: Bool) -> [Double] {
    let count = max(steps, 1)
    guard weighsSteps, let last = stepWeights.last else {
      return [Double](repeating: 0, count: count - 1) + [1]
    }
    var weights = (0..<count).map { $0 < stepWeights.count ? stepWeights[$0] : last }
    if stepWeightAnnealing > 0 {
      let total = weights.reduce(0, +)
      let left = max(0, 1 - Double(iteration - 1) / Double(stepWeightAnnealing))
      for step in 0..<count - 1 { weights[step] *= left }
      weights[count - 1] = total - weights.dropLast().reduce(0, +)
    }
    return weights
  }
}
