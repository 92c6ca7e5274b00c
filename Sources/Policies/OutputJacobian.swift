public import Differentiation

/// The Jacobian of a policy's outputs with respect to its parameters, at one point, with the metric of
/// the distribution between: what a product with the Fisher matrix is made of.
public struct OutputJacobian<Scalar: TensorScalar> {
  private let policy: Policy
  private let network: NetworkJacobian<Scalar>
  private let outputs: DistributionOutputs<Scalar>
  /// 1 where the log standard deviation is above its floor.
  private let isFree: Tensor<Scalar>?

  /// Prepares the Jacobian.
  ///
  /// - Parameters:
  ///   - policy: The policy.
  ///   - parameters: The policy's, `[1, parameter]`.
  ///   - observations: `[step, component]`.
  ///   - outputs: The policy's for these.
  public init(
    _ policy: Policy, parameters: Tensor<Scalar>, observations: Tensor<Scalar>,
    outputs: DistributionOutputs<Scalar>
  ) {
    self.policy = policy
    self.outputs = outputs.detached
    let tensors = policy.layout.tensors(of: parameters)
    network = NetworkJacobian(policy.network, tensors, observations)
    if case .gaussian(let minimum) = policy.distribution, let logs = tensors.last {
      isFree = Tensor(logs.shape, logs.elements.map { $0 > Scalar(minimum) ? 1 : 0 })
    } else {
      isFree = nil
    }
  }

  /// `F v`: the Hessian of the mean divergence with respect to the parameters, `[1, parameter]`.
  public func fisherProduct(_ vector: Tensor<Scalar>) -> Tensor<Scalar> {
    let tangents = policy.layout.tensors(of: vector)
    var outputTangents = [Variable(network.pushforward(tangents))]
    if let isFree, let last = tangents.last {
      outputTangents.append(Variable(last.multiplied(by: isFree)))
    }
    let metric = policy.distribution.fisherProduct(outputs, outputTangents).map(\.value)
    var pulled = network.pullback(metric[0])
    if let isFree { pulled.append(metric[1].multiplied(by: isFree)) }
    return policy.layout.vector(of: pulled.map { Variable($0) })
  }
}
