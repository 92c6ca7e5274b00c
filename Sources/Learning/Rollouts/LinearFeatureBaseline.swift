internal import Differentiation

/// Predicts returns by ridge regression on features of observation and time (Duan et al. 2016):
/// `o, o², t, t², t³, 1` with `t = step / 100` and `o` clipped to ±10; without t where tasks go on for ever.
///
/// Fitted anew to each batch. Data that leave the regression undetermined are met with a larger ridge,
/// and where that does not help either with the mean of the returns.
struct LinearFeatureBaseline {
  private let weights: [Double]

  /// Fits the returns of episodes.
  ///
  /// - Parameters:
  ///   - features: Of every step, `[step, feature]`.
  ///   - returns: The discounted return from each step on, `[step]`.
  ///   - ridge: The regularization to begin with; ten times as much after each failure, five times.
  init(fitting features: Tensor<Double>, returns: [Double], ridge: Double) {
    let size = features.shape.columns
    let rows = Variable(features)
    let targets = Variable(Tensor(Shape(returns.count, 1), returns))
    let moments = product(rows, rows, transposeLeft: true).value.elements
    let moment = product(rows, targets, transposeLeft: true).value.elements
    weights =
      Self.solve(moments, moment, size: size, ridge: ridge) ?? Self.mean(of: returns, size: size)
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

  /// The constant feature stands last.
  private static func mean(of returns: [Double], size: Int) -> [Double] {
    var weights = [Double](repeating: 0, count: size)
    weights[size - 1] = returns.reduce(0, +) / Double(max(returns.count, 1))
    return weights
  }

  /// The predicted return from each row of features on, `[row]`.
  func predictions(_ features: Tensor<Double>) -> [Double] {
    let column = Variable(Tensor(Shape(weights.count, 1), weights))
    return product(Variable(features), column).value.elements
  }

  /// The features of observations.
  ///
  /// - Parameters:
  ///   - observations: `[row, component]`.
  ///   - times: How many steps each row's episode had before it, `[row]`; nil to leave time out.
  /// - Returns: `[row, feature]`.
  static func features(_ observations: Tensor<Float>, times: [Int]? = nil) -> Tensor<Double> {
    let (rows, width) = (observations.shape.rows, observations.shape.columns)
    let size = 2 * width + (times == nil ? 1 : 4)
    return Tensor(Shape(rows, size)) { out in
      observations.withElements { observations in
        for row in 0..<rows {
          let target = out + row * size
          for i in 0..<width {
            let value = min(max(Double(observations[row * width + i]), -10), 10)
            target[i] = value
            target[width + i] = value * value
          }
          if let times {
            let t = Double(times[row]) / 100
            target[2 * width] = t
            target[2 * width + 1] = t * t
            target[2 * width + 2] = t * t * t
          }
          target[size - 1] = 1
        }
      }
    }
  }
}
