/// How advantages are computed from rewards.
public struct AdvantageSettings: Sendable, Equatable {
  /// γ, the weight of a reward one step later.
  public var discount: Double = 0.99
  /// λ of generalized advantage estimation (Schulman et al. 2016): 1 trusts the returns, smaller
  /// values the baseline.
  public var gaeLambda: Double = 1
  /// Regularization of the baseline's regression.
  public var ridge: Double = 1e-5
  /// Whether the baseline's prediction stands in for what would have come after the time limit.
  public var bootstrap: Bool = true

  /// The settings of the paper's 2D navigation.
  public init() {}
}

/// What advantages are divided by.
public enum AdvantageScale: Sendable, Equatable {
  /// The standard deviation over the batch.
  case batchDeviation
  /// A given number, for example one common to all tasks.
  case fixed(Double)
}

/// How much better each action turned out than the baseline expected, not normalized.
///
/// `Aₜ = Σₗ (γλ)ˡ δₜ₊ₗ` with `δₜ = rₜ + γ V(oₜ₊₁) - V(oₜ)`; after termination `V = 0`, after the time
/// limit `V` is the baseline's prediction for the last observation, or 0 without bootstrapping.
///
/// - Returns: `[step]`.
public func advantages(of episodes: Episodes, settings: AdvantageSettings) -> [Double] {
  let returns = discountedReturns(of: episodes, discount: settings.discount)
  let lengths = (0..<episodes.count).map { episodes.steps(of: $0).count }
  let features = LinearFeatureBaseline.features(
    episodes.observations, times: lengths.flatMap { 0..<$0 })
  let baseline = LinearFeatureBaseline(
    fitting: features, returns: returns, ridge: settings.ridge)
  let values = baseline.predictions(features)
  let finalValues = baseline.predictions(
    LinearFeatureBaseline.features(episodes.finalObservations, times: lengths))
  var advantages = [Double](repeating: 0, count: episodes.stepCount)
  for episode in 0..<episodes.count {
    let ends = episodes.terminated[episode] || !settings.bootstrap
    var next = ends ? 0 : finalValues[episode]
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
