import Foundation
import Mutation
import RunRecords
import Testing

@Suite("Run directories")
struct RunDirectoryTests {
  private func makeRun(in directory: String) throws -> RunDirectory {
    let facts = RunFacts(name: "nav", seed: 7, versions: ["fledge": "0.1"])
    let run = try RunDirectory.create(
      at: directory + "/runs/nav-7", configuration: "name: nav\n")
    try run.write(facts)
    return run
  }

  private func checkpoint(_ value: Float) -> Checkpoint {
    Checkpoint(metadata: [:], arrays: [NamedArray("a", shape: [1], .float([value]))])
  }

  @Test("A run is made once, and refused the second time with what to do")
  func creation() throws {
    try withTemporaryDirectory { directory in
      let run = try makeRun(in: directory)
      #expect(bytes(of: run.configurationPath) == Array("name: nav\n".utf8))
      let error = failure { _ = try makeRun(in: directory) }
      #expect(error?.exitCode == 64)
      #expect(error?.message.contains("--resume") == true)
      #expect(try RunDirectory.open(run.path) == run)
      #expect(failure { _ = try RunDirectory.open(directory) }?.exitCode == 65)
      #expect(failure { _ = try RunDirectory.open(directory + "/none") }?.exitCode == 65)
    }
  }

  @Test("A directory that cannot be made is an input/output failure")
  func unwritable() {
    let error = failure { _ = try makeRun(in: "/proc") }
    #expect(error?.exitCode == 74)
    let file = failure { _ = try makeRun(in: "/dev/null") }
    #expect(file?.exitCode == 74)
  }

  @Test("The facts of a run read back, whatever was added to them")
  func facts() throws {
    try withTemporaryDirectory { directory in
      let run = try makeRun(in: directory)
      var facts = try run.facts()
      #expect(facts.status == .running && facts.end == nil && facts.seed == 7)
      #expect(facts.versions == ["fledge": "0.1"])
      #expect(facts.host["cores"] != nil)
      facts.extra["note"] = "a \"b\"\u{1}"
      facts.iterations = 12
      facts.finish(.failed, failure: "a loss is not finite")
      try run.write(facts)
      #expect(try run.facts() == facts)
      let json = try JSONSerialization.jsonObject(with: Data(bytes(of: run.factsPath)))
      #expect((json as? [String: Any])?["status"] as? String == "failed")
      try write(Array("{}".utf8), to: run.factsPath)
      #expect(failure { _ = try run.facts() }?.exitCode == 65)
    }
  }

  @Test("Mutated facts are read or refused, never more")
  func mutatedFacts() throws {
    try withTemporaryDirectory { directory in
      let run = try makeRun(in: directory)
      let original = bytes(of: run.factsPath)
      var random = Mutations(seed: 6)
      for _ in 0..<Mutations.count(1000) {
        try write(random.mutated(original), to: run.factsPath)
        let error = failure { _ = try run.facts() }
        #expect(error == nil || error?.exitCode == 65)
      }
    }
  }

  @Test("Checkpoints are listed newest first, and only the last ones are kept")
  func keeping() throws {
    try withTemporaryDirectory { directory in
      let run = try makeRun(in: directory)
      for iteration in [10, 20, 30, 1_000_000] {
        try run.write(
          checkpoint(Float(iteration)), iteration: iteration, keep: 2, protected: [10])
      }
      #expect(try run.checkpointIterations() == [1_000_000, 30, 10])
      #expect(run.checkpointPath(30).hasSuffix("/checkpoints/000030.safetensors"))
      #expect(try run.checkpoint(30).floats("a", shape: [1]) == [30])
      #expect(
        failure { _ = try run.checkpoint(20) }?.message.hasSuffix(
          "no such checkpoint; there are 10, 30, 1000000") == true)
      try run.removeCheckpoints(after: 10)
      #expect(try run.checkpointIterations() == [10])
    }
  }

  @Test("Whichever byte of a checkpoint is flipped and wherever it is cut, the earlier one serves")
  func everyDamage() throws {
    try withTemporaryDirectory { directory in
      let run = try makeRun(in: directory)
      for iteration in 1...2 { try run.write(checkpoint(1), iteration: iteration) }
      let whole = bytes(of: run.checkpointPath(2))
      let flipped = whole.indices.map { index in
        var damaged = whole
        damaged[index] ^= 0xFF
        return damaged
      }
      let cut = whole.indices.map { Array(whole.prefix($0)) }
      for damaged in flipped + cut {
        try write(damaged, to: run.checkpointPath(2))
        let sound = try run.newestCheckpoint()
        #expect(sound.iteration == 1 && sound.damaged.count == 1)
      }
    }
  }

  @Test("The newest sound checkpoint serves when newer ones are damaged")
  func damage() throws {
    try withTemporaryDirectory { directory in
      let run = try makeRun(in: directory)
      #expect(failure { _ = try run.newestCheckpoint() }?.exitCode == 65)
      for iteration in 1...3 { try run.write(checkpoint(1), iteration: iteration) }
      try write([1, 2, 3], to: run.checkpointPath(3))
      try write([], to: run.checkpointsPath + "/000009.safetensors.partial")
      let sound = try run.newestCheckpoint()
      #expect(sound.iteration == 2)
      #expect(sound.damaged.count == 1)
      #expect(sound.damaged.first?.message.contains("000003.safetensors is truncated") == true)
      for iteration in 1...2 { try write([0], to: run.checkpointPath(iteration)) }
      #expect(failure { _ = try run.newestCheckpoint() }?.exitCode == 65)
    }
  }
}
