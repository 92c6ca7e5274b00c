/// A team of processes, each with threads of its own: tasks are divided over them, and only sums over whole subtrees of
/// the tasks travel.
public struct Ranks: Team {
  private let crew: Crew
  private let threads: Threads

  /// The processes of a crew.
  ///
  /// - Parameters:
  ///   - crew: Who they are.
  ///   - threads: Of this process; others may have more or fewer.
  public init(_ crew: Crew, threads: Int) {
    (self.crew, self.threads) = (crew, Threads(threads))
  }

  /// The threads of this process.
  public var workers: Int { threads.workers }

  /// How many processes there are.
  public var processes: Int { crew.count }

  /// As many neighbouring groups as other processes have, or one more or less.
  public func share(of count: Int, inGroupsOf size: Int) -> Range<Int> {
    let groups = (count + size - 1) / size
    let bounds = [crew.rank, crew.rank + 1].map { min(groups * $0 / crew.count * size, count) }
    return bounds[0]..<bounds[1]
  }

  /// The process that computes an index.
  private func owner(of index: Int, _ parts: Parts<some Any>) -> Int {
    let groups = (parts.count + parts.groupSize - 1) / parts.groupSize
    return ((index / parts.groupSize + 1) * crew.count - 1) / groups
  }

  /// Computes something of this process's indices, and hears whether any process failed.
  public func compute<Value>(
    _ indices: Range<Int>, _ body: (_ worker: Int, _ index: Int) throws -> Value
  ) throws -> [Value] {
    let results = threads.results(indices, body)
    var failure: (index: Int, error: any Error)?
    for (index, result) in zip(indices, results) where failure == nil {
      if case .failure(let error) = result { failure = (index, error) }
    }
    try crew.agree(on: failure)
    return try results.map { try $0.get() }
  }

  /// The sum over all indices by the fixed tree: a sum of two neighbours is made where the left one is.
  public func sum<Value: Summable>(_ parts: Parts<Value>) -> Value {
    precondition(parts.count > 0, "a sum needs at least one part")
    // At each level, the sums that this process has, by their place in it.
    var level = Dictionary(uniqueKeysWithValues: zip(parts.indices, parts.values))
    var (count, width) = (parts.count, 1)
    // All go through the tree in the same order, so that whoever waits is waited for by nobody before it.
    while count > 1 {
      var next: [Int: Value] = [:]
      for left in stride(from: 0, to: count, by: 2) {
        let right = left + 1
        let keeper = owner(of: left * width, parts)
        let other = right < count ? owner(of: right * width, parts) : keeper
        if keeper == crew.rank, let value = level[left] {
          guard right < count else {
            next[left / 2] = value
            continue
          }
          if let own = level[right] {
            next[left / 2] = value + own
          } else {
            var message = crew.receive(from: other, .sum)
            next[left / 2] = value + message.read()
          }
        } else if other == crew.rank, let value = level[right] {
          var message = Message()
          message.write(value)
          crew.send(message, to: keeper, .sum)
        }
      }
      (level, count, width) = (next, (count + 1) / 2, 2 * width)
    }
    var message = Message()
    if let sum = level[0] { message.write(sum) }
    var told = crew.broadcast(message, from: owner(of: 0, parts), .sum)
    return level[0] ?? told.read(Value.self)
  }

  /// What all processes have computed.
  public func gather<Value: Transmissible>(_ parts: Parts<Value>) -> [Value] {
    crew.gather(parts.values).flatMap { $0 }
  }
}
