import Differentiation
import Models
import Policies

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
      Sequences(Tensor(Shape(rows, network.inputWidth), repeating: 0)))
  }
}
