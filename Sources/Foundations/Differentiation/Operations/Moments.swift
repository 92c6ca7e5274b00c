/// The mean and variance of columns, recorded: what depends on the one set of rows can normalize another.
public struct Moments<Scalar: TensorScalar> {
  /// `[1, columns]`.
  public let mean: Variable<Scalar>
  /// `[1, columns]`.
  public let variance: Variable<Scalar>
}

extension Variable {
  /// The mean and variance of each column, differentiable in what they are taken of.
  public func momentsOverRows() -> Moments<Scalar> {
    let share = 1 / Scalar(shape.rows)
    let mean = sumOverRows().scaled(by: share)
    let centered = addingRow(mean.scaled(by: -1))
    return Moments(mean: mean, variance: centered.squared.sumOverRows().scaled(by: share))
  }

  /// Each column normalized by the moments of other rows.
  ///
  /// - Parameters:
  ///   - moments: Of as many columns.
  ///   - epsilon: Added to the variance under the root.
  /// - Returns: `(x - mean) / sqrt(variance + epsilon)`, `[rows, columns]`.
  public func normalized(by moments: Moments<Scalar>, epsilon: Scalar) -> Variable {
    addingRow(moments.mean.scaled(by: -1))
      .scaledByRow(moments.variance.inverseRoot(epsilon: epsilon))
  }

  /// Each column normalized within groups of rows that follow one another: instance normalization,
  /// where a group is the pixels of a picture and columns are channels.
  ///
  /// - Parameters:
  ///   - count: The rows of a group; all groups are of one size.
  ///   - epsilon: Added to the variance under the root.
  /// - Returns: `(x - mean) / sqrt(variance + epsilon)` with the group's moments, `[rows, columns]`.
  public func normalizedOverGroups(ofRows count: Int, epsilon: Scalar) -> Variable {
    precondition(
      count > 0 && shape.rows % count == 0, "\(shape.rows) rows are no groups of \(count)")
    let groups = shape.rows / count
    // Row g is 1 where a row belongs to group g: the product with it sums groups up, and the product with
    // its transpose repeats what belongs to a group.
    let membership = Variable(
      Tensor(Shape(groups, shape.rows)) { out in
        out.initialize(repeating: 0, count: groups * shape.rows)
        for row in 0..<shape.rows { out[row / count * shape.rows + row] = 1 }
      })
    func mean(_ values: Variable) -> Variable {
      product(membership, values).scaled(by: 1 / Scalar(count))
    }
    func repeated(_ values: Variable) -> Variable {
      product(membership, values, transposeLeft: true)
    }
    let centered = self - repeated(mean(self))
    return centered * repeated(mean(centered.squared).inverseRoot(epsilon: epsilon))
  }

  /// `1 / sqrt(x + epsilon)`, element by element.
  private func inverseRoot(epsilon: Scalar) -> Variable {
    (self + Variable(Tensor(shape, repeating: epsilon))).logarithm.scaled(by: -0.5).exponential
  }
}
