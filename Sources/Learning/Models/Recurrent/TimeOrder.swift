internal import Differentiation

/// Sequences row by row in the order of time: the first rows of all, then the second ones, and so on, the longest sequence
/// before shorter ones. So the rows of one step are one block, and those that go on are its first ones.
struct TimeOrder {
  /// Where each row stands among the sequences' rows.
  let rows: [Int]
  /// The rows of each step.
  let steps: [Range<Int>]
  /// The sequences in the order of a step's rows.
  let sequences: [Int]

  init<Scalar>(_ inputs: Sequences<Scalar>) {
    sequences = inputs.longestFirst
    var rows: [Int] = []
    rows.reserveCapacity(inputs.rows.shape.rows)
    var steps: [Range<Int>] = []
    var going = sequences.count
    for place in 0..<(sequences.first.map(inputs.length) ?? 0) {
      while inputs.length(sequences[going - 1]) <= place { going -= 1 }
      steps.append(rows.count..<rows.count + going)
      for sequence in sequences.prefix(going) { rows.append(inputs.starts[sequence] + place) }
    }
    (self.rows, self.steps) = (rows, steps)
  }
}
