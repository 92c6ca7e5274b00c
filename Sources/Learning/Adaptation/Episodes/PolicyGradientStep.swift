public import Differentiation
public import Models
public import Policies

extension AdaptationStep {
  /// Takes a step down the policy gradient loss of a batch.
  ///
  /// - Parameters:
  ///   - parameters: The policy's, `[1, parameter]`.
  ///   - stepSizes: α for each parameter, `[1, parameter]`.
  ///   - policy: The policy.
  ///   - estimator: The loss.
  ///   - batch: What was collected, with its advantages.
  ///   - maximumNorm: A gradient that is longer is scaled back to it; nil for any length.
  ///   - cache: What the policy's network kept there while acting with these very parameters; otherwise empty.
  ///   - products: How many products with J and Jᵀ will be asked for; none makes a first-order step.
  public init(
    from parameters: Tensor<Scalar>, stepSizes: Tensor<Scalar>, policy: Policy,
    estimator: Estimator, on batch: Batch<Scalar>, maximumNorm: Scalar? = nil,
    cache: ForwardCache<Scalar> = .empty, products: HessianProducts
  ) {
    let evaluation = PolicyEvaluation(
      policy, parameters: parameters, inputs: batch.inputs, cache: cache)
    let derivatives = LossDerivatives(at: evaluation, products: products) {
      policyGradientLoss(estimator, policy, $0, on: batch)
    }
    self.init(
      from: parameters, stepSizes: stepSizes, gradient: derivatives.gradient,
      maximumNorm: maximumNorm,
      hessianProduct: products == .none ? nil : derivatives.hessianProduct)
  }
}
