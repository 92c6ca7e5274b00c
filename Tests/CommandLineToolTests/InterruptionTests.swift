import Foundation
import RunRecords
import Testing

/// A run that is stopped, by whomever and in whatever manner, goes on to the same bits.
@Suite struct InterruptionTests {
  @Test("An interrupted and resumed run ends as an uninterrupted one, to the last bit")
  func interruption() throws {
    let sandbox = try Sandbox()
    let many = ["--set", "outer.tasks=60", "--set", "run.checkpointEvery=7"]
    let run = try sandbox.start(
      ["train", "tiny.yaml", "--run", "parts", "--iterations", "100000"] + many)
    waitForMetrics(of: run, sandbox, "parts", count: 3)
    let second = try sandbox.fledge("train", "parts/config.yaml", "--run", "parts", "--resume")
    #expect(second.code == 64 && second.errors.contains("another process is training this run"))
    run.process.interrupt()
    run.process.waitUntilExit()
    let stopped = try run.finished()
    #expect(stopped.code == 130)
    #expect(stopped.errors.contains("the state is saved"))
    #expect(try sandbox.run("parts").facts().status == .interrupted)
    let done = try sandbox.metrics("parts").count
    #expect(done >= 3 && done < 100_000)

    let end = done + 30
    let rest = try sandbox.fledge(
      "train", "parts/config.yaml", "--quiet", "--run", "parts", "--resume", "--iterations",
      "\(end)")
    #expect(rest.code == 0, "\(rest.errors)")
    let whole = try sandbox.fledge(
      ["train", "tiny.yaml", "--quiet", "--run", "whole", "--iterations", "\(end)"] + many)
    #expect(whole.code == 0, "\(whole.errors)")
    // The seed and the iterations come from the run itself.
    let again = try sandbox.fledge(
      "train", "parts/config.yaml", "--quiet", "--run", "parts", "--resume")
    #expect(again.code == 0, "\(again.errors)")
    #expect(try sandbox.run("parts").facts().status == .finished)
    #expect(try sandbox.metrics("parts") == sandbox.metrics("whole"))
    #expect(try sandbox.state("parts", end) == sandbox.state("whole", end))
  }

  @Test("A second signal ends the process at once, with the last checkpoint sound")
  func secondSignal() throws {
    let sandbox = try Sandbox()
    // An iteration that would take hours.
    let endless = ["--set", "outer.tasks=10000", "--set", "inner.episodes=1000"]
    let run = try sandbox.start(["train", "tiny.yaml", "--quiet", "--run", "a"] + endless)
    let facts = sandbox.path + "/a/run.json"
    while run.process.isRunning && !FileManager.default.fileExists(atPath: facts) { usleep(1000) }
    // Time to begin the iteration; before it, the first signal is enough.
    usleep(300_000)
    // Signals that arrive together count as one.
    while run.process.isRunning {
      run.process.interrupt()
      usleep(100_000)
    }
    let stopped = try run.finished()
    #expect(stopped.code == 130)
    #expect(try sandbox.run("a").newestCheckpoint().iteration == 0)
  }

  @Test("A terminal that is closed, and is told of twice, is one wish to stop")
  func closedTerminal() throws {
    let sandbox = try Sandbox()
    // These tests themselves may be run by nohup.
    let run = try Running(
      ["train", "tiny.yaml", "--quiet", "--run", "a", "--iterations", "100000"],
      in: sandbox.path, by: ["env", "--default-signal=HUP"])
    waitForMetrics(of: run, sandbox, "a", count: 1)
    for _ in 0..<2 { kill(run.process.processIdentifier, SIGHUP) }
    run.process.waitUntilExit()
    #expect(try run.finished().code == 130)
    #expect(try sandbox.run("a").facts().status == .interrupted)
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
    // Until `run.json` is written there is no run, and the same command begins one.
    func hasBegun() -> Bool { FileManager.default.fileExists(atPath: parts + "/run.json") }
    func resuming() -> [String] { hasBegun() ? arguments + ["--resume"] : arguments }
    for count in 1...10 {
      let run = try sandbox.start(resuming())
      usleep(UInt32(count * 7919 % 10 * 50_000 + 10_000))
      kill(run.process.processIdentifier, SIGKILL)
      run.process.waitUntilExit()
      guard hasBegun() else { continue }
      let measured = try sandbox.text("parts/metrics.jsonl").split(separator: "\n").count
      let saved = try RunDirectory.open(parts).checkpointIterations().first ?? 0
      #expect(measured - saved <= every, "\(measured) measured, \(saved) saved")
    }
    let rest = try sandbox.fledge(resuming())
    #expect(rest.code == 0, "\(rest.errors)")
    #expect(try sandbox.metrics("parts") == sandbox.metrics("whole"))
    #expect(try sandbox.state("parts", 150) == sandbox.state("whole", 150))
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
    let left = try FileManager.default.contentsOfDirectory(atPath: evaluations)
    #expect(
      left.count { $0.hasSuffix(".json") } == 1 && !left.contains { $0.hasSuffix(".partial") })
  }
}
