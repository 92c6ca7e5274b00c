extension Variable {
  /// A range of rows; the value shares this one's memory.
  @specialized(where Scalar == Float)
  public func rows(_ range: Range<Int>) -> Variable {
    let all = shape.rows
    return .output(
      value.rows(range), self,
      { cotangent, sum, _ in cotangent.padded(toRows: all, from: range.lowerBound, plus: sum) })
  }

  /// This variable as the rows from `start` on of a tensor that is 0 elsewhere.
  func padded(toRows rows: Int, from start: Int, plus sum: consuming Variable?) -> Variable {
    let range = start..<(start + shape.rows)
    let total = sum?.node
    var sum = sum
    let padded = accumulated(Shape(rows, shape.columns), into: &sum) { out, accumulate in
      if accumulate == 0 { out.initialize(repeating: 0, count: rows * shape.columns) }
      let target = out + start * shape.columns
      Scalar.kernels.add(value.count, target, value.pointer, target)
    }
    return .output(
      padded, plus: total, self,
      { cotangent, sum, _ in cotangent.rows(range).added(to: sum) })
  }

  /// The rows of several variables of equal width, one below the other.
  @specialized(where Scalar == Float)
  public static func concatenatingRows(_ parts: [Variable]) -> Variable {
    precondition(!parts.isEmpty, "nothing to concatenate")
    if parts.count == 1 { return parts[0] }
    let columns = parts[0].shape.columns
    var starts = [0]
    for part in parts {
      precondition(part.shape.columns == columns, "\(part.shape) is not \(columns) columns wide")
      starts.append(starts[starts.count - 1] + part.shape.rows)
    }
    let value = Tensor<Scalar>(Shape(starts[parts.count], columns)) { out in
      for (part, start) in zip(parts, starts) {
        (out + start * columns).initialize(from: part.value.pointer, count: part.value.count)
      }
    }
    let edges = parts.indices.compactMap { index -> Node<Scalar>.Edge? in
      let range = starts[index]..<starts[index + 1]
      return parts[index].node.map {
        .init(input: $0) { cotangent, sum, _ in cotangent.rows(range).added(to: sum) }
      }
    }
    return Variable(value: value, node: edges.isEmpty ? nil : Node(edges: edges))
  }
}
