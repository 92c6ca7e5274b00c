public import Adaptation
public import Differentiation
public import Models
public import Policies

/// One task after adaptation, with the episodes collected there: what an outer step is computed from.
public struct TrustRegionTask<Scalar: TensorScalar> {
  /// The inner loop that led here.
  public let chain: AdaptationChain<Scalar>
  private let policy: Policy
  private let query: Batch<Scalar>
  private let evaluation: PolicyEvaluation<Scalar>
  private let jacobian: OutputJacobian<Scalar>?

  /// Prepares outer gradient and curvature at the adapted parameters.
  ///
  /// - Parameters:
  ///   - policy: The policy.
  ///   - chain: The inner loop.
  ///   - adapted: The parameters after it, `[1, parameter]`.
  ///   - query: Episodes of the adapted policy.
  ///   - cache: What its network kept there while acting; otherwise empty.
  ///   - isCurved: Whether products with the curvature will be asked for.
  public init(
    policy: Policy, chain: AdaptationChain<Scalar>, adapted: Tensor<Scalar>,
    query: Batch<Scalar>, cache: ForwardCache<Scalar> = .empty, isCurved: Bool = true
  ) {
    self.policy = policy
    self.chain = chain
    evaluation = PolicyEvaluation(
      policy, parameters: adapted, inputs: query.inputs, cache: cache)
    self.query = query.collected(by: policy, at: evaluation)
    jacobian = isCurved ? OutputJacobian(at: evaluation) : nil
  }

  /// What the adapted policy put out for the query's observations.
  public var oldOutputs: DistributionOutputs<Scalar> { evaluation.outputs }

  /// The outer surrogate's value, and its gradient with respect to the initialization and to each
  /// inner step's sizes, `[1, parameter]`.
  public func surrogate() -> (loss: Scalar, gradient: Tensor<Scalar>, stepSizes: [Tensor<Scalar>]) {
    let surrogate = LossDerivatives(at: evaluation, products: .none) {
      policyGradientLoss(.likelihoodRatio, policy, $0, on: query)
    }
    let earlier = [Tensor<Scalar>?](repeating: nil, count: max(chain.steps.count, 1) - 1)
    let pulled = chain.pullback(losses: earlier + [surrogate.gradient])
    return (surrogate.loss, pulled.initialization, pulled.stepSizes)
  }

  /// The Hessian of the mean divergence, through adaptation, times a vector: exactly `Jᵀ F J v`.
  ///
  /// At the old parameters the divergence's gradient with respect to the adapted parameters is zero,
  /// so the term with J's derivative vanishes and F is the Fisher matrix of the adapted policy:
  /// itself a Jacobian, the Fisher matrix of its outputs, and the Jacobian transposed.
  public func curvatureProduct(_ vector: Tensor<Scalar>) -> Tensor<Scalar> {
    guard let jacobian else { preconditionFailure("curvature products were not prepared") }
    return chain.pullback(jacobian.fisherProduct(chain.pushforward(vector)))
  }

  /// Surrogate and mean divergence at other adapted parameters.
  public func evaluate(adapted: Tensor<Scalar>) -> (loss: Scalar, divergence: Scalar) {
    let moved = PolicyEvaluation(
      policy, parameters: adapted, inputs: query.inputs
    ).outputs
    let loss = policyGradientLoss(.likelihoodRatio, policy, moved, on: query)
    let divergence = policy.distribution.divergence(from: oldOutputs, to: moved).mean()
    return (loss.value.scalar, divergence.value.scalar)
  }
}
