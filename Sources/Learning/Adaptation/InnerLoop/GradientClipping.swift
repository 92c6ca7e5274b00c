package import Differentiation

/// Scaling a gradient back to a greatest norm, `g min(1, c / ‖g‖)`, at one gradient.
package struct GradientClipping<Scalar: TensorScalar> {
  /// `g / ‖g‖`, `[1, parameter]`.
  private let direction: Tensor<Scalar>
  /// `c / ‖g‖`.
  private let factor: Scalar

  /// The clipping of a gradient; nil for one that is short enough.
  package init?(_ gradient: Tensor<Scalar>, maximumNorm: Scalar) {
    let norm = gradient.norm
    guard norm > maximumNorm else { return nil }
    direction = gradient.scaled(by: 1 / norm)
    factor = maximumNorm / norm
  }

  /// The gradient as clipped, `[1, parameter]`.
  package func clipped(_ gradient: Tensor<Scalar>) -> Tensor<Scalar> { gradient.scaled(by: factor) }

  /// How the clipped gradient follows the gradient: `c / ‖g‖ (I - d dᵀ) v` with its direction d, which is
  /// its own transpose.
  func derivative(_ vector: Tensor<Scalar>) -> Tensor<Scalar> {
    vector.adding(direction, scaledBy: -direction.dot(vector)).scaled(by: factor)
  }
}
