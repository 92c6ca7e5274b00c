import Parallel
import Synchronization
import Testing

private struct Failure: Error, Equatable {
  let index: Int
}

@Suite struct TeamTests {
  @Test("Results come in the order of their indices", arguments: [1, 2, 3, 8])
  func order(threads: Int) throws {
    let results = try Threads(threads).map(100) { _, index in index * index }
    #expect(results.values == (0..<100).map { $0 * $0 })
  }

  @Test("No indices give no results", arguments: [1, 3])
  func empty(threads: Int) throws {
    #expect(try Threads(threads).map(0) { _, index in index }.values.isEmpty)
  }

  @Test("The error is that of the lowest index that failed", arguments: [1, 2, 3])
  func lowestError(threads: Int) {
    #expect(throws: Failure(index: 11)) {
      _ = try Threads(threads).map(60) { _, index in
        if index >= 11 && index % 2 == 1 { throw Failure(index: index) }
      }
    }
  }

  @Test("Every index is computed once, and calls with the same worker do not overlap")
  func workers() throws {
    let calls = Atomic(0)
    let busy = (0..<3).map { _ in Flag() }
    let workers = try Threads(3).map(200) { worker, _ in
      calls.add(1, ordering: .relaxed)
      #expect(busy[worker].value.exchange(true, ordering: .acquiring) == false)
      busy[worker].value.store(false, ordering: .releasing)
      return worker
    }
    #expect(calls.load(ordering: .relaxed) == 200)
    #expect(workers.values.allSatisfy { 0..<3 ~= $0 })
  }

  @Test("A body may map in parallel itself")
  func nested() throws {
    let sums = try Threads(4).map(20) { _, outer in
      try Threads(3).map(10) { _, inner in outer * inner }.values.reduce(0, +)
    }
    #expect(sums.values == (0..<20).map { 45 * $0 })
  }

  @Test("A tree sum adds neighbours level by level, in one order for a number of values")
  func tree() {
    let written = { (count: Int) in
      treeSum((0..<count).map { Written(text: "\($0)") })?.text
    }
    #expect(written(0) == nil)
    #expect(written(1) == "0")
    #expect(written(2) == "(0+1)")
    #expect(written(5) == "(((0+1)+(2+3))+4)")
    #expect(written(7) == "(((0+1)+(2+3))+((4+5)+6))")
  }

  @Test("Parts are found by their index, wherever they begin")
  func parts() throws {
    let parts = Parts(["c", "d"], first: 2, count: 6)
    #expect(parts[2] == "c" && parts[3] == "d" && parts.count == 6)
    #expect(parts.map { $0 + $0 }[3] == "dd")
    let team = Threads(2)
    let doubled = try team.map(try team.map(5) { _, index in index }) { 2 * $0 }
    #expect(doubled.values == [0, 2, 4, 6, 8])
    #expect(team.mean(doubled) { Double($0) } == 4)
  }

  @Test("A tree sum of parallel results has the same bits for any number of threads")
  func sameBits() throws {
    let sum = { (threads: Int) in
      let team = Threads(threads)
      return team.sum(try team.map(37) { _, index in 1 / Float(index + 3) })
    }
    let expected = try sum(1)
    for threads in 2...4 { #expect(try sum(threads) == expected) }
  }
}

/// A sum as it is written.
struct Written: Summable {
  let text: String

  init(text: String) { self.text = text }

  init(from message: inout Message) { text = message.read() }

  func write(to message: inout Message) { message.write(text) }

  static func + (left: Written, right: Written) -> Written {
    Written(text: "(\(left.text)+\(right.text))")
  }
}

private final class Flag: Sendable {
  let value = Atomic(false)
}
