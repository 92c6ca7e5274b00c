public import Differentiation
internal import Models

/// The Jacobian of a policy's outputs with respect to its parameters, at one point, with the metric of
/// the distribution between: what a product with the Fisher matrix is made of.
public struct OutputJacobian<Scalar: TensorScalar> {
  private let evaluation: PolicyEvaluation<Scalar>
  private let network: any NetworkJacobian<Scalar>

  /// Prepares the Jacobian.
  public init(at evaluation: PolicyEvaluation<Scalar>) {
    self.evaluation = evaluation
    network = evaluation.network.jacobian()
  }

  /// `F v`: the Hessian of the mean divergence with respect to the parameters, `[1, parameter]`.
  public func fisherProduct(_ vector: Tensor<Scalar>) -> Tensor<Scalar> {
    let direction = evaluation.policy.layout.tensors(of: vector)
    let tangent = network.pushforward(evaluation.context?.folded(direction) ?? direction)
    let metric = evaluation.policy.distribution.fisherProduct(
      evaluation.outputs,
      evaluation.outputTangents(network: tangent, along: direction))
    return evaluation.vector(network.pullback(evaluation.networkCotangent(metric)), metric)
  }
}
