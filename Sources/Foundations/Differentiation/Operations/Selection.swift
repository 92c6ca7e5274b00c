extension Variable {
  /// One element of each row, `[rows, columns]` to `[rows, 1]`.
  ///
  /// - Parameter columns: The column taken from each row, for example the actions chosen.
  /// - Returns: `[rows, 1]`.
  @specialized(where Scalar == Float)
  public func elements(inColumns columns: [Int]) -> Variable {
    precondition(
      columns.count == shape.rows && columns.allSatisfy { $0 >= 0 && $0 < shape.columns },
      "one column in 0..<\(shape.columns) is needed for each of \(shape.rows) rows")
    let width = shape.columns
    return .output(
      Tensor(Shape(shape.rows, 1)) { out in
        for (row, column) in columns.enumerated() { out[row] = value.pointer[row * width + column] }
      }, self,
      { cotangent, sum, _ in
        cotangent.placed(inColumns: columns, width: width).added(to: sum)
      })
  }

  /// Each row's only element in the given column of a row that is 0 elsewhere.
  package func placed(inColumns columns: [Int], width: Int) -> Variable {
    .output(
      Tensor(Shape(shape.rows, width)) { out in
        out.initialize(repeating: 0, count: columns.count * width)
        for (row, column) in columns.enumerated() { out[row * width + column] = value.pointer[row] }
      }, self,
      { cotangent, sum, _ in cotangent.elements(inColumns: columns).added(to: sum) })
  }

  /// The logarithm of the softmax of each row, computed relative to the row's maximum, so that no
  /// exponential overflows.
  @specialized(where Scalar == Float)
  public func logSoftmax() -> Variable {
    let maximum = Variable(
      Tensor(Shape(shape.rows, 1)) {
        Scalar.kernels.maximumOverColumns(shape.rows, shape.columns, value.pointer, $0)
      })
    let shifted = self - maximum.broadcast(toColumns: shape.columns)
    let normalizer = shifted.exponential.sumOverColumns().logarithm
    return shifted - normalizer.broadcast(toColumns: shape.columns)
  }
}
