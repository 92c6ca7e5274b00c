import Differentiation
import Randomness

/// Deterministic test values in -1...1, away from 0 by at least 0.05 so that kinks are not straddled.
func values(_ shape: Shape, seed: UInt64) -> Tensor<Double> {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  return Tensor(
    shape,
    (0..<shape.count).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      let unit = Double(state >> 11) / Double(1 << 53)
      return unit < 0.5 ? -1 + 1.9 * unit : 0.05 + 1.9 * (unit - 0.5)
    })
}

/// A scalar function of several tensors.
typealias ScalarFunction = ([Variable<Double>]) -> Variable<Double>

/// The relative error of the gradient of `function` along a random direction, against a central
/// difference of the function.
func firstDerivativeError(_ function: @escaping ScalarFunction, at inputs: [Tensor<Double>])
  -> Double
{
  let tracked = inputs.map { Variable.tracked($0) }
  let slope = zip(gradient(of: function(tracked), withRespectTo: tracked), directions(inputs))
    .reduce(0) { $0 + $1.0.value.dot($1.1) }
  let difference = centralDifference(inputs) { function($0.map { Variable($0) }).value.scalar }
  return abs(slope - difference) / max(1, abs(difference))
}

/// The relative error of the second derivative: of the gradient's product with a fixed vector.
func secondDerivativeError(_ function: @escaping ScalarFunction, at inputs: [Tensor<Double>])
  -> Double
{
  firstDerivativeError(
    { tracked in
      // Inputs that arrive as constants (for the difference) still need a gradient of their own.
      let points = tracked.map { $0.isTracked ? $0 : Variable.tracked($0.value) }
      let slopes = gradient(of: function(points), withRespectTo: points, recording: true)
      return zip(slopes, inputs.indices).map { slope, index in
        (slope * Variable(values(slope.shape, seed: 900 + UInt64(index)))).sum()
      }.reduce(Variable(0)) { $0 + $1 }
    }, at: inputs)
}

private func directions(_ inputs: [Tensor<Double>]) -> [Tensor<Double>] {
  inputs.enumerated().map { values($1.shape, seed: 700 + UInt64($0)) }
}

private func centralDifference(
  _ inputs: [Tensor<Double>], _ function: @escaping ([Tensor<Double>]) -> Double
) -> Double {
  let step = 1e-5
  let along = { (size: Double) in
    function(zip(inputs, directions(inputs)).map { $0.adding($1, scaledBy: size) })
  }
  // Richardson's combination of two central differences: error of fourth order.
  let narrow = (along(step) - along(-step)) / (2 * step)
  let wide = (along(2 * step) - along(-2 * step)) / (4 * step)
  return (4 * narrow - wide) / 3
}
