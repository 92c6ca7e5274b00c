extension Variable {
  /// The sum over rows, `[rows, columns]` to `[1, columns]`.
  @specialized(where Scalar == Float)
  public func sumOverRows() -> Variable { sumOverRows(plus: nil) }

  func sumOverRows(plus sum: consuming Variable?) -> Variable {
    let shape = shape
    let total = sum?.node
    var sum = sum
    let result = accumulated(Shape(1, shape.columns), into: &sum) { out, accumulate in
      Scalar.kernels.sumOverRows(shape.rows, shape.columns, value.pointer, out, accumulate)
    }
    return .output(
      result, plus: total, self,
      { cotangent, sum, _ in cotangent.broadcast(toRows: shape.rows).added(to: sum) })
  }

  /// One row repeated, `[1, columns]` to `[rows, columns]`.
  @specialized(where Scalar == Float)
  public func broadcast(toRows rows: Int) -> Variable {
    precondition(shape.rows == 1, "one row can be repeated, not \(shape)")
    return .output(
      Tensor(Shape(rows, shape.columns)) {
        Scalar.kernels.broadcastRows(rows, shape.columns, value.pointer, $0)
      }, self, { cotangent, sum, _ in cotangent.sumOverRows(plus: sum) })
  }

  /// The sum over columns, `[rows, columns]` to `[rows, 1]`.
  @specialized(where Scalar == Float)
  public func sumOverColumns() -> Variable {
    let columns = shape.columns
    return .output(
      Tensor(Shape(shape.rows, 1)) {
        Scalar.kernels.sumOverColumns(shape.rows, columns, value.pointer, $0)
      }, self,
      { cotangent, sum, _ in cotangent.broadcast(toColumns: columns).added(to: sum) })
  }

  /// One column repeated, `[rows, 1]` to `[rows, columns]`.
  @specialized(where Scalar == Float)
  public func broadcast(toColumns columns: Int) -> Variable {
    precondition(shape.columns == 1, "one column can be repeated, not \(shape)")
    return .output(
      Tensor(Shape(shape.rows, columns)) {
        Scalar.kernels.broadcastColumns(shape.rows, columns, value.pointer, $0)
      }, self, { cotangent, sum, _ in cotangent.sumOverColumns().added(to: sum) })
  }

  /// The sum of all elements, `[1, 1]`.
  @specialized(where Scalar == Float)
  public func sum() -> Variable {
    // Rows first: a tall matrix reduces without a temporary of its height.
    let columns = sumOverRows()
    return columns.shape.columns == 1 ? columns : columns.sumOverColumns()
  }

  /// The mean of all elements, `[1, 1]`.
  @specialized(where Scalar == Float)
  public func mean() -> Variable { sum().scaled(by: 1 / Scalar(value.count)) }
}
