import Foundation
import RunRecords
import Testing

/// What training promises about a run's records.
@Suite struct RunTests {
  @Test(
    "1, 2 and 3 threads give the same metrics and parameters to the last bit",
    arguments: [
      [], ["outer.method=trpo", "outer.stepWeights=[]", "inner.stepSizeRule=fixed"],
    ])
  func threads(changes: [String]) throws {
    let sandbox = try Sandbox()
    for threads in 1...3 {
      let arguments = ["train", "tiny.yaml", "--quiet", "--threads", "\(threads)"]
      let name = ["--run", "t\(threads)"]
      let run = try sandbox.start(arguments + name + changes.flatMap { ["--set", $0] })
      run.process.waitUntilExit()
      let result = try run.finished()
      #expect(result.code == 0, "\(result.errors)")
    }
    for threads in 2...3 {
      #expect(try sandbox.metrics("t\(threads)") == sandbox.metrics("t1"))
      #expect(try finalState(sandbox, "t\(threads)") == finalState(sandbox, "t1"))
    }
    #expect(try sandbox.metrics("t1").count == 6)
  }

  @Test("An interrupted and resumed run ends as an uninterrupted one, to the last bit")
  func interruption() throws {
    let sandbox = try Sandbox()
    // Long enough for the signal to arrive in the middle.
    let slow = ["--iterations", "250", "--set", "outer.tasks=60", "--set", "run.checkpointEvery=7"]
    let whole = try sandbox.start(["train", "tiny.yaml", "--quiet", "--run", "whole"] + slow)
    whole.process.waitUntilExit()
    #expect(whole.process.terminationStatus == 0)

    let run = try sandbox.start(["train", "tiny.yaml", "--run", "parts"] + slow)
    try waitForMetrics(sandbox, "parts", count: 3)
    let second = try sandbox.fledge("train", "parts/config.yaml", "--run", "parts", "--resume")
    #expect(second.code == 64 && second.errors.contains("another process is training this run"))
    run.process.interrupt()
    run.process.waitUntilExit()
    let stopped = try run.finished()
    #expect(stopped.code == 130)
    #expect(stopped.errors.contains("the state is saved"))
    #expect(try status(sandbox, "parts") == "interrupted")
    let done = try sandbox.metrics("parts").count
    #expect(done >= 3 && done < 250)

    // The seed and the iterations come from the run itself.
    let rest = try sandbox.fledge(
      "train", "parts/config.yaml", "--quiet", "--run", "parts", "--resume")
    #expect(rest.code == 0, "\(rest.errors)")
    #expect(try status(sandbox, "parts") == "finished")
    #expect(try sandbox.metrics("parts") == sandbox.metrics("whole"))
    #expect(try finalState(sandbox, "parts", 250) == finalState(sandbox, "whole", 250))
  }

  @Test("A run killed ten times loses only what its checkpoint lacks, and ends with the same bits")
  func kills() throws {
    let sandbox = try Sandbox()
    let every = 5
    let slow = [
      "--iterations", "150", "--set", "outer.tasks=40", "--set", "run.checkpointEvery=\(every)",
    ]
    let whole = try sandbox.fledge(["train", "tiny.yaml", "--quiet", "--run", "whole"] + slow)
    #expect(whole.code == 0)
    let arguments = ["train", "tiny.yaml", "--quiet", "--run", "parts"] + slow
    let parts = sandbox.path + "/parts"
    func resuming() -> [String] {
      FileManager.default.fileExists(atPath: parts + "/run.json")
        ? arguments + ["--resume"] : arguments
    }
    for count in 1...10 {
      let run = try sandbox.start(resuming())
      usleep(UInt32(count * 7919 % 10 * 50_000 + 10_000))
      kill(run.process.processIdentifier, SIGKILL)
      run.process.waitUntilExit()
      guard FileManager.default.fileExists(atPath: parts + "/metrics.jsonl") else { continue }
      let measured = try sandbox.text("parts/metrics.jsonl").split(separator: "\n").count
      let saved = try RunDirectory.open(parts).checkpointIterations().first ?? 0
      #expect(measured - saved <= every, "\(measured) measured, \(saved) saved")
    }
    let rest = try sandbox.fledge(resuming())
    #expect(rest.code == 0, "\(rest.errors)")
    #expect(try sandbox.metrics("parts") == sandbox.metrics("whole"))
    #expect(try finalState(sandbox, "parts", 150) == finalState(sandbox, "whole", 150))
  }

  @Test("An interrupted evaluation keeps what it has measured, and ends as an uninterrupted one")
  func interruptedEvaluation() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet").code == 0)
    // Long enough for the signal to arrive in the middle.
    let evaluate = [
      "evaluate", "runs/tiny-1", "--tasks", "1000", "--episodes", "20", "--format", "json",
    ]
    let whole = try sandbox.fledge(evaluate).output
    let evaluations = sandbox.path + "/runs/tiny-1/evaluations/"
    try FileManager.default.removeItem(atPath: evaluations)

    let run = try sandbox.start(evaluate)
    let partial = evaluations + "000006-test-1000tasks-3steps-20episodes-seed1.partial"
    let size = { (try? Data(contentsOf: URL(fileURLWithPath: partial)).count) ?? 0 }
    while run.process.isRunning && size() < 20_000 { usleep(1000) }
    run.process.interrupt()
    run.process.waitUntilExit()
    let stopped = try run.finished()
    #expect(stopped.code == 130 && stopped.output.isEmpty)
    #expect(stopped.errors.contains("of 1000 tasks, which are kept"))
    let kept = try String(contentsOfFile: partial, encoding: .utf8).split(separator: "\n").count - 1
    #expect(kept > 5 && kept < 1000)

    #expect(try sandbox.fledge(evaluate).output == whole)
    #expect(try FileManager.default.contentsOfDirectory(atPath: evaluations).count == 1)
  }

  @Test("A resumed run falls back to the newest sound checkpoint and ends the same")
  func damagedCheckpoint() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet", "--run", "whole").code == 0)
    #expect(
      try sandbox.fledge("train", "tiny.yaml", "--quiet", "--run", "a", "--iterations", "4").code
        == 0)
    try sandbox.truncate("a/checkpoints/000004.safetensors")
    let rest = try sandbox.fledge(
      "train", "tiny.yaml", "--quiet", "--run", "a", "--iterations", "6", "--resume")
    #expect(rest.code == 0)
    #expect(rest.errors.contains("using the checkpoint of iteration 2 instead"))
    #expect(try sandbox.metrics("a") == sandbox.metrics("whole"))
    #expect(try finalState(sandbox, "a") == finalState(sandbox, "whole"))
  }

  @Test("A changed configuration is not gone on with, threads and iterations aside")
  func changedConfiguration() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet", "--iterations", "2").code == 0)
    let changed = try sandbox.fledge(
      "train", "tiny.yaml", "--resume", "--set", "inner.stepSize=0.7")
    #expect(changed.code == 64)
    #expect(changed.errors.contains("inner.stepSize 0.1, not 0.7"), "\(changed.errors)")
    let seed = try sandbox.fledge(
      "train", "tiny.yaml", "--resume", "--seed", "2", "--run", "runs/tiny-1")
    #expect(seed.code == 64)
    #expect(seed.errors.contains("run.seed 1, not 2"), "\(seed.errors)")
    let allowed = try sandbox.fledge(
      "train", "tiny.yaml", "--resume", "--iterations", "3", "--threads", "1", "--quiet")
    #expect(allowed.code == 0, "\(allowed.errors)")
    #expect(try sandbox.metrics("runs/tiny-1").count == 3)
    let fewer = try sandbox.fledge("train", "tiny.yaml", "--resume", "--iterations", "1")
    #expect(fewer.code == 64)
    #expect(fewer.errors.contains("expected at least 3"), "\(fewer.errors)")
  }

  @Test("A run's config.yaml repeats it bit for bit")
  func repetition() throws {
    let sandbox = try Sandbox()
    let first = try sandbox.fledge(
      "train", "tiny.yaml", "--quiet", "--seed", "7", "--set", "inner.stepSize=0.3")
    #expect(first.code == 0)
    #expect(first.output == "runs/tiny-7\n")
    let second = try sandbox.fledge(
      "train", "runs/tiny-7/config.yaml", "--quiet", "--run", "again")
    #expect(second.code == 0)
    #expect(try sandbox.bytes("runs/tiny-7/config.yaml") == sandbox.bytes("again/config.yaml"))
    #expect(try sandbox.metrics("again") == sandbox.metrics("runs/tiny-7"))
    #expect(try finalState(sandbox, "again") == finalState(sandbox, "runs/tiny-7"))
  }

  @Test("Every seed is another run")
  func seeds() throws {
    let sandbox = try Sandbox()
    for seed in ["1", "2"] {
      #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet", "--seed", seed).code == 0)
    }
    #expect(try sandbox.metrics("runs/tiny-1") != sandbox.metrics("runs/tiny-2"))
  }

  private func finalState(
    _ sandbox: Sandbox, _ run: String, _ iteration: Int = 6
  ) throws -> Checkpoint {
    try RunDirectory.open("\(sandbox.path)/\(run)").checkpoint(iteration)
  }

  private func status(_ sandbox: Sandbox, _ run: String) throws -> String {
    try RunDirectory.open("\(sandbox.path)/\(run)").facts().status.rawValue
  }

  private func waitForMetrics(_ sandbox: Sandbox, _ run: String, count: Int) throws {
    for _ in 0..<3000 {
      if let lines = try? sandbox.metrics(run), lines.count >= count { return }
      usleep(10_000)
    }
    Issue.record("\(run) had not reached iteration \(count) after 30 s")
  }
}
