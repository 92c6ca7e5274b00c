/// One row meets every row, without a copy of it for each.
extension Variable {
  /// Every row plus one row.
  ///
  /// - Parameter row: `[1, columns]`.
  /// - Returns: `[rows, columns]`.
  @specialized(where Scalar == Float)
  public func addingRow(_ row: Variable) -> Variable {
    requireRow(row)
    return .output(
      Tensor(shape) {
        Scalar.kernels.addRow(
          shape.rows, shape.columns, row.value.pointer, value.pointer, $0)
      }, self, Self.identity, row, { cotangent, sum, _ in cotangent.sumOverRows(plus: sum) })
  }

  /// Every row times one row, element by element, plus another: a scale and shift of each column.
  ///
  /// - Parameters:
  ///   - factors: `[1, columns]`.
  ///   - shifts: `[1, columns]`.
  /// - Returns: `[rows, columns]`.
  @specialized(where Scalar == Float)
  public func scaledByRow(_ factors: Variable, shiftedBy shifts: Variable? = nil) -> Variable {
    scaledByRow(factors, shiftedBy: shifts, plus: nil)
  }

  func scaledByRow(
    _ factors: Variable, shiftedBy shifts: Variable? = nil, plus sum: consuming Variable?
  ) -> Variable {
    requireRow(factors)
    if let shifts { requireRow(shifts) }
    let total = sum?.node
    var sum = sum
    let value = accumulated(shape, into: &sum) { out, accumulate in
      Scalar.kernels.scaleColumns(
        shape.rows, shape.columns, factors.value.pointer, shifts?.value.pointer,
        self.value.pointer, out, accumulate)
    }
    return .output(
      value, plus: total,
      self, { cotangent, sum, pass in cotangent.scaledByRow(pass(factors), plus: sum) },
      factors, { cotangent, sum, pass in cotangent.columnDots(pass(self), plus: sum) },
      shifts, { cotangent, sum, _ in cotangent.sumOverRows(plus: sum) })
  }

  /// The sum over rows of the products with another of equal shape, `[1, columns]`.
  func columnDots(_ other: Variable, plus sum: consuming Variable?) -> Variable {
    requireShape(of: other)
    let total = sum?.node
    var sum = sum
    let value = accumulated(Shape(1, shape.columns), into: &sum) { out, accumulate in
      Scalar.kernels.columnDots(
        shape.rows, shape.columns, self.value.pointer, other.value.pointer, out, accumulate)
    }
    return .output(
      value, plus: total,
      self, { cotangent, sum, pass in pass(other).scaledByRow(cotangent, plus: sum) },
      other, { cotangent, sum, pass in pass(self).scaledByRow(cotangent, plus: sum) })
  }

  private func requireRow(_ row: Variable) {
    precondition(
      row.shape == Shape(1, shape.columns),
      "expected one row of \(shape.columns) columns, found \(row.shape)")
  }

  /// The same elements under another shape of equal count, sharing memory.
  ///
  /// - Parameter shape: For example `[image, height * width * channel]`, of images
  ///   `[image * height * width, channel]`.
  /// - Returns: The elements, row by row.
  @specialized(where Scalar == Float)
  public func reshaped(to shape: Shape) -> Variable {
    let source = self.shape
    return .output(
      value.reshaped(to: shape), self,
      { cotangent, sum, _ in cotangent.reshaped(to: source).added(to: sum) })
  }
}
