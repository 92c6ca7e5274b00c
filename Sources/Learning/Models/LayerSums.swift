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

/// The gradient with respect to a layer's weights and biases, `xᵀ e` and the sum of e over rows, from that with respect to
/// its sums.
///
/// - Parameters:
///   - errors: e, `[rows, out]`.
///   - inputs: x, `[rows, in]`.
/// - Returns: `[in, out]` and `[1, out]`.
@specialized(where Scalar == Float)
func layerGradient<Scalar: TensorScalar>(
  _ errors: Tensor<Scalar>, of inputs: Tensor<Scalar>
) -> (weights: Tensor<Scalar>, biases: Tensor<Scalar>) {
  let (rows, inner, outer) = (inputs.shape.rows, inputs.shape.columns, errors.shape.columns)
  return (
    Tensor(Shape(inner, outer)) {
      Scalar.kernels.product(1, 0, inner, outer, rows, inputs.pointer, errors.pointer, 0, $0)
    },
    Tensor(Shape(1, outer)) { Scalar.kernels.sumOverRows(rows, outer, errors.pointer, $0, 0) }
  )
}
