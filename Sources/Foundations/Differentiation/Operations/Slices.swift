/// Some columns or rows of a variable, and the way back: what stands side by side, or one behind the other, taken apart
/// and put together.
extension Variable {
  /// Some columns of every row.
  ///
  /// - Parameter range: Which, within `0..<columns`.
  /// - Returns: `[rows, range.count]`.
  @specialized(where Scalar == Float)
  public func columns(_ range: Range<Int>) -> Variable {
    let width = shape.columns
    precondition(
      range.lowerBound >= 0 && range.upperBound <= width && !range.isEmpty,
      "columns \(range) of \(width)")
    return .output(
      Tensor(Shape(shape.rows, range.count)) { out in
        for row in 0..<shape.rows {
          (out + row * range.count).initialize(
            from: value.pointer + row * width + range.lowerBound, count: range.count)
        }
      }, self,
      { cotangent, sum, _ in
        cotangent.placed(fromColumn: range.lowerBound, width: width).added(to: sum)
      })
  }

  /// The columns from one on of wider rows that are 0 elsewhere.
  ///
  /// - Parameters:
  ///   - first: Where the first column goes.
  ///   - width: How wide the rows are.
  /// - Returns: `[rows, width]`.
  @specialized(where Scalar == Float)
  public func placed(fromColumn first: Int, width: Int) -> Variable {
    let range = first..<(first + shape.columns)
    precondition(first >= 0 && range.upperBound <= width, "columns \(range) of \(width)")
    return .output(
      Tensor(Shape(shape.rows, width)) { out in
        out.initialize(repeating: 0, count: shape.rows * width)
        for row in 0..<shape.rows {
          (out + row * width + first).update(
            from: value.pointer + row * range.count, count: range.count)
        }
      }, self,
      { cotangent, sum, _ in cotangent.columns(range).added(to: sum) })
  }

  /// This variable and another one with as many rows, side by side.
  ///
  /// - Parameter other: `[rows, other columns]`.
  /// - Returns: `[rows, columns + other columns]`.
  @specialized(where Scalar == Float)
  public func beside(_ other: Variable) -> Variable {
    precondition(shape.rows == other.shape.rows, "\(shape) and \(other.shape) have other rows")
    let (own, others) = (shape.columns, other.shape.columns)
    let width = own + others
    return .output(
      Tensor(Shape(shape.rows, width)) { out in
        for row in 0..<shape.rows {
          (out + row * width).initialize(from: value.pointer + row * own, count: own)
          (out + row * width + own).initialize(
            from: other.value.pointer + row * others, count: others)
        }
      }, self, { cotangent, sum, _ in cotangent.columns(0..<own).added(to: sum) },
      other, { cotangent, sum, _ in cotangent.columns(own..<width).added(to: sum) })
  }

  /// Some rows, in any order.
  ///
  /// - Parameter indices: Which, each within `0..<rows`; one that is named twice is there twice.
  /// - Returns: `[indices.count, columns]`.
  public func rows(at indices: [Int]) -> Variable {
    let (count, width) = (shape.rows, shape.columns)
    precondition(
      !indices.isEmpty && indices.allSatisfy { $0 >= 0 && $0 < count }, "rows out of 0..<\(count)")
    return .output(
      Tensor(Shape(indices.count, width)) { out in
        for (place, row) in indices.enumerated() {
          (out + place * width).initialize(from: value.pointer + row * width, count: width)
        }
      }, self,
      { cotangent, sum, _ in cotangent.placed(atRows: indices, of: count, plus: sum) })
  }

  /// The rows, each at its place among rows of which the others are 0, or what `sum` has there.
  ///
  /// - Parameters:
  ///   - indices: Where each row goes; rows that share a place add up.
  ///   - count: How many rows there are.
  ///   - sum: What they are added to, `[count, columns]`, given up so that its memory is reused; nil for nothing.
  /// - Returns: `[count, columns]`.
  public func placed(
    atRows indices: [Int], of count: Int, plus sum: consuming Variable? = nil
  ) -> Variable {
    let width = shape.columns
    precondition(
      indices.count == shape.rows && indices.allSatisfy { $0 >= 0 && $0 < count },
      "\(shape.rows) rows at \(indices.count) places in 0..<\(count)")
    let total = sum?.node
    var sum = sum
    let source = value
    let result = accumulated(Shape(count, width), into: &sum) { out, accumulate in
      if accumulate == 0 { out.update(repeating: 0, count: count * width) }
      for (place, row) in indices.enumerated() {
        for column in 0..<width {
          out[row * width + column] += source.pointer[place * width + column]
        }
      }
    }
    return .output(
      result, plus: total, self,
      { cotangent, sum, _ in cotangent.rows(at: indices).added(to: sum) })
  }
}
