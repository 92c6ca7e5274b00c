public import Differentiation

/// Adam's running averages (Kingma and Ba 2015, algorithm 1).
public struct AdamState: Sendable {
  /// Updates done.
  public var updates = 0
  /// Average of gradients, `[1, parameter]`.
  public var firstMoment: Tensor<Float>
  /// Average of squared gradients, `[1, parameter]`.
  public var secondMoment: Tensor<Float>

  /// The state before the first update.
  public init(count: Int) {
    firstMoment = Tensor(Shape(1, count), repeating: 0)
    secondMoment = Tensor(Shape(1, count), repeating: 0)
  }

  /// Averages one more gradient in and returns `m̂ / (√v̂ + ε)`: what to subtract, before the rate.
  ///
  /// - Parameter gradient: As many elements as the state has.
  /// - Returns: Of the gradient's shape.
  public mutating func direction(for gradient: Tensor<Float>) -> Tensor<Float> {
    let (beta1, beta2, epsilon) = (0.9, 0.999, 1e-8)
    updates += 1
    firstMoment = Self.averaged(firstMoment, gradient, beta1)
    secondMoment = Self.averaged(secondMoment, gradient.multiplied(by: gradient), beta2)
    var powers = (1.0, 1.0)
    for _ in 0..<updates { powers = (powers.0 * beta1, powers.1 * beta2) }
    return Tensor(gradient.shape) { out in
      firstMoment.withElements { first in
        secondMoment.withElements { second in
          for index in first.indices {
            let mean = Double(first[index]) / (1 - powers.0)
            let square = Double(second[index]) / (1 - powers.1)
            out[index] = Float(mean / (square.squareRoot() + epsilon))
          }
        }
      }
    }
  }

  private static func averaged(
    _ average: Tensor<Float>, _ value: Tensor<Float>, _ weight: Double
  ) -> Tensor<Float> {
    average.scaled(by: Float(weight))
      .adding(value.reshaped(to: average.shape), scaledBy: Float(1 - weight))
  }
}
