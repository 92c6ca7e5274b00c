extension Variable {
  /// The running sum of a column's elements from the beginning of each run of rows, `[row, 1]`.
  ///
  /// - Parameters:
  ///   - starts: Where each run starts, and where the last one ends, `[run + 1]`.
  ///   - reversed: Whether sums run from each run's end to its beginning.
  /// - Returns: `[row, 1]`: each element added to those before it in its run.
  public func cumulativeSum(inRuns starts: [Int], reversed: Bool = false) -> Variable {
    precondition(
      shape.columns == 1 && starts.last == shape.rows,
      "runs that end at \(starts.last ?? 0) don't cover a column of \(shape)")
    return .output(
      Tensor(shape) { out in
        for (start, end) in zip(starts, starts.dropFirst()) {
          var sum: Scalar = 0
          for offset in 0..<(end - start) {
            let row = reversed ? end - 1 - offset : start + offset
            sum += value.pointer[row]
            out[row] = sum
          }
        }
      }, self,
      { cotangent, sum, _ in
        cotangent.cumulativeSum(inRuns: starts, reversed: !reversed).added(to: sum)
      })
  }
}
