/// Those who share the work over an iteration's tasks: threads of this process, or several processes.
///
/// Work is handed to a team by index and comes back as ``Parts``, each part where it was computed. What leaves them is
/// a sum over all indices by a fixed tree, the same bits for any team.
public protocol Team: Sendable {
  /// How many computations run beside each other in this process.
  var workers: Int { get }

  /// Computes something of every index, each by one member of the team.
  ///
  /// Who computes which index may be left to chance; a body that depends on its index alone, and on a worker's
  /// scratch space that it overwrites, gives the same results for any team.
  ///
  /// - Parameters:
  ///   - count: How many indices, from 0.
  ///   - body: Called once for each index; `worker` is below ``workers`` and the count, and no two calls with
  ///     the same worker overlap.
  /// - Returns: What was computed in this process.
  /// - Throws: The error of the lowest index that failed.
  func map<Value>(
    _ count: Int, _ body: (_ worker: Int, _ index: Int) throws -> Value
  ) throws -> Parts<Value>

  /// The sum over all indices by a binary tree over them: the sums of the halves of neighbours are added at every
  /// level, so that the bits don't depend on who computed what.
  ///
  /// - Parameter parts: Of at least one index.
  /// - Returns: The same for every member.
  /// - Throws: What keeps members from hearing of each other.
  func sum<Value: Summable>(_ parts: Parts<Value>) throws -> Value
}

extension Team {
  /// Computes something of what was computed before, by the same members.
  ///
  /// - Parameters:
  ///   - parts: What was computed before.
  ///   - body: Called once for each part.
  /// - Returns: What was computed in this process.
  /// - Throws: The error of the lowest index that failed.
  public func map<Value, Result>(
    _ parts: Parts<Value>, _ body: (Value) throws -> Result
  ) throws -> Parts<Result> {
    try map(parts.count) { _, index in try body(parts[index]) }
  }

  /// The sum of something of each part.
  ///
  /// - Parameters:
  ///   - parts: Of at least one index.
  ///   - term: What is summed of a part; little work, done by one thread.
  /// - Returns: The sum by the fixed tree.
  /// - Throws: What keeps members from hearing of each other.
  public func sum<Value, Term: Summable>(
    _ parts: Parts<Value>, _ term: (Value) -> Term
  ) throws -> Term {
    try sum(parts.map(term))
  }

  /// The mean of a number of each part.
  ///
  /// - Parameters:
  ///   - parts: Of at least one index.
  ///   - term: The number.
  /// - Returns: The sum by the fixed tree, divided by the number of parts.
  /// - Throws: What keeps members from hearing of each other.
  public func mean<Value>(_ parts: Parts<Value>, _ term: (Value) -> Double) throws -> Double {
    try sum(parts, term) / Double(parts.count)
  }
}

/// What was computed of each index, where it was computed.
public struct Parts<Value> {
  /// How many indices there are for the whole team.
  public let count: Int
  /// The first of this process's indices.
  private let first: Int
  /// What was computed in this process, in the order of the indices.
  public let values: [Value]

  /// The parts of consecutive indices.
  ///
  /// - Parameters:
  ///   - values: Of this process's indices.
  ///   - first: The first of these.
  ///   - count: How many there are for the whole team; nil where these are all.
  public init(_ values: [Value], first: Int = 0, count: Int? = nil) {
    (self.values, self.first, self.count) = (values, first, count ?? values.count)
  }

  /// The part of an index that this process computed.
  public subscript(index: Int) -> Value { values[index - first] }

  /// The parts of neighbouring indices together, so many at a time; this process's begin where such a group does.
  public func grouped(by size: Int) -> Parts<[Value]> {
    precondition(first % size == 0, "groups of \(size) don't begin at \(first)")
    let groups = stride(from: 0, to: values.count, by: size).map {
      Array(values[$0..<min($0 + size, values.count)])
    }
    return Parts<[Value]>(groups, first: first / size, count: (count + size - 1) / size)
  }

  /// The same parts, each turned into something else.
  public func map<Result>(_ body: (Value) throws -> Result) rethrows -> Parts<Result> {
    Parts<Result>(try values.map(body), first: first, count: count)
  }
}

/// What a team can add up.
public protocol Summable {
  /// The sum of two values.
  static func + (left: Self, right: Self) -> Self
}

extension Int: Summable {}
extension Float: Summable {}
extension Double: Summable {}

/// The sum of values by a fixed binary tree over their indices: neighbours' sums are added at every level.
///
/// - Returns: nil for no values.
public func treeSum<Value: Summable>(_ values: [Value]) -> Value? {
  var level = values
  while level.count > 1 {
    level = stride(from: 0, to: level.count, by: 2).map { index in
      index + 1 < level.count ? level[index] + level[index + 1] : level[index]
    }
  }
  return level.first
}
