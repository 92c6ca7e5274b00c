extension Variable {
  /// Each column minus its mean, divided by its deviation: batch normalization by the batch's own
  /// statistics, where columns are channels.
  ///
  /// - Parameter epsilon: Added to the variance under the root.
  /// - Returns: `(x - mean) / sqrt(variance + epsilon)`, `[rows, columns]`.
  @specialized(where Scalar == Float)
  public func normalizedOverRows(epsilon: Scalar) -> Variable {
    normalized(over: .rows, epsilon)
  }

  /// Each row minus its mean, divided by its deviation: layer normalization.
  ///
  /// - Parameter epsilon: Added to the variance under the root.
  /// - Returns: `(x - mean) / sqrt(variance + epsilon)`, `[rows, columns]`.
  @specialized(where Scalar == Float)
  public func normalizedOverColumns(epsilon: Scalar) -> Variable {
    normalized(over: .columns, epsilon)
  }

  /// Each column normalized by given statistics, for example running means of the batches'.
  ///
  /// - Parameters:
  ///   - mean: `[1, columns]`.
  ///   - variance: `[1, columns]`.
  ///   - epsilon: Added to the variance under the root.
  /// - Returns: `(x - mean) / sqrt(variance + epsilon)`, `[rows, columns]`.
  public func normalized(
    mean: Tensor<Scalar>, variance: Tensor<Scalar>, epsilon: Scalar
  ) -> Variable {
    let factors = Tensor(
      variance.shape, variance.elements.map { 1 / ($0 + epsilon).squareRoot() })
    return scaledByRow(
      Variable(factors), shiftedBy: Variable(mean.multiplied(by: factors).scaled(by: -1)))
  }

  private func normalized(over axis: Axis, _ epsilon: Scalar) -> Variable {
    let output = Tensor<Scalar>(uninitialized: shape)
    let inverseDeviation = Tensor<Scalar>(Shape(1, axis == .rows ? shape.columns : shape.rows)) {
      axis.kernels().normalize(
        shape.rows, shape.columns, epsilon, value.pointer, $0, output.pointer)
    }
    let point = Normalization(
      axis: axis, epsilon: epsilon, output: output, inverseDeviation: inverseDeviation)
    return .output(
      output, self,
      { cotangent, sum, pass in
        cotangent.normalizationSlope(of: pass(self), point, plus: sum)
      })
  }

  /// The derivative of the normalization of `input`, applied to this cotangent.
  private func normalizationSlope(
    of input: Variable, _ point: Normalization<Scalar>, plus sum: consuming Variable?
  ) -> Variable {
    let total = sum?.node
    var sum = sum
    let value = accumulated(shape, into: &sum) { out, accumulate in
      point.axis.kernels().slope(
        shape.rows, shape.columns, point.output.pointer, point.inverseDeviation.pointer,
        self.value.pointer, out, accumulate)
    }
    return .output(
      value, plus: total,
      self,
      { cotangent, sum, pass in
        cotangent.normalizationSlope(of: pass(input), point, plus: sum)
      },
      input,
      { cotangent, sum, pass in
        pass.isRecording
          ? point.curvature(cotangent, self, at: input).added(to: sum)
          : cotangent.normalizationCurvature(self.value, point, plus: sum)
      })
  }

  /// The second derivative of a normalization, applied to this cotangent and `other`, which is held
  /// constant, as is the normalization's input: symmetric, so its own transpose.
  private func normalizationCurvature(
    _ other: Tensor<Scalar>, _ point: Normalization<Scalar>, plus sum: consuming Variable?
  ) -> Variable {
    let total = sum?.node
    var sum = sum
    let value = accumulated(shape, into: &sum) { out, accumulate in
      point.axis.kernels().curvature(
        shape.rows, shape.columns, point.output.pointer, point.inverseDeviation.pointer,
        self.value.pointer, other.pointer, out, accumulate)
    }
    return .output(
      value, plus: total, self,
      { cotangent, sum, _ in cotangent.normalizationCurvature(other, point, plus: sum) })
  }
}

extension Tensor {
  /// The mean and variance of each column, `[1, columns]` both.
  @specialized(where Scalar == Float)
  public func momentsOverRows() -> (mean: Tensor, variance: Tensor) {
    let variance = Tensor(uninitialized: Shape(1, shape.columns))
    let mean = Tensor(Shape(1, shape.columns)) {
      Scalar.kernels.momentsOverRows(shape.rows, shape.columns, pointer, $0, variance.pointer)
    }
    return (mean, variance)
  }
}

/// What a normalization averages over.
private enum Axis {
  case rows, columns

  func kernels<Scalar: TensorScalar>() -> Kernels<Scalar>.Normalization {
    self == .rows ? Scalar.kernels.normalizationOverRows : Scalar.kernels.normalizationOverColumns
  }

  /// The mean, repeated where it was taken.
  func mean<Scalar>(_ variable: Variable<Scalar>) -> Variable<Scalar> {
    let shape = variable.shape
    switch self {
    case .rows:
      return variable.sumOverRows().scaled(by: 1 / Scalar(shape.rows)).broadcast(toRows: shape.rows)
    case .columns:
      return variable.sumOverColumns().scaled(by: 1 / Scalar(shape.columns))
        .broadcast(toColumns: shape.columns)
    }
  }
}

/// A normalization, at the point where it was computed.
private struct Normalization<Scalar: TensorScalar> {
  let axis: Axis
  let epsilon: Scalar
  let output: Tensor<Scalar>
  let inverseDeviation: Tensor<Scalar>

  /// The second derivative, applied to `c` and `d`, with a record of every step: for derivatives
  /// beyond the second, which are too rare for kernels of their own.
  func curvature(_ c: Variable<Scalar>, _ d: Variable<Scalar>, at input: Variable<Scalar>)
    -> Variable<Scalar>
  {
    let mean = { axis.mean($0) as Variable<Scalar> }
    let y =
      axis == .rows
      ? input.normalizedOverRows(epsilon: epsilon) : input.normalizedOverColumns(epsilon: epsilon)
    let variance = mean((input - mean(input)).squared)
    let (centeredC, centeredD) = (c - mean(c), d - mean(d))
    let (alongC, alongD) = (mean(c * y), mean(d * y))
    let alongY = mean(centeredC * centeredD) - (alongC * alongD).scaled(by: 3)
    let negated = alongD * centeredC + alongC * centeredD + y * alongY
    return negated.scaled(by: -1)
      / (variance + Variable(Tensor(variance.shape, repeating: epsilon)))
  }
}
