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

  /// Computes something of every index, by whichever thread is free.
  public func map<Value>(
    _ count: Int, _ body: (_ worker: Int, _ index: Int) throws -> Value
  ) throws -> Parts<Value> {
    if workers == 1 || count <= 1 { return Parts(try (0..<count).map { try body(0, $0) }) }
    let results = Slots<Result<Value, any Error>>(count)
    let next = Atomic(0)
    Workers.run(min(workers, count)) { worker in
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        results[index] = Result { try body(worker, index) }
      }
    }
    return Parts(
      try (0..<count).map { index in
        guard let result = results[index] else {
          preconditionFailure("index \(index) was not computed")
        }
        return try result.get()
      })
  }

  /// The sum over all indices by the fixed tree.
  public func sum<Value: Summable>(_ parts: Parts<Value>) throws -> Value {
    guard let sum = treeSum(parts.values) else {
      preconditionFailure("a sum needs at least one part")
    }
    return sum
  }
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
