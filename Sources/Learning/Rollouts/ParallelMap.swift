internal import Synchronization

/// Computes `body` for every index on up to `threads` threads and returns the results in order.
///
/// Which thread computes which index is left to chance; a body that depends on its index alone, and on
/// a worker's scratch space that it overwrites, gives the same results for any number of threads.
///
/// - Parameters:
///   - count: How many indices, from 0.
///   - threads: How many workers, at least 1.
///   - body: Called once for each index; `worker` is in `0..<threads`, and no two calls with the same
///     worker overlap.
/// - Returns: The results, by index.
/// - Throws: The error of the lowest index that failed.
public func parallelMap<Result>(
  count: Int, threads: Int, _ body: (_ worker: Int, _ index: Int) throws -> Result
) throws -> [Result] {
  if threads <= 1 || count <= 1 { return try (0..<count).map { try body(0, $0) } }
  let results = Slots<Swift.Result<Result, any Error>>(count)
  let next = Atomic(0)
  Workers.run(min(threads, count)) { worker in
    while true {
      let index = next.add(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      results[index] = Swift.Result { try body(worker, index) }
    }
  }
  return try (0..<count).map { index in
    guard let result = results[index] else {
      preconditionFailure("index \(index) was not computed")
    }
    return try result.get()
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

/// The sum of values by a fixed binary tree over their indices, so that the bits do not depend on how
/// the work was divided: the halves' sums are added at every level.
///
/// - Returns: nil for no values.
public func treeSum<Value>(_ values: [Value], _ add: (Value, Value) -> Value) -> Value? {
  var level = values
  while level.count > 1 {
    level = stride(from: 0, to: level.count, by: 2).map { index in
      index + 1 < level.count ? add(level[index], level[index + 1]) : level[index]
    }
  }
  return level.first
}
