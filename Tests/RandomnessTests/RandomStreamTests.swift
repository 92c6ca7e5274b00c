import Randomness
import Testing

@Suite struct RandomStreamTests {
  private func words(_ stream: RandomStream, _ count: Int = 64) -> [UInt64] {
    var stream = stream
    return (0..<count).map { _ in stream.next() }
  }

  @Test func `the same name gives the same words`() {
    let name = {
      RandomStream(seed: 7, iteration: 3, task: 2, phase: 1, episode: 9, purpose: .actions)
    }
    #expect(words(name()) == words(name()))
  }

  @Test func `the words of a name never change from version to version`() {
    var stream = RandomStream(
      seed: 1, iteration: 2, task: 3, phase: 4, episode: 5, purpose: .environment)
    #expect(stream.next() == 2_074_673_884_387_745_827)
  }

  @Test func `every part of the name matters`() {
    let streams = [
      RandomStream(seed: 0, purpose: .tasks), RandomStream(seed: 1, purpose: .tasks),
      RandomStream(seed: 0, iteration: 1, purpose: .tasks),
      RandomStream(seed: 0, task: 1, purpose: .tasks),
      RandomStream(seed: 0, phase: 1, purpose: .tasks),
      RandomStream(seed: 0, episode: 1, purpose: .tasks),
      RandomStream(seed: 0, purpose: .actions), RandomStream(seed: 1 << 40, purpose: .tasks),
      RandomStream(seed: 0, iteration: -1, purpose: .tasks),
    ]
    let drawn = streams.flatMap { words($0) }
    #expect(Set(drawn).count == drawn.count)
  }

  @Test func `the key of a name, and what a key names, are new words`() {
    let named = (0..<100).map { RandomStream(seed: 5, task: $0, purpose: .environment) }
    let keyed = named.map { RandomStream(key: $0.key) } + [RandomStream(key: 0)]
    let drawn = (named + keyed).flatMap { words($0, 8) } + named.map(\.key)
    #expect(Set(drawn).count == drawn.count)
  }

  @Test(arguments: [true, false])
  func `first words of neighbouring names are uncorrelated`(isKey: Bool) {
    let first = (0..<20_000).map { task -> Double in
      var stream =
        isKey
        ? RandomStream(key: UInt64(task))
        : RandomStream(seed: 5, task: task, purpose: .environment)
      return stream.uniform() - 0.5
    }
    let product = zip(first, first.dropFirst()).map { $0 * $1 }.reduce(0, +) / Double(first.count)
    // Standard error of the mean product: (1/12) / sqrt(20000) = 5.9e-4.
    #expect(abs(product) < 2.5e-3)
    #expect(abs(first.reduce(0, +) / Double(first.count)) < 0.01)
  }

  @Test func `indices cover their range evenly`() {
    var stream = RandomStream(seed: 2, purpose: .verification)
    var counts = [Int](repeating: 0, count: 6)
    for _ in 0..<60_000 { counts[stream.index(below: 6)] += 1 }
    let chiSquared = counts.map { Double(($0 - 10_000) * ($0 - 10_000)) / 10_000 }.reduce(0, +)
    #expect(chiSquared < 20.5)  // 99.9 % quantile with 5 degrees of freedom
  }
}
