internal import Differentiation

/// The sums `x W + b` of a layer for some rows, in plain numbers, into memory of their own.
///
/// - Parameters:
///   - rows: How many rows.
///   - inputs: x, `[rows, in]`.
///   - weights: W, `[in, out]`, or a direction of it.
///   - biases: b, `[1, out]`, or a direction of it.
///   - out: Receives `[rows, out]`.
@specialized(where Scalar == Float)
func layerSums<Scalar: TensorScalar>(
  rows: Int, _ inputs: UnsafePointer<Scalar>, weights: Tensor<Scalar>, biases: Tensor<Scalar>,
  into out: UnsafeMutablePointer<Scalar>
) {
  let (inner, outer) = (weights.shape.rows, weights.shape.columns)
  Scalar.kernels.broadcastRows(rows, outer, biases.pointer, out)
  Scalar.kernels.product(0, 0, rows, outer, inner, inputs, weights.pointer, 1, out)
}
