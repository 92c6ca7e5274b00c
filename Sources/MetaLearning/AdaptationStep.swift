public import Differentiation

/// One gradient step of the inner loop, `θ' = θ - α ∘ ∇L(θ)`, that can be differentiated through.
///
/// Its Jacobian with respect to θ is `J = I - diag(α) H` with the Hessian `H = ∇²L(θ)`. The products
/// with `H` come from one recorded gradient, prepared when the step is made and applied as often as
/// conjugate gradient asks (Finn et al. 2017, equation 5; FIELD: the chain of J's).
public struct AdaptationStep<Scalar: TensorScalar> {
  /// θ before the step, `[1, parameter]`.
  public let before: Tensor<Scalar>
  /// θ after the step, `[1, parameter]`.
  public let after: Tensor<Scalar>
  /// `∇L(θ)`, `[1, parameter]`.
  public let gradient: Tensor<Scalar>
  /// α for each parameter, `[1, parameter]`.
  public let stepSizes: Tensor<Scalar>
  private let layout: ParameterLayout
  private let curvature: Linearization<Scalar>?

  /// Takes a step.
  ///
  /// - Parameters:
  ///   - parameters: θ, `[1, parameter]`.
  ///   - stepSizes: α for each parameter, `[1, parameter]`.
  ///   - layout: The tensors of θ.
  ///   - differentiable: Whether Hessian products are wanted; without them (first order, or evaluation)
  ///     nothing is kept.
  ///   - loss: L as a function of θ's tensors.
  public init(
    from parameters: Tensor<Scalar>, stepSizes: Tensor<Scalar>, layout: ParameterLayout,
    differentiable: Bool, loss: ([Variable<Scalar>]) -> Variable<Scalar>
  ) {
    let tracked = layout.tracked(of: parameters)
    let slopes = Differentiation.gradient(
      of: loss(tracked), withRespectTo: tracked, recording: differentiable)
    before = parameters
    gradient = layout.vector(of: slopes)
    self.stepSizes = stepSizes
    after = parameters.adding(gradient.multiplied(by: stepSizes), scaledBy: -1)
    self.layout = layout
    curvature = differentiable ? Linearization(of: slopes, withRespectTo: tracked) : nil
  }

  /// `H v`; zero for a first-order step.
  public func hessianProduct(_ vector: Tensor<Scalar>) -> Tensor<Scalar>? {
    curvature.map { layout.vector(of: $0.pullback(layout.constants(of: vector))) }
  }

  /// `J v = v - α ∘ (H v)`: how a change of θ changes θ'.
  public func pushforward(_ tangent: Tensor<Scalar>) -> Tensor<Scalar> {
    guard let product = hessianProduct(tangent) else { return tangent }
    return tangent.adding(product.multiplied(by: stepSizes), scaledBy: -1)
  }

  /// `Jᵀ u = u - H (α ∘ u)`: how the gradient at θ' becomes the gradient at θ.
  public func pullback(_ cotangent: Tensor<Scalar>) -> Tensor<Scalar> {
    guard let product = hessianProduct(cotangent.multiplied(by: stepSizes)) else {
      return cotangent
    }
    return cotangent.adding(product, scaledBy: -1)
  }

  /// `∂θ'/∂α` transposed, applied to the gradient at θ': `-∇L ∘ u`, `[1, parameter]`.
  public func stepSizePullback(_ cotangent: Tensor<Scalar>) -> Tensor<Scalar> {
    gradient.multiplied(by: cotangent).scaled(by: -1)
  }
}
