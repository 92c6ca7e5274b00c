internal import EnvironmentKit
internal import Randomness

// What the sources of this module share.

/// Throws unless the query set of a task has a sensible size.
func requireQueryExamples(_ count: Int) throws(EnvironmentError) {
  try require("queryExamples", count, in: 1...10_000)
}

/// Throws unless inputs have a sensible number of components.
func requireDimension(_ count: Int) throws(EnvironmentError) {
  try require("dimension", count, in: 1...1000)
}

/// Throws unless shifted tasks have a mean of their own.
func requireShiftedMean(
  _ shifted: Float, unlike mean: Float, of key: String = "weightMean"
) throws(EnvironmentError) {
  try require("shiftedMean", shifted, in: -1e3...1e3)
  guard shifted != mean else {
    throw EnvironmentError(
      "'shiftedMean' is \(shifted), just as '\(key)'; it must differ", key: "shiftedMean")
  }
}

/// Throws unless a list has so many entries.
func requireCount(_ key: String, _ found: Int, of count: Int) throws(EnvironmentError) {
  guard found == count else {
    throw EnvironmentError("'\(key)' has \(found) entries; it must have \(count)", key: key)
  }
}

extension FewShotExamples {
  /// Draws the support set first, so that it stays the same for query sets of any size.
  init(shots: Int, queryExamples: Int, draw: (_ count: Int) -> Examples) {
    precondition(shots >= 1, "a support set needs at least 1 example, got \(shots)")
    let support = draw(shots)
    self.init(support: support, query: draw(queryExamples))
  }
}

extension Examples {
  /// Draws so many inputs of each class, class after class.
  init(ofEach count: Int, classes: Int, draw: (_ label: Int) -> [Float]) {
    let labels = (0..<classes).flatMap { Array(repeating: $0, count: count) }
    self.init(inputs: labels.flatMap(draw), targets: .classes(labels))
  }
}

extension RandomStream {
  /// Numbers from N(mean, deviation^2), each independent of the others.
  mutating func normals(_ count: Int, mean: Float, deviation: Float) -> [Float] {
    normals(count).map { mean + deviation * $0 }
  }

  /// Different indices in `0..<total`, in random order: the first steps of a Fisher-Yates shuffle.
  mutating func choose(_ count: Int, below total: Int) -> [Int] {
    var indices = Array(0..<total)
    for place in 0..<count { indices.swapAt(place, place + index(below: total - place)) }
    return Array(indices.prefix(count))
  }
}

/// The inner product of two vectors of equal length.
func dot(_ left: some Sequence<Float>, _ right: some Sequence<Float>) -> Float {
  zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
}
