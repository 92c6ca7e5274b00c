internal import Differentiation

/// Predicts returns by ridge regression on features of observation and time (Duan et al. 2016):
/// `o, o², t, t², t³, 1` with `t = step / 100` and `o` clipped to ±10.
///
/// Fitted anew to each batch. Data that leave the regression undetermined are met with a larger ridge,
/// and where that does not help either with the mean of the returns.
struct LinearFeatureBaseline {
  private let weights: [Double]
  private let width: Int

  /// Fits the returns of episodes.
  ///
  /// - Parameters:
  ///   - episodes: What was collected.
  ///   - returns: The discounted return from each step on, `[step]`.
  ///   - ridge: The regularization to begin with; ten times as much after each failure, five times.
  init(fitting episodes: Episodes, returns: [Double], ridge: Double) {
    let width = episodes.observations.shape.columns
    self.width = width
    let size = 2 * width + 4
    var moments = [Double](repeating: 0, count: size * size)
    var targets = [Double](repeating: 0, count: size)
    var features = [Double](repeating: 0, count: size)
    episodes.observations.withElements { observations in
      for episode in 0..<episodes.count {
        let steps = episodes.steps(of: episode)
        for step in steps {
          Self.features(
            observations, row: step, width: width, time: step - steps.lowerBound, &features)
          for i in 0..<size {
            targets[i] += features[i] * returns[step]
            for j in 0...i { moments[i * size + j] += features[i] * features[j] }
          }
        }
      }
    }
    for i in 0..<size {
      for j in 0..<i { moments[j * size + i] = moments[i * size + j] }
    }
    weights = Self.solve(moments, targets, size: size, ridge: ridge) ?? Self.mean(returns, size)
  }

  private static func solve(
    _ moments: [Double], _ targets: [Double], size: Int, ridge: Double
  ) -> [Double]? {
    var strength = ridge
    for _ in 0...5 {
      var regularized = moments
      for i in 0..<size { regularized[i * size + i] += strength }
      if let solution = solvePositiveDefinite(regularized, targets) { return solution }
      strength *= 10
    }
    return nil
  }

  private static func mean(_ returns: [Double], _ size: Int) -> [Double] {
    var weights = [Double](repeating: 0, count: size)
    weights[size - 1] = returns.reduce(0, +) / Double(max(returns.count, 1))
    return weights
  }

  private static func features(
    _ observations: UnsafeBufferPointer<Float>, row: Int, width: Int, time: Int,
    _ features: inout [Double]
  ) {
    for i in 0..<width {
      let value = min(max(Double(observations[row * width + i]), -10), 10)
      features[i] = value
      features[width + i] = value * value
    }
    let t = Double(time) / 100
    features[2 * width] = t
    features[2 * width + 1] = t * t
    features[2 * width + 2] = t * t * t
    features[2 * width + 3] = 1
  }

  /// The predicted return from every step of one episode on, and from what was seen after it.
  ///
  /// - Parameter values: Receives `steps + 1` predictions.
  func predict(_ episodes: Episodes, episode: Int, into values: inout [Double]) {
    var features = [Double](repeating: 0, count: weights.count)
    let steps = episodes.steps(of: episode)
    values.removeAll(keepingCapacity: true)
    episodes.observations.withElements { observations in
      for step in steps {
        Self.features(
          observations, row: step, width: width, time: step - steps.lowerBound, &features)
        values.append(dot(features))
      }
    }
    episodes.finalObservations.withElements { observations in
      Self.features(observations, row: episode, width: width, time: steps.count, &features)
      values.append(dot(features))
    }
  }

  private func dot(_ features: [Double]) -> Double {
    var sum = 0.0
    for i in features.indices { sum += features[i] * weights[i] }
    return sum
  }
}
