import Rollouts
import Synchronization
import Testing

private struct Failure: Error, Equatable {
  let index: Int
}

@Suite struct ParallelMapTests {
  @Test("Results come in the order of their indices", arguments: [1, 2, 3, 8])
  func order(threads: Int) throws {
    let results = try parallelMap(count: 100, threads: threads) { _, index in index * index }
    #expect(results == (0..<100).map { $0 * $0 })
  }

  @Test("No indices give no results", arguments: [1, 3])
  func empty(threads: Int) throws {
    #expect(try parallelMap(count: 0, threads: threads) { _, index in index }.isEmpty)
  }

  @Test("The error is that of the lowest index that failed", arguments: [1, 2, 3])
  func lowestError(threads: Int) {
    #expect(throws: Failure(index: 11)) {
      _ = try parallelMap(count: 60, threads: threads) { _, index in
        if index >= 11 && index % 2 == 1 { throw Failure(index: index) }
      }
    }
  }

  @Test("Every index is computed once, and calls with the same worker do not overlap")
  func workers() throws {
    let calls = Atomic(0)
    let busy = (0..<3).map { _ in Flag() }
    let workers = try parallelMap(count: 200, threads: 3) { worker, _ in
      calls.add(1, ordering: .relaxed)
      #expect(busy[worker].value.exchange(true, ordering: .acquiring) == false)
      busy[worker].value.store(false, ordering: .releasing)
      return worker
    }
    #expect(calls.load(ordering: .relaxed) == 200)
    #expect(workers.allSatisfy { 0..<3 ~= $0 })
  }

  @Test("A body may map in parallel itself")
  func nested() throws {
    let sums = try parallelMap(count: 20, threads: 4) { _, outer in
      try parallelMap(count: 10, threads: 3) { _, inner in outer * inner }.reduce(0, +)
    }
    #expect(sums == (0..<20).map { 45 * $0 })
  }

  @Test("A tree sum adds neighbours level by level, in one order for a number of values")
  func tree() {
    let written = { (count: Int) in
      treeSum((0..<count).map { "\($0)" }) { "(\($0)+\($1))" }
    }
    #expect(written(0) == nil)
    #expect(written(1) == "0")
    #expect(written(2) == "(0+1)")
    #expect(written(5) == "(((0+1)+(2+3))+4)")
    #expect(written(7) == "(((0+1)+(2+3))+((4+5)+6))")
  }

  @Test("A tree sum of parallel results has the same bits for any number of threads")
  func sameBits() throws {
    let sum = { (threads: Int) in
      treeSum(
        try parallelMap(count: 37, threads: threads) { _, index in 1 / Float(index + 3) }, +)
    }
    let expected = try sum(1)
    for threads in 2...4 { #expect(try sum(threads) == expected) }
  }
}

private final class Flag: Sendable {
  let value = Atomic(false)
}
