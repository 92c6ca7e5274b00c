internal import Differentiation

/// What advantages are divided by.
public enum AdvantageScale: Sendable, Equatable {
  /// The standard deviation over the batch.
  case batchDeviation
  /// A given number, for example one common to all tasks.
  case fixed(Double)
}

/// How much better each action turned out than the baseline expected, not normalized.
///
/// `Aₜ = Σₗ (γλ)ˡ δₜ₊ₗ` with `δₜ = rₜ + γ V(oₜ₊₁) - V(oₜ)`. After an episode's end `V` is 0, but for one
/// cut by the time limit with ``AdvantageSettings/bootstrap``, or cut off before it: there it is the value of the
/// last observation.
///
/// - Returns: `[step]`.
public func advantages(of episodes: Episodes, settings: AdvantageSettings) -> [Double] {
  let (values, finalValues) =
    settings.bootstrap
    ? continuingValues(of: episodes, settings: settings)
    : limitedValues(of: episodes, settings: settings)
  var advantages = [Double](repeating: 0, count: episodes.stepCount)
  for episode in 0..<episodes.count {
    let goesOn =
      settings.bootstrap ? !episodes.terminated[episode] : episodes.missingSteps[episode] > 0
    var next = goesOn ? finalValues[episode] : 0
    var sum = 0.0
    for step in episodes.steps(of: episode).reversed() {
      let delta = Double(episodes.rewards[step]) + settings.discount * next - values[step]
      sum = delta + settings.discount * settings.gaeLambda * sum
      advantages[step] = sum
      next = values[step]
    }
  }
  return advantages
}

/// The values of a task that ends with the time limit, as the baseline predicts the return up to there: of each
/// step, `[step]`, and of the last observation of each episode that was cut off before, `[episode]`.
private func limitedValues(
  of episodes: Episodes, settings: AdvantageSettings
) -> (steps: [Double], ends: [Double]) {
  let lengths = (0..<episodes.count).map { episodes.steps(of: $0).count }
  let features = LinearFeatureBaseline.features(
    episodes.observations, times: lengths.flatMap { 0..<$0 })
  guard episodes.missingSteps.contains(where: { $0 > 0 }) else {
    let baseline = LinearFeatureBaseline(
      fitting: features, returns: discountedReturns(of: episodes, discount: settings.discount),
      ridge: settings.ridge)
    return (baseline.predictions(features), [])
  }
  // No value can be more than the greatest reward in every step that is missing.
  let weights = episodes.missingSteps.map { missing in
    (0..<missing).reduce(0.0) { sum, _ in 1 + settings.discount * sum }
  }
  return bootstrapped(
    episodes, settings, features: features,
    endFeatures: LinearFeatureBaseline.features(episodes.finalObservations, times: lengths),
    weights: weights, goesOn: episodes.missingSteps.map { $0 > 0 })
}

/// The values of a task that goes on after the time limit: of each step, `[step]`, and of each episode's last
/// observation, `[episode]`.
///
/// They are a fixed point, the regression on returns that end with the value of the last observation (least
/// squares temporal differences with λ = 1, Boyan 1999). Each round brings it nearer by the mean of `γ` to
/// the power of the steps that are left. No value can be more than the greatest reward for ever, so
/// regressions that extrapolate wildly don't run away.
private func continuingValues(
  of episodes: Episodes, settings: AdvantageSettings
) -> (steps: [Double], ends: [Double]) {
  // How long an episode has lasted says nothing about what is to come.
  let forever = 1 / max(1 - settings.discount, 1e-9)
  return bootstrapped(
    episodes, settings, features: LinearFeatureBaseline.features(episodes.observations),
    endFeatures: LinearFeatureBaseline.features(episodes.finalObservations),
    weights: episodes.terminated.map { _ in forever }, goesOn: episodes.terminated.map { !$0 })
}

/// Values by rounds of regression, each on returns that end with the round before's value of the last observation
/// where an episode goes on.
///
/// - Parameters:
///   - episodes: What was collected.
///   - settings: Discount and ridge.
///   - features: Of each step, `[step, feature]`.
///   - endFeatures: Of each episode's last observation, `[episode, feature]`.
///   - weights: How many times the greatest reward a last observation's value can be, `[episode]`.
///   - goesOn: Whether rewards would have followed, `[episode]`.
/// - Returns: The value of each step, and of each last observation.
private func bootstrapped(
  _ episodes: Episodes, _ settings: AdvantageSettings, features: Tensor<Double>,
  endFeatures: Tensor<Double>, weights: [Double], goesOn: [Bool]
) -> (steps: [Double], ends: [Double]) {
  let returns = discountedReturns(of: episodes, discount: settings.discount)
  let lowest = Double(min(episodes.rewards.min() ?? 0, 0))
  let highest = Double(max(episodes.rewards.max() ?? 0, 0))
  let greatest = weights.max() ?? 0
  let extent = highest * greatest - lowest * greatest
  var ends = [Double](repeating: 0, count: episodes.count)
  var values: [Double] = []
  for _ in 0..<1000 {
    var targets = returns
    for episode in 0..<episodes.count where goesOn[episode] {
      var tail = ends[episode]
      for step in episodes.steps(of: episode).reversed() {
        tail *= settings.discount
        targets[step] += tail
      }
    }
    let baseline = LinearFeatureBaseline(
      fitting: features, returns: targets, ridge: settings.ridge)
    let next = zip(baseline.predictions(endFeatures), weights).map {
      min(max($0, lowest * $1), highest * $1)
    }
    let change = zip(next, ends).reduce(0) { max($0, abs($1.0 - $1.1)) }
    values = baseline.predictions(features)
    ends = next
    if change <= 1e-6 * extent { break }
  }
  return (values, ends)
}

/// The discounted sum of rewards from each step to the end of its episode, `[step]`.
public func discountedReturns(of episodes: Episodes, discount: Double) -> [Double] {
  var returns = [Double](repeating: 0, count: episodes.stepCount)
  for episode in 0..<episodes.count {
    var sum = 0.0
    for step in episodes.steps(of: episode).reversed() {
      sum = Double(episodes.rewards[step]) + discount * sum
      returns[step] = sum
    }
  }
  return returns
}

/// The standard deviation of values about their mean.
public func standardDeviation(_ values: [Double]) -> Double {
  let mean = mean(values)
  let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (squares / Double(max(values.count, 1))).squareRoot()
}

/// Values with mean 0, divided by a scale; equal values become 0.
public func normalized(_ values: [Double], by scale: AdvantageScale) -> [Float] {
  let mean = mean(values)
  let divisor =
    switch scale {
    case .batchDeviation: standardDeviation(values) + 1e-8
    case .fixed(let value): value
    }
  return values.map { Float(($0 - mean) / divisor) }
}

/// The mean, summed as differences from the first value, so that equal values leave no rounding error
/// that a normalization would blow up.
private func mean(_ values: [Double]) -> Double {
  guard let first = values.first else { return 0 }
  return first + values.reduce(0) { $0 + ($1 - first) } / Double(values.count)
}
