import Foundation
import RunRecords
import Testing

/// What a job of a cluster needs: one command to begin and to go on, and time to save.
@Suite struct JobTests {
  @Test("--resume begins a run that doesn't exist, and goes on with one that does")
  func startOrGoOn() throws {
    let sandbox = try Sandbox()
    let job = ["train", "tiny.yaml", "--run", "a", "--resume", "--iterations"]
    let begun = try sandbox.fledge(job + ["3"])
    #expect(begun.code == 0 && begun.errors.contains("training 3 iterations"), "\(begun.errors)")
    let rest = try sandbox.fledge(job + ["6"])
    #expect(rest.code == 0 && rest.errors.contains("going on after 3"), "\(rest.errors)")
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet", "--run", "whole").code == 0)
    #expect(try sandbox.metrics("a") == sandbox.metrics("whole"))
    #expect(try sandbox.state("a") == sandbox.state("whole"))
  }

  @Test(
    "A scheduler's warning saves the state and ends with 130, also with SIGTERM behind it",
    arguments: [SIGUSR1, SIGUSR2])
  func warning(signal: Int32) throws {
    let sandbox = try Sandbox()
    let run = try sandbox.start(
      ["train", "tiny.yaml", "--quiet", "--run", "a", "--iterations", "100000"])
    let metrics = sandbox.path + "/a/metrics.jsonl"
    while run.process.isRunning,
      (try? Data(contentsOf: URL(fileURLWithPath: metrics)))?.count ?? 0 < 1
    {
      usleep(1000)
    }
    kill(run.process.processIdentifier, signal)
    kill(run.process.processIdentifier, SIGTERM)
    run.process.waitUntilExit()
    let stopped = try run.finished()
    #expect(stopped.code == 130 && stopped.errors.contains("the state is saved"), "\(stopped)")
    #expect(try sandbox.run("a").facts().status == .interrupted)
  }

  @Test("A run that was killed is not said to be running for ever")
  func killed() throws {
    let sandbox = try Sandbox()
    let run = try sandbox.start(
      ["train", "tiny.yaml", "--quiet", "--run", "a", "--iterations", "100000"])
    while run.process.isRunning,
      ((try? sandbox.run("a").newestCheckpoint().iteration) ?? 0) < 2
    { usleep(1000) }
    let meanwhile = try sandbox.fledge("evaluate", "a", "--tasks", "2", "--checkpoint", "2")
    #expect(meanwhile.code == 0, "\(meanwhile.errors)")
    #expect(try sandbox.run("a").facts().status == .running)
    kill(run.process.processIdentifier, SIGKILL)
    run.process.waitUntilExit()
    #expect(try sandbox.run("a").facts().status == .running)
    #expect(try sandbox.fledge("evaluate", "a", "--tasks", "2").code == 0)
    let facts = try sandbox.run("a").facts()
    #expect(facts.status == .interrupted && facts.failure?.contains("killed") == true)
  }

  @Test("A run whose rates fall is repeated by its config.yaml, also where it was made longer")
  func decay() throws {
    let sandbox = try Sandbox()
    let train = ["train", "tiny.yaml", "--quiet", "--run", "a", "--set", "outer.decay=true"]
    #expect(try sandbox.fledge(train + ["--iterations", "3"]).code == 0)
    let longer = try sandbox.fledge(train + ["--resume", "--iterations", "6"])
    #expect(longer.code == 0, "\(longer.errors)")
    #expect(longer.errors.contains("outer.decay: rates fall towards iteration 6 from here on"))
    #expect(try sandbox.text("a/config.yaml").contains(#"earlierEnds: ["3 of 3"]"#))
    let again = try sandbox.fledge("train", "a/config.yaml", "--quiet", "--run", "again")
    #expect(again.code == 0, "\(again.errors)")
    #expect(try sandbox.metrics("again") == sandbox.metrics("a"))
    #expect(try sandbox.state("again") == sandbox.state("a"))
    let whole = try sandbox.fledge(
      "train", "tiny.yaml", "--quiet", "--run", "whole", "--set", "outer.decay=true")
    #expect(whole.code == 0)
    #expect(try sandbox.metrics("whole") != sandbox.metrics("a"))
    let wrong = try sandbox.fledge(
      "train", "tiny.yaml", "--set", "outer.earlierEnds=[5 of 3]", "--run", "wrong")
    #expect(wrong.code == 64 && wrong.errors.contains("such as 3 of 10"), "\(wrong.errors)")
  }

  @Test("Threads default to the processors that the process may use")
  func affinity() throws {
    let sandbox = try Sandbox()
    let bound = try sandbox.fledge(
      ["train", "tiny.yaml", "--iterations", "1"], by: ["taskset", "-c", "0"])
    #expect(bound.code == 0 && bound.errors.contains(", 1 thread, in"), "\(bound.errors)")
  }

  @Test(
    "A signal while libraries are being loaded ends with 130 and a line",
    arguments: [SIGUSR1, SIGTERM])
  func early(signal: Int32) throws {
    let sandbox = try Sandbox()
    try sandbox.buildCart(defining: ["FAULT=SOUND", "DELAY=600"])
    let run = try sandbox.start(["train", "tiny.yaml", "--env", "cart", "--plugin", "cart.so"])
    // A file of the system's, whose length is not told beforehand.
    let maps = "/proc/\(run.process.processIdentifier)/maps"
    func hasLoaded() -> Bool {
      let data = try? FileHandle(forReadingAtPath: maps)?.readToEnd()
      return data?.range(of: Data("cart.so".utf8)) != nil
    }
    while run.process.isRunning && !hasLoaded() { usleep(1000) }
    kill(run.process.processIdentifier, signal)
    run.process.waitUntilExit()
    let stopped = try run.finished()
    #expect(
      stopped.code == 130 && stopped.errors.contains("with nothing to save"), "\(stopped)")
  }

  @Test("A pipe where a record should be is an I/O failure, and nobody waits for its reader")
  func pipes() throws {
    let sandbox = try Sandbox()
    let train = ["train", "tiny.yaml", "--quiet", "--run", "a"]
    #expect(try sandbox.fledge(train + ["--iterations", "2"]).code == 0)
    for name in ["log.txt", "run.json.partial"] {
      try? sandbox.remove("a/" + name)
      try #require(mkfifo(sandbox.path + "/a/" + name, 0o644) == 0)
      let failed = try sandbox.fledge(train + ["--iterations", "3", "--resume"])
      #expect(failed.code == 74 && failed.errors.contains("a/" + name), "\(failed.errors)")
      try sandbox.remove("a/" + name)
    }
    #expect(try sandbox.fledge(train + ["--iterations", "3", "--resume"]).code == 0)
  }
}
