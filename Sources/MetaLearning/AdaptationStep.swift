public import Differentiation
public import Policies

/// One gradient step of the inner loop, `θ' = θ - α ∘ ∇L(θ)`, that can be differentiated through.
///
/// Its Jacobian with respect to θ is `J = I - diag(α) H` with the Hessian `H = ∇²L(θ)`. The products
/// with `H` are prepared when the step is made and applied as often as conjugate gradient asks (Finn et al. 2017, equation 5; FIELD: the chain of J's).
public struct AdaptationStep<Scalar: TensorScalar> {
  /// θ before the step, `[1, parameter]`.
  public let before: Tensor<Scalar>
  /// θ after the step, `[1, parameter]`.
  public let after: Tensor<Scalar>
  /// `∇L(θ)`, `[1, parameter]`.
  public let gradient: Tensor<Scalar>
  /// α for each parameter, `[1, parameter]`.
  public let stepSizes: Tensor<Scalar>
  /// `H v`, `[1, parameter]`; nil for a first-order step, which counts H as zero.
  private let hessianProduct: ((Tensor<Scalar>) -> Tensor<Scalar>)?

  /// Takes a step.
  ///
  /// - Parameters:
  ///   - parameters: θ, `[1, parameter]`.
  ///   - stepSizes: α for each parameter, `[1, parameter]`.
  ///   - gradient: `∇L(θ)`, `[1, parameter]`.
  ///   - hessianProduct: `v ↦ ∇²L(θ) v`; nil where no derivative is wanted (first order, or evaluation).
  public init(
    from parameters: Tensor<Scalar>, stepSizes: Tensor<Scalar>, gradient: Tensor<Scalar>,
    hessianProduct: ((Tensor<Scalar>) -> Tensor<Scalar>)?
  ) {
    before = parameters
    self.gradient = gradient
    self.stepSizes = stepSizes
    after = parameters.adding(gradient.multiplied(by: stepSizes), scaledBy: -1)
    self.hessianProduct = hessianProduct
  }

  /// `J v = v - α ∘ (H v)`: how a change of θ changes θ'.
  public func pushforward(_ tangent: Tensor<Scalar>) -> Tensor<Scalar> {
    guard let hessianProduct else { return tangent }
    return tangent.adding(hessianProduct(tangent).multiplied(by: stepSizes), scaledBy: -1)
  }

  /// `Jᵀ u = u - H (α ∘ u)`: how the gradient at θ' becomes the gradient at θ.
  public func pullback(_ cotangent: Tensor<Scalar>) -> Tensor<Scalar> {
    guard let hessianProduct else { return cotangent }
    return cotangent.adding(hessianProduct(cotangent.multiplied(by: stepSizes)), scaledBy: -1)
  }

  /// `∂θ'/∂α` transposed, applied to the gradient at θ': `-∇L ∘ u`, `[1, parameter]`.
  public func stepSizePullback(_ cotangent: Tensor<Scalar>) -> Tensor<Scalar> {
    gradient.multiplied(by: cotangent).scaled(by: -1)
  }
}

extension AdaptationStep {
  /// Takes a step down any recorded loss.
  ///
  /// - Parameters:
  ///   - parameters: θ, `[1, parameter]`.
  ///   - stepSizes: α for each parameter, `[1, parameter]`.
  ///   - layout: The tensors of θ.
  ///   - differentiable: Whether derivatives through the step are wanted.
  ///   - loss: L as a function of θ's tensors.
  public init(
    from parameters: Tensor<Scalar>, stepSizes: Tensor<Scalar>, layout: ParameterLayout,
    differentiable: Bool, loss: ([Variable<Scalar>]) -> Variable<Scalar>
  ) {
    let tracked = layout.tracked(of: parameters)
    let slopes = Differentiation.gradient(
      of: loss(tracked), withRespectTo: tracked, recording: differentiable)
    let curvature = differentiable ? Linearization(of: slopes, withRespectTo: tracked) : nil
    self.init(
      from: parameters, stepSizes: stepSizes, gradient: layout.vector(of: slopes),
      hessianProduct: curvature.map { curvature in
        { layout.vector(of: curvature.pullback(layout.constants(of: $0))) }
      })
  }

  /// Takes a step down the policy gradient loss of a batch.
  ///
  /// - Parameters:
  ///   - parameters: The policy's, `[1, parameter]`.
  ///   - stepSizes: α for each parameter, `[1, parameter]`.
  ///   - policy: The policy.
  ///   - estimator: The loss.
  ///   - batch: What was collected, with its advantages.
  ///   - hidden: What the policy's hidden layers put out there, if it was with these very parameters and
  ///     kept; otherwise empty.
  ///   - products: How many products with J and Jᵀ will be asked for; none makes a first-order step.
  public init(
    from parameters: Tensor<Scalar>, stepSizes: Tensor<Scalar>, policy: Policy,
    estimator: Estimator, on batch: Batch<Scalar>, hidden: [Tensor<Scalar>] = [],
    products: HessianProducts
  ) {
    let evaluation = PolicyEvaluation(
      policy, parameters: parameters, observations: batch.observations, hidden: hidden)
    let derivatives = LossDerivatives(at: evaluation, products: products) {
      policyGradientLoss(estimator, policy, $0, on: batch)
    }
    self.init(
      from: parameters, stepSizes: stepSizes, gradient: derivatives.gradient,
      hessianProduct: products == .none ? nil : derivatives.hessianProduct)
  }
}
