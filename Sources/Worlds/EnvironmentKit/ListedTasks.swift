internal import Randomness

extension AnyTask {
  /// What kind of task it is, where it says so under that name: of a benchmark that has several.
  public var kind: String? {
    guard case .object(let table) = parameterValue, case .string(let kind)? = table["kind"] else {
      return nil
    }
    return kind
  }
}

extension AnyEnvironment {
  /// Some listed tasks of each kind, none of them twice.
  ///
  /// - Parameters:
  ///   - count: How many of each kind, at least 1; all where there are fewer.
  ///   - split: Where they are listed.
  ///   - seed: Names the streams they are drawn from, one for each kind.
  /// - Returns: The tasks, kind by kind; nil where the environment doesn't list them.
  public func tasksOfEachKind(_ count: Int, of split: TaskSplit, seed: UInt64) -> [AnyTask]? {
    guard let listed = listedTasks?[split] else { return nil }
    var kinds: [String?] = []
    for kind in listed.map(\.kind) where !kinds.contains(kind) { kinds.append(kind) }
    return kinds.enumerated().flatMap { place, kind in
      var random = RandomStream(seed: seed, task: place, phase: split.phase, purpose: .tasks)
      return listed.filter { $0.kind == kind }.chosen(count, &random)
    }
  }
}

extension [AnyTask] {
  /// So many of them, each once; all where there are fewer.
  func chosen(_ count: Int, _ random: inout RandomStream) -> [AnyTask] {
    var left = self
    return (0..<Swift.min(count, left.count)).map { _ in
      left.remove(at: random.index(below: left.count))
    }
  }
}
