/// Those who share the work over an iteration's tasks: threads of this process, or several processes.
///
/// Work is handed to a team by index and comes back as ``Parts``, each part where it was computed. What leaves them is
/// a sum over all indices by a fixed tree, the same bits for any team. Where a team is several processes, all of them call
/// the same functions in the same order.
public protocol Team: Sendable {
  /// How many computations run beside each other in this process.
  var workers: Int { get }
  /// How many processes there are.
  var processes: Int { get }

  /// The indices that this process computes.
  ///
  /// - Parameters:
  ///   - count: How many there are for the whole team, from 0.
  ///   - size: How many neighbours are to be in one process.
  /// - Returns: Neighbours, maybe none.
  func share(of count: Int, inGroupsOf size: Int) -> Range<Int>

  /// Computes something of each of this process's indices; ``Team/map(_:inGroupsOf:_:)`` says how.
  ///
  /// - Parameters:
  ///   - indices: This process's share.
  ///   - body: Called once for each index.
  /// - Returns: In the order of the indices.
  /// - Throws: The error of the lowest index that failed, in every process.
  func compute<Value>(
    _ indices: Range<Int>, _ body: (_ worker: Int, _ index: Int) throws -> Value
  ) throws -> [Value]

  /// The sum over all indices by a binary tree over them: the sums of the halves of neighbours are added at every
  /// level, so that the bits don't depend on who computed what.
  ///
  /// - Parameter parts: Of at least one index.
  /// - Returns: The same for every member.
  func sum<Value: Summable>(_ parts: Parts<Value>) -> Value

  /// What was computed of all indices, in their order, for every member.
  func gather<Value: Transmissible>(_ parts: Parts<Value>) -> [Value]
}

extension Team {
  /// Computes something of every index, each by one member of the team.
  ///
  /// Who computes which index may be left to chance; a body that depends on its index alone, and on a worker's
  /// scratch space that it overwrites, gives the same results for any team.
  ///
  /// - Parameters:
  ///   - count: How many indices, from 0.
  ///   - size: How many neighbours are computed by one process, for ``Parts/grouped(by:)``.
  ///   - body: Called once for each index; `worker` is below ``workers`` and the count, and no two calls with
  ///     the same worker overlap.
  /// - Returns: What was computed in this process.
  /// - Throws: The error of the lowest index that failed.
  public func map<Value>(
    _ count: Int, inGroupsOf size: Int = 1, _ body: (_ worker: Int, _ index: Int) throws -> Value
  ) throws -> Parts<Value> {
    let own = share(of: count, inGroupsOf: size)
    return Parts(
      try compute(own, body), first: own.lowerBound, count: count, groupSize: size)
  }

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
    Parts<Result>(
      try compute(parts.indices) { _, index in try body(parts[index]) },
      first: parts.indices.lowerBound, count: parts.count, groupSize: parts.groupSize)
  }

  /// The sum of something of each part.
  ///
  /// - Parameters:
  ///   - parts: Of at least one index.
  ///   - term: What is summed of a part; little work, done by one thread.
  /// - Returns: The sum by the fixed tree.
  public func sum<Value, Term: Summable>(_ parts: Parts<Value>, _ term: (Value) -> Term) -> Term {
    sum(parts.map(term))
  }

  /// The mean of a number of each part.
  ///
  /// - Parameters:
  ///   - parts: Of at least one index.
  ///   - term: The number.
  /// - Returns: The sum by the fixed tree, divided by the number of parts.
  public func mean<Value>(_ parts: Parts<Value>, _ term: (Value) -> Double) -> Double {
    sum(parts, term) / Double(parts.count)
  }

  /// Does what may fail in one process alone, such as writing a file.
  ///
  /// - Parameter body: Called once in each process.
  /// - Returns: What it returns in this process.
  /// - Throws: The first process's error, in every process.
  public func agree<Value>(on body: () throws -> Value) throws -> Value {
    try compute(share(of: processes, inGroupsOf: 1)) { _, _ in try body() }[0]
  }
}

/// What was computed of each index, where it was computed.
public struct Parts<Value> {
  /// How many indices there are for the whole team.
  public let count: Int
  /// The first of this process's indices.
  private let first: Int
  /// How many neighbours are surely in one process.
  let groupSize: Int
  /// What was computed in this process, in the order of the indices.
  public let values: [Value]

  /// The parts of consecutive indices.
  ///
  /// - Parameters:
  ///   - values: Of this process's indices.
  ///   - first: The first of these.
  ///   - count: How many there are for the whole team; nil where these are all.
  ///   - groupSize: How many neighbours are surely in one process.
  public init(_ values: [Value], first: Int = 0, count: Int? = nil, groupSize: Int = 1) {
    self.values = values
    (self.first, self.count, self.groupSize) = (first, count ?? values.count, groupSize)
  }

  /// This process's indices.
  public var indices: Range<Int> { first..<first + values.count }

  /// The part of an index that this process computed.
  public subscript(index: Int) -> Value { values[index - first] }

  /// The parts of neighbouring indices together, so many at a time; they were computed in groups of that size.
  public func grouped(by size: Int) -> Parts<[Value]> {
    precondition(groupSize == size, "parts in groups of \(groupSize) can't be grouped by \(size)")
    let groups = stride(from: 0, to: values.count, by: size).map {
      Array(values[$0..<min($0 + size, values.count)])
    }
    return Parts<[Value]>(groups, first: first / size, count: (count + size - 1) / size)
  }

  /// The same parts, each turned into something else.
  public func map<Result>(_ body: (Value) throws -> Result) rethrows -> Parts<Result> {
    Parts<Result>(try values.map(body), first: first, count: count, groupSize: groupSize)
  }
}

/// What a team can add up.
public protocol Summable: Transmissible {
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
