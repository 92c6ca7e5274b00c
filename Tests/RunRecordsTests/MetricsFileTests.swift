import Mutation
import RunRecords
import Testing

@Suite("Metrics")
struct MetricsFileTests {
  private func metrics(_ iteration: Int) -> IterationMetrics {
    IterationMetrics(
      iteration: iteration, seconds: 0.25, environmentSteps: 4000, returns: [-40.5, -11],
      outerLoss: -0.1, extra: ["b": 2, "a": 1])
  }

  @Test("A line has the contract's keys in a fixed order, and only those that there are")
  func line() {
    #expect(
      metrics(1).json == "{\"iteration\":1,\"seconds\":0.25,\"environmentSteps\":4000,"
        + "\"returns\":[-40.5,-11.0],\"outerLoss\":-0.1,\"a\":1.0,\"b\":2.0}")
    var full = metrics(2)
    full.returns = [.nan]
    full.outerLoss = .infinity
    full.meanKL = 0.01
    full.lineSearchSteps = 3
    full.accepted = true
    full.extra = ["iteration": 9]
    #expect(
      full.json == "{\"iteration\":2,\"seconds\":0.25,\"environmentSteps\":4000,\"returns\":[null],"
        + "\"outerLoss\":null,\"meanKL\":0.01,\"lineSearchSteps\":3,\"accepted\":true}")
  }

  @Test("Lines read back")
  func reading() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/metrics.jsonl"
      var file = try MetricsFile(path: path, cutBackTo: 0)
      for iteration in 1...3 { try file.append(metrics(iteration)) }
      #expect(failure { try file.append(metrics(5)) }?.exitCode == 70)
      #expect(try MetricsFile.read(path) == (1...3).map(metrics))
    }
  }

  @Test("What was not a finite number reads back as not a number, under every key")
  func notFinite() throws {
    var line = metrics(1)
    line.extra["a"] = -.infinity
    let read = try #require(IterationMetrics(json: line.json))
    #expect(read.extra["a"]?.isNaN == true && read.extra["b"] == 2)
  }

  @Test("A resumed run's metrics have neither duplicate nor gap, wherever the crash cut the file")
  func resuming() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/metrics.jsonl"
      var file = try MetricsFile(path: path, cutBackTo: 0)
      for iteration in 1...4 { try file.append(metrics(iteration)) }
      let whole = bytes(of: path)
      let two = (1...2).reduce(0) { $0 + metrics($1).json.utf8.count + 1 }
      for length in 0...whole.count {
        try write(Array(whole.prefix(length)), to: path)
        guard length >= two else {
          #expect(failure { _ = try MetricsFile(path: path, cutBackTo: 2) }?.exitCode == 65)
          #expect(bytes(of: path).count == length)
          continue
        }
        var resumed = try MetricsFile(path: path, cutBackTo: 2)
        for iteration in 3...4 { try resumed.append(metrics(iteration)) }
        #expect(bytes(of: path) == whole)
      }
    }
  }

  @Test("A line that is no metrics is named")
  func damage() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/metrics.jsonl"
      try write(Array((metrics(1).json + "\nnonsense\n" + "half").utf8), to: path)
      let message = failure { _ = try MetricsFile.read(path) }?.message
      #expect(message == "\(path):2: is not the metrics of an iteration")
      #expect(failure { _ = try MetricsFile(path: path, cutBackTo: 2) }?.exitCode == 65)
    }
  }

  @Test("A full disk is an input/output failure that says so")
  func fullDisk() throws {
    let error = failure { _ = try MetricsFile(path: "/dev/full", cutBackTo: 0) }
    #expect(error?.exitCode == 74)
  }

  @Test("Mutated lines are read or refused, never more")
  func mutations() {
    var random = Mutations(seed: 4)
    let original = Array(metrics(1).json.utf8)
    for _ in 0..<Mutations.count(5000) {
      let bytes = random.mutated(original)
      _ = IterationMetrics(json: String(decoding: bytes, as: UTF8.self))
    }
  }
}
