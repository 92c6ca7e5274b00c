public import Differentiation
public import Policies

/// One task after adaptation, with the episodes collected there: what an outer step is computed from.
public struct AdaptedTask<Scalar: TensorScalar> {
  /// The inner loop that led here.
  public let chain: AdaptationChain<Scalar>
  private let policy: Policy
  private let query: Batch<Scalar>
  private let tracked: [Variable<Scalar>]
  private let outputs: DistributionOutputs<Scalar>
  private let jacobian: OutputJacobian<Scalar>
  /// `log π` of the query's actions at the adapted parameters, `[step, 1]`.
  public let oldLogProbabilities: Tensor<Scalar>

  /// Prepares outer gradient and curvature at the adapted parameters.
  ///
  /// - Parameters:
  ///   - policy: The policy.
  ///   - chain: The inner loop, at least one step.
  ///   - adapted: The parameters after it, `[1, parameter]`.
  ///   - query: Episodes of the adapted policy.
  public init(
    policy: Policy, chain: AdaptationChain<Scalar>, adapted: Tensor<Scalar>, query: Batch<Scalar>
  ) {
    self.policy = policy
    self.chain = chain
    self.query = query
    tracked = policy.layout.tracked(of: adapted)
    outputs = policy.outputs(tracked, Variable(query.observations))
    oldLogProbabilities =
      policy.distribution.logProbabilities(outputs.detached, of: query.actions).value
    jacobian = OutputJacobian(
      policy, parameters: adapted, observations: query.observations, outputs: outputs)
  }

  /// What the adapted policy put out for the query's observations.
  public var oldOutputs: DistributionOutputs<Scalar> { outputs.detached }

  /// The outer surrogate's value and its gradient with respect to the initialization.
  public func surrogate() -> (loss: Scalar, gradient: Tensor<Scalar>) {
    let loss = surrogateLoss(
      policy, outputs, oldLogProbabilities: oldLogProbabilities, on: query)
    let slopes = gradient(of: loss, withRespectTo: tracked)
    return (loss.value.scalar, chain.pullback(policy.layout.vector(of: slopes)))
  }

  /// The Hessian of the mean divergence, through adaptation, times a vector: exactly `Jᵀ F J v`.
  ///
  /// At the old parameters the divergence's gradient with respect to the adapted parameters is zero,
  /// so the term with J's derivative vanishes and F is the Fisher matrix of the adapted policy:
  /// itself a Jacobian, the Fisher matrix of its outputs, and the Jacobian transposed.
  public func curvatureProduct(_ vector: Tensor<Scalar>) -> Tensor<Scalar> {
    chain.pullback(jacobian.fisherProduct(chain.pushforward(vector)))
  }

  /// Surrogate and mean divergence at other adapted parameters.
  public func evaluate(adapted: Tensor<Scalar>) -> (loss: Scalar, divergence: Scalar) {
    let moved = policy.outputs(
      policy.layout.constants(of: adapted), Variable(query.observations))
    let loss = surrogateLoss(policy, moved, oldLogProbabilities: oldLogProbabilities, on: query)
    let divergence = policy.distribution.divergence(from: oldOutputs, to: moved).mean()
    return (loss.value.scalar, divergence.value.scalar)
  }
}
