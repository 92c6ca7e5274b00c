public import Differentiation

/// Solves `A x = b` for a symmetric positive definite `A` given as a product, from `x = 0`; along a direction in
/// which `A` turns out not to be positive it goes no further.
///
/// - Parameters:
///   - b: The right-hand side.
///   - iterations: At most this many products.
///   - product: `A v`.
/// - Returns: `x`, and `xᵀA x`, which follows from the residual without another product.
public func conjugateGradient<Scalar>(
  _ b: Tensor<Scalar>, iterations: Int, product: (Tensor<Scalar>) throws -> Tensor<Scalar>
) rethrows -> (solution: Tensor<Scalar>, quadraticForm: Scalar) {
  var x = Tensor<Scalar>(b.shape, repeating: 0)
  var residual = b
  var direction = b
  var squared = b.dot(b)
  for _ in 0..<iterations where squared > 0 {
    let image = try product(direction)
    let size = squared / direction.dot(image)
    guard size.isFinite && size > 0 else { break }
    x = x.adding(direction, scaledBy: size)
    residual = residual.adding(image, scaledBy: -size)
    let next = residual.dot(residual)
    direction = residual.adding(direction, scaledBy: next / squared)
    squared = next
  }
  return (x, x.dot(b) - x.dot(residual))
}
