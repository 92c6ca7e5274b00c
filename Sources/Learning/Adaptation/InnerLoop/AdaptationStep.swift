public import Differentiation

/// One gradient step of the inner loop, `θ' = θ - α ∘ ∇L(θ)`, that can be differentiated through.
///
/// Its Jacobian with respect to θ is `J = I - diag(α) H` with the Hessian `H = ∇²L(θ)`. The products
/// with `H` are prepared when the step is made and applied as often as conjugate gradient asks (Finn et
/// al. 2017, equation 5). A gradient that is clipped changes as `C H` with the symmetric derivative C of
/// clipping.
public struct AdaptationStep<Scalar: TensorScalar> {
  /// θ before the step, `[1, parameter]`.
  public let before: Tensor<Scalar>
  /// θ after the step, `[1, parameter]`.
  public let after: Tensor<Scalar>
  /// `∇L(θ)`, clipped where that was asked for, `[1, parameter]`.
  public let gradient: Tensor<Scalar>
  /// α for each parameter, `[1, parameter]`.
  public let stepSizes: Tensor<Scalar>
  /// `H v`, `[1, parameter]`; nil for a first-order step, which counts H as zero.
  private var hessianProduct: ((Tensor<Scalar>) -> Tensor<Scalar>)?
  private let clipping: GradientClipping<Scalar>?
  /// What is left of the gradient of a regularized loss where the step leads to its optimum; otherwise nil.
  public let residual: Double?

  /// Takes a step.
  ///
  /// - Parameters:
  ///   - parameters: θ, `[1, parameter]`.
  ///   - stepSizes: α for each parameter, `[1, parameter]`.
  ///   - gradient: `∇L(θ)`, `[1, parameter]`.
  ///   - maximumNorm: A gradient that is longer is scaled back to it; nil for any length.
  ///   - hessianProduct: `v ↦ ∇²L(θ) v`; nil where no derivative is wanted (first order, or evaluation).
  public init(
    from parameters: Tensor<Scalar>, stepSizes: Tensor<Scalar>, gradient: Tensor<Scalar>,
    maximumNorm: Scalar? = nil, hessianProduct: ((Tensor<Scalar>) -> Tensor<Scalar>)?
  ) {
    self.init(
      from: parameters, stepSizes: stepSizes, gradient: gradient, maximumNorm: maximumNorm,
      hessianProduct: hessianProduct, residual: nil)
  }

  init(
    from parameters: Tensor<Scalar>, stepSizes: Tensor<Scalar>, gradient: Tensor<Scalar>,
    maximumNorm: Scalar? = nil, hessianProduct: ((Tensor<Scalar>) -> Tensor<Scalar>)?,
    residual: Double?
  ) {
    self.residual = residual
    before = parameters
    clipping = maximumNorm.flatMap { GradientClipping(gradient, maximumNorm: $0) }
    self.gradient = clipping?.clipped(gradient) ?? gradient
    self.stepSizes = stepSizes
    after = parameters.adding(self.gradient.multiplied(by: stepSizes), scaledBy: -1)
    self.hessianProduct = hessianProduct
  }

  /// The same step with another estimate of its loss's curvature.
  ///
  /// - Parameter hessianProduct: `v ↦ H v`.
  /// - Returns: A step from and to the same parameters.
  public func withCurvature(
    _ hessianProduct: @escaping (Tensor<Scalar>) -> Tensor<Scalar>
  ) -> AdaptationStep {
    var step = self
    step.hessianProduct = hessianProduct
    return step
  }

  /// `J v = v - α ∘ (C H v)`: how a change of θ changes θ'.
  public func pushforward(_ tangent: Tensor<Scalar>) -> Tensor<Scalar> {
    guard let hessianProduct else { return tangent }
    let change = hessianProduct(tangent)
    let clipped = clipping?.derivative(change) ?? change
    return tangent.adding(clipped.multiplied(by: stepSizes), scaledBy: -1)
  }

  /// `Jᵀ u = u - H C (α ∘ u)`: how the gradient at θ' becomes the gradient at θ.
  public func pullback(_ cotangent: Tensor<Scalar>) -> Tensor<Scalar> {
    guard let hessianProduct else { return cotangent }
    let scaled = cotangent.multiplied(by: stepSizes)
    return cotangent.adding(hessianProduct(clipping?.derivative(scaled) ?? scaled), scaledBy: -1)
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
  ///   - maximumNorm: A gradient that is longer is scaled back to it; nil for any length.
  ///   - differentiable: Whether derivatives through the step are wanted.
  ///   - loss: L as a function of θ's tensors.
  public init(
    from parameters: Tensor<Scalar>, stepSizes: Tensor<Scalar>, layout: ParameterLayout,
    maximumNorm: Scalar? = nil, differentiable: Bool, loss: ([Variable<Scalar>]) -> Variable<Scalar>
  ) {
    let derivatives = layout.derivatives(at: parameters, curvature: differentiable, of: loss)
    self.init(
      from: parameters, stepSizes: stepSizes, gradient: derivatives.gradient,
      maximumNorm: maximumNorm, hessianProduct: derivatives.hessianProduct)
  }
}

extension ParameterLayout {
  /// The gradient of a recorded loss, and the products with its Hessian.
  ///
  /// - Parameters:
  ///   - parameters: Where they are taken, `[1, parameter]`.
  ///   - curvature: Whether products are wanted.
  ///   - loss: A function of the tensors.
  /// - Returns: `[1, parameter]`, and `v ↦ ∇²L v`, nil where that is not wanted.
  public func derivatives<Scalar>(
    at parameters: Tensor<Scalar>, curvature: Bool,
    of loss: ([Variable<Scalar>]) -> Variable<Scalar>
  ) -> (gradient: Tensor<Scalar>, hessianProduct: ((Tensor<Scalar>) -> Tensor<Scalar>)?) {
    let tracked = tracked(of: parameters)
    let slopes = Differentiation.gradient(
      of: loss(tracked), withRespectTo: tracked, recording: curvature)
    guard curvature else { return (vector(of: slopes), nil) }
    let linearization = Linearization(of: slopes, withRespectTo: tracked)
    return (
      vector(of: slopes), { vector(of: linearization.pullback(constants(of: $0))) }
    )
  }
}
