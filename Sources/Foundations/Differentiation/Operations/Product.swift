/// The matrix product `op(left) · op(right)`, where `op` transposes as asked.
///
/// - Parameters:
///   - left: `[row, inner]`, or `[inner, row]` where it enters transposed.
///   - right: `[inner, column]`, or `[column, inner]` where it enters transposed.
///   - transposeLeft: Whether `left` enters transposed.
///   - transposeRight: Whether `right` enters transposed.
///   - sum: What the product is added to, for example broadcast biases.
/// - Returns: `[row, column]`.
@specialized(where Scalar == Float)
public func product<Scalar>(
  _ left: Variable<Scalar>, _ right: Variable<Scalar>, transposeLeft: Bool = false,
  transposeRight: Bool = false, plus sum: consuming Variable<Scalar>? = nil
) -> Variable<Scalar> {
  let (rows, inner) =
    transposeLeft
    ? (left.shape.columns, left.shape.rows) : (left.shape.rows, left.shape.columns)
  let (otherInner, columns) =
    transposeRight
    ? (right.shape.columns, right.shape.rows) : (right.shape.rows, right.shape.columns)
  precondition(
    inner == otherInner, "a product of \(left.shape) and \(right.shape) has no common inner side")
  let total = sum?.node
  var sum = sum
  let value = accumulated(Shape(rows, columns), into: &sum) { out, accumulate in
    Scalar.kernels.product(
      transposeLeft ? 1 : 0, transposeRight ? 1 : 0, rows, columns, inner, left.value.pointer,
      right.value.pointer, accumulate, out)
  }
  return .output(
    value, plus: total, left, leftPullback(right, transposeLeft, transposeRight), right,
    rightPullback(left, transposeLeft, transposeRight))
}

/// How the product's cotangent becomes the left factor's.
private func leftPullback<Scalar>(
  _ right: Variable<Scalar>, _ transposeLeft: Bool, _ transposeRight: Bool
) -> Node<Scalar>.Pullback {
  { cotangent, sum, pass in
    transposeLeft
      ? product(
        pass(right), cotangent, transposeLeft: transposeRight, transposeRight: true, plus: sum)
      : product(cotangent, pass(right), transposeRight: !transposeRight, plus: sum)
  }
}

/// How the product's cotangent becomes the right factor's.
private func rightPullback<Scalar>(
  _ left: Variable<Scalar>, _ transposeLeft: Bool, _ transposeRight: Bool
) -> Node<Scalar>.Pullback {
  { cotangent, sum, pass in
    transposeRight
      ? product(
        cotangent, pass(left), transposeLeft: true, transposeRight: transposeLeft, plus: sum)
      : product(pass(left), cotangent, transposeLeft: !transposeLeft, plus: sum)
  }
}

/// The sums `x W + b` of a layer.
///
/// - Parameters:
///   - inputs: x, `[row, in]`.
///   - weights: W, `[in, out]`.
///   - biases: b, `[1, out]`.
/// - Returns: `[row, out]`.
public func affine<Scalar>(
  _ inputs: Variable<Scalar>, _ weights: Variable<Scalar>, _ biases: Variable<Scalar>
) -> Variable<Scalar> {
  // Unnamed, so that the product is written over the broadcast biases.
  product(inputs, weights, plus: biases.broadcast(toRows: inputs.shape.rows))
}
