internal import Synchronization

/// A team of threads of this process.
public struct Threads: Team {
  /// How many there are.
  public let workers: Int

  /// A team of at least one thread; fewer work where the system grants no more.
  public init(_ count: Int) {
    precondition(count >= 1, "at least one thread is needed, found \(count)")
    workers = count
  }

  /// One process.
  public var processes: Int { 1 }

  /// All indices.
  public func share(of count: Int, inGroupsOf size: Int) -> Range<Int> { 0..<count }

  /// Computes something of every index, by whichever thread is free.
  public func compute<Value>(
    _ indices: Range<Int>, _ body: (_ worker: Int, _ index: Int) throws -> Value
  ) throws -> [Value] {
    if workers == 1 || indices.count <= 1 { return try indices.map { try body(0, $0) } }
    return try results(indices, body).map { try $0.get() }
  }

  /// The same, with what became of each index.
  func results<Value>(
    _ indices: Range<Int>, _ body: (_ worker: Int, _ index: Int) throws -> Value
  ) -> [Result<Value, any Error>] {
    let results = Slots<Result<Value, any Error>>(indices.count)
    let next = Atomic(0)
    Workers.run(min(workers, indices.count)) { worker in
      while true {
        let place = next.add(1, ordering: .relaxed).oldValue
        guard place < indices.count else { return }
        results[place] = Result { try body(worker, indices.lowerBound + place) }
      }
    }
    return indices.map { index in
      guard let result = results[index - indices.lowerBound] else {
        preconditionFailure("index \(index) was not computed")
      }
      return result
    }
  }

  /// The sum over all indices by the fixed tree.
  public func sum<Value: Summable>(_ parts: Parts<Value>) -> Value {
    guard let sum = treeSum(parts.values) else {
      preconditionFailure("a sum needs at least one part")
    }
    return sum
  }

  /// All parts.
  public func gather<Value: Transmissible>(_ parts: Parts<Value>) -> [Value] { parts.values }
}

/// A place for each result; `@unchecked Sendable` because every index is written by one thread, before
/// the only reader starts.
private final class Slots<Value>: @unchecked Sendable {
  private let pointer: UnsafeMutableBufferPointer<Value?>

  init(_ count: Int) {
    pointer = .allocate(capacity: count)
    pointer.initialize(repeating: nil)
  }

  deinit {
    pointer.deinitialize()
    pointer.deallocate()
  }

  subscript(index: Int) -> Value? {
    get { pointer[index] }
    set { pointer[index] = newValue }
  }
}
