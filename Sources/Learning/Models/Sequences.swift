public import Differentiation

/// Rows of inputs in the order in which they came: sequences one behind the other, without padding.
///
/// A network that remembers goes through each sequence from its first row to its last; to any other, rows are rows.
public struct Sequences<Scalar: TensorScalar>: Sendable {
  /// `[row, input]`
  public let rows: Tensor<Scalar>
  /// Where each sequence's rows start, and where the last one's end, `[sequence + 1]`.
  public let starts: [Int]
  /// What is remembered before each sequence's first row, `[sequence, memory]`; nil for nothing.
  public let memory: Tensor<Scalar>?

  /// Rows in sequences.
  ///
  /// - Parameters:
  ///   - rows: `[row, input]`.
  ///   - starts: Where each sequence's rows start, and where the last one's end, `[sequence + 1]`; nil for one sequence.
  ///   - memory: What is remembered before each sequence's first row, `[sequence, memory]`; nil for nothing.
  public init(_ rows: Tensor<Scalar>, starts: [Int]? = nil, memory: Tensor<Scalar>? = nil) {
    let starts = starts ?? [0, rows.shape.rows]
    precondition(
      starts.first == 0 && starts.last == rows.shape.rows,
      "sequences that end at \(starts.last ?? 0) don't cover \(rows.shape.rows) rows")
    (self.rows, self.starts, self.memory) = (rows, starts, memory)
  }

  /// The number of sequences.
  public var count: Int { starts.count - 1 }

  /// The first sequences, sharing memory.
  ///
  /// - Parameter count: How many, at most ``count``.
  /// - Returns: These.
  public func prefix(_ count: Int) -> Sequences {
    Sequences(
      rows.rows(0..<starts[count]), starts: Array(starts[...count]),
      memory: memory?.rows(0..<count))
  }

  /// The same in another precision.
  public func converted<Other: TensorScalar>(to type: Other.Type) -> Sequences<Other> {
    Sequences<Other>(
      rows.converted(to: type), starts: starts, memory: memory.map { $0.converted(to: type) })
  }

  /// The sequences from the longest to the shortest: those that have a next row are always the first ones.
  var longestFirst: [Int] {
    (0..<count).sorted { (length($0), $1) > (length($1), $0) }
  }

  /// The number of rows of a sequence.
  func length(_ sequence: Int) -> Int { starts[sequence + 1] - starts[sequence] }
}
