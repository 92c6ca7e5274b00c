public import Differentiation
public import Models

/// A policy evaluated on a batch of observations, in plain numbers: where derivatives are taken.
public struct PolicyEvaluation<Scalar: TensorScalar> {
  let policy: Policy
  let network: any NetworkPoint<Scalar>
  /// The context and its weights, where the policy has them.
  let context: ContextPoint<Scalar>?
  /// 1 where the log standard deviation is above its floor, 0 where it rests on it, `[1, action]`.
  let isFree: Tensor<Scalar>?
  /// What describes the action distribution for each observation, as constants.
  public let outputs: DistributionOutputs<Scalar>

  /// Evaluates a policy.
  ///
  /// - Parameters:
  ///   - policy: The policy.
  ///   - parameters: The policy's, `[1, parameter]`.
  ///   - inputs: What was observed, `[step, component]`, episode by episode.
  ///   - cache: What the network kept while acting on these observations with these parameters; otherwise empty.
  public init(
    _ policy: Policy, parameters: Tensor<Scalar>, inputs: Sequences<Scalar>,
    cache: ForwardCache<Scalar> = .empty
  ) {
    self.policy = policy
    let tensors = policy.layout.tensors(of: parameters)
    let folded = policy.folded(tensors.map { Variable($0) }).map(\.value)
    network = policy.network.point(folded, inputs, cache: cache)
    context = policy.context.map { _ in
      ContextPoint(tensors, from: policy.contextStart, into: policy.network.contextBiases ?? 0)
    }
    outputs = policy.outputs(of: Variable(network.outputs), tensors.map { Variable($0) })
    if case .gaussian(let minimum) = policy.distribution, let logs = tensors.last {
      isFree = Tensor(logs.shape, logs.elements.map { $0 > Scalar(minimum) ? 1 : 0 })
    } else {
      isFree = nil
    }
  }
}
