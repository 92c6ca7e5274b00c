import Differentiation
import Foundation
import Models
import Policies
import Randomness

/// Normal test values that depend on the seed alone.
func values(_ shape: Shape, seed: UInt64, scale: Double = 1) -> Tensor<Double> {
  var random = RandomStream(seed: seed, purpose: .verification)
  return Tensor(
    shape,
    (0..<shape.count).map { _ in
      let draw: Double = random.normal()
      return scale * draw
    })
}

/// A number as a function of a policy's parameters.
typealias ParameterFunction = ([Variable<Double>]) -> Variable<Double>

extension Policy {
  func gradient(of function: ParameterFunction, at point: Tensor<Double>) -> Tensor<Double> {
    let tracked = layout.tracked(of: point)
    return layout.vector(
      of: Differentiation.gradient(of: function(tracked), withRespectTo: tracked))
  }

  func hessianProduct(
    of function: ParameterFunction, at point: Tensor<Double>, times vector: Tensor<Double>
  ) -> Tensor<Double> {
    let tracked = layout.tracked(of: point)
    let slopes = Differentiation.gradient(
      of: function(tracked), withRespectTo: tracked, recording: true)
    let curvature = Linearization(of: slopes, withRespectTo: tracked)
    return layout.vector(of: curvature.pullback(layout.constants(of: vector)))
  }

  func value(of function: ParameterFunction, at point: Tensor<Double>) -> Tensor<Double> {
    function(layout.constants(of: point)).value
  }
}

extension Activation {
  /// `φ(z)` by its formula.
  func formula(_ sum: Double) -> Double {
    switch self {
    case .tanh: Foundation.tanh(sum)
    case .relu: max(0, sum)
    case .leakyRelu: sum > 0 ? sum : sum / 100
    case .elu: sum > 0 ? sum : exp(sum) - 1
    case .silu: sum / (1 + exp(-sum))
    case .gelu: sum * erfc(-sum / 2.0.squareRoot()) / 2
    }
  }
}

/// The derivative along a direction: Richardson's combination of two central differences.
func difference(
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
func differences(
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
func relativeError<Scalar>(_ found: Tensor<Scalar>, _ expected: Tensor<Scalar>) -> Scalar {
  found.adding(expected, scaledBy: -1).norm / expected.norm
}

/// A policy whose outputs do not depend on what it sees, with the parameters that give them.
func constantPolicy(
  location: [Double], logStandardDeviation: [Double] = [], minimum: Double = -20
) -> (policy: Policy, parameters: Tensor<Double>) {
  let policy = Policy(
    network: MultilayerPerceptron(layerSizes: [1, location.count], activation: .tanh),
    distribution: logStandardDeviation.isEmpty
      ? .categorical : .gaussian(minimumLogStandardDeviation: minimum))
  let elements = location.map { _ in 0 } + location + logStandardDeviation
  return (policy, Tensor(Shape(1, policy.layout.count), elements))
}

extension Policy {
  /// The outputs for `rows` observations of 0.
  func outputs(_ parameters: Tensor<Double>, rows: Int = 1) -> DistributionOutputs<Double> {
    outputs(
      layout.constants(of: parameters),
      Variable(Tensor(Shape(rows, network.layerSizes[0]), repeating: 0)))
  }
}
