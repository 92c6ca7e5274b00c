public import Differentiation
internal import Randomness

/// Normal test values that depend on the seed alone.
public func values(_ shape: Shape, seed: UInt64, scale: Double = 1) -> Tensor<Double> {
  var random = RandomStream(seed: seed, purpose: .verification)
  return Tensor(
    shape,
    (0..<shape.count).map { _ in
      let draw: Double = random.normal()
      return scale * draw
    })
}

/// A number as a function of parameters.
public typealias ParameterFunction = ([Variable<Double>]) -> Variable<Double>

extension ParameterLayout {
  /// The recorded derivative of a function.
  public func gradient(
    of function: ParameterFunction, at point: Tensor<Double>
  ) -> Tensor<Double> {
    let tracked = tracked(of: point)
    return vector(of: Differentiation.gradient(of: function(tracked), withRespectTo: tracked))
  }

  /// The recorded second derivative of a function, times a vector.
  public func hessianProduct(
    of function: ParameterFunction, at point: Tensor<Double>, times direction: Tensor<Double>
  ) -> Tensor<Double> {
    let tracked = tracked(of: point)
    let slopes = Differentiation.gradient(
      of: function(tracked), withRespectTo: tracked, recording: true)
    let curvature = Linearization(of: slopes, withRespectTo: tracked)
    return vector(of: curvature.pullback(constants(of: direction)))
  }

  /// A function's value.
  public func value(of function: ParameterFunction, at point: Tensor<Double>) -> Tensor<Double> {
    function(constants(of: point)).value
  }
}

/// The derivative along a direction: Richardson's combination of two central differences.
public func difference(
  at point: Tensor<Double>, along direction: Tensor<Double>,
  _ function: (Tensor<Double>) -> Tensor<Double>
) -> Tensor<Double> {
  func slope(_ step: Double) -> Tensor<Double> {
    function(point.adding(direction, scaledBy: step))
      .adding(function(point.adding(direction, scaledBy: -step)), scaledBy: -1)
      .scaled(by: 1 / (2 * step))
  }
  return slope(1e-4).scaled(by: 4.0 / 3).adding(slope(2e-4), scaledBy: -1.0 / 3)
}

/// The gradient of a number, one difference for each coordinate.
public func differences(
  at point: Tensor<Double>, _ function: (Tensor<Double>) -> Tensor<Double>
) -> Tensor<Double> {
  Tensor(
    point.shape,
    (0..<point.count).map { index in
      var unit = [Double](repeating: 0, count: point.count)
      unit[index] = 1
      return difference(at: point, along: Tensor(point.shape, unit), function).scalar
    })
}

/// The norm of the difference over the norm of the expected values.
public func relativeError<Scalar>(_ found: Tensor<Scalar>, _ expected: Tensor<Scalar>) -> Scalar {
  found.adding(expected, scaledBy: -1).norm / expected.norm
}
