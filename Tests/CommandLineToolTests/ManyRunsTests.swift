import Foundation
import RunRecords
import Testing

/// Several runs: trained by one command, listed, compared, packed and removed.
@Suite struct ManyRunsTests {
  @Test("--seeds trains runs with the bits of runs of their own, whatever the threads")
  func seeds() throws {
    let sandbox = try Sandbox()
    let all = try sandbox.fledge(
      "train", "tiny.yaml", "--seeds", "1...2,5", "--run", "all", "--threads", "3", "--quiet")
    #expect(all.code == 0 && all.errors.isEmpty, "\(all.errors)")
    #expect(all.output == "all-1\nall-2\nall-5\n")
    for seed in [1, 2, 5] {
      _ = try sandbox.fledge(
        "train", "tiny.yaml", "--seed", "\(seed)", "--run", "one-\(seed)", "--quiet")
      #expect(try sandbox.state("all-\(seed)") == sandbox.state("one-\(seed)"))
      #expect(try sandbox.metrics("all-\(seed)") == sandbox.metrics("one-\(seed)"))
    }
    let again = try sandbox.fledge(
      "train", "tiny.yaml", "--seeds", "1,7", "--run", "all", "--quiet")
    #expect(again.code == 64 && again.errorLines.count == 1, "\(again.errors)")
    #expect(again.errors.contains("seed 1") && again.errors.contains("holds a run already"))
    // The other one is done all the same.
    #expect(try sandbox.run("all-7").facts().status == .finished)
  }

  @Test("Interrupted or killed, --seeds leaves runs that go on, and none that goes on by itself")
  func interruption() throws {
    for signal in [SIGTERM, SIGKILL] {
      let sandbox = try Sandbox()
      let arguments = ["train", "tiny.yaml", "--seeds", "1...2", "--run", "a", "--threads", "2"]
      let run = try sandbox.start(arguments + ["--iterations", "100000"])
      waitForMetrics(of: run, sandbox, "a-1", count: 3)
      waitForMetrics(of: run, sandbox, "a-2", count: 3)
      kill(run.process.processIdentifier, signal)
      run.process.waitUntilExit()
      if signal == SIGTERM { #expect(run.process.terminationStatus == 130) }
      for name in ["a-1", "a-2"] {
        while RunLock.isHeld("\(sandbox.path)/\(name)") { usleep(10_000) }
        #expect(try sandbox.run(name).facts().status == .interrupted)
      }
      let done = try ["a-1", "a-2"].map { try sandbox.metrics($0).count }.max() ?? 0
      let rest = try sandbox.fledge(
        arguments + ["--iterations", "\(done + 2)", "--resume", "--quiet"])
      #expect(rest.code == 0, "\(rest.errors)")
      #expect(try sandbox.metrics("a-1").count == done + 2)
    }
  }

  @Test(
    "Lists of seeds that are none are one line",
    arguments: ["", "1...", "3...1", "1,1", "a", "-1", "1....3", "1...99999999999", "1,,2"])
  func badSeeds(list: String) throws {
    let refused = try Sandbox().fledge("train", "tiny.yaml", "--seeds=\(list)")
    #expect(refused.code == 64 && refused.errorLines.count == 1, "\(refused.errors)")
  }

  @Test("--until pauses a run, which goes on to the bits of one that never paused")
  func pause() throws {
    let sandbox = try Sandbox()
    let train = ["train", "tiny.yaml", "--run", "a", "--quiet", "--set", "outer.decay=true"]
    let paused = try sandbox.fledge(train + ["--until", "3"])
    #expect(paused.code == 0 && paused.output == "a\n", "\(paused.errors)")
    #expect(try sandbox.run("a").facts().status == .interrupted)
    #expect(try sandbox.metrics("a").count == 3)
    #expect(try sandbox.fledge(train + ["--resume", "--until", "2"]).code == 0)
    #expect(try sandbox.fledge(train + ["--resume"]).code == 0)
    _ = try sandbox.fledge(
      "train", "tiny.yaml", "--run", "b", "--quiet", "--set", "outer.decay=true")
    #expect(try sandbox.state("a") == sandbox.state("b"))
    #expect(try sandbox.fledge(train + ["--until", "-1"]).code == 64)
  }

  @Test("Runs are listed with how they stand; a damaged one is passed over with a line")
  func list() throws {
    let sandbox = try Sandbox()
    _ = try sandbox.fledge("train", "tiny.yaml", "--quiet", "--run", "runs/deep/a")
    _ = try sandbox.fledge(
      "train", "tiny.yaml", "--quiet", "--method", "pretrained", "--until", "2", "--set",
      "run.validationTasks=2")
    _ = try sandbox.fledge("train", "tiny.yaml", "--quiet", "--seed", "2")
    try "rubbish".write(
      toFile: sandbox.path + "/runs/tiny-2/run.json", atomically: true, encoding: .utf8)
    let text = try sandbox.fledge("runs")
    #expect(text.code == 0 && text.errorLines.count == 1 && text.errors.contains("tiny-2/run.json"))
    #expect(text.output.split(separator: "\n").count == 3, "\(text.output)")

    let listed = try sandbox.fledge("runs", "list", "--format", "json", "--method", "pretrained")
    let rows = try #require(
      JSONSerialization.jsonObject(with: Data(listed.output.utf8)) as? [[String: Any]])
    #expect(rows.count == 1)
    #expect(rows[0]["status"] as? String == "interrupted")
    #expect(rows[0]["iteration"] as? Int == 2)
    #expect(rows[0]["scoreOf"] as? String == "validation")
    #expect(rows[0]["environment"] as? String == "point-navigation")
    #expect(try sandbox.fledge("runs", "list", "none").code == 65)
    #expect(try sandbox.fledge("runs", "list", "--status", "done").code == 64)
  }

  @Test("A run is shown with what differs from its preset, and two with what differs between them")
  func differences() throws {
    let sandbox = try Sandbox()
    _ = try sandbox.fledge("train", "tiny.yaml", "--quiet", "--run", "a")
    _ = try sandbox.fledge(
      "train", "tiny.yaml", "--quiet", "--run", "b", "--set", "inner.stepSize=0.25")
    let diff = try sandbox.fledge("runs", "diff", "a", "b")
    let lines = diff.output.split(separator: "\n")
    #expect(lines.count == 2 && lines[1].contains("inner.stepSize") && lines[1].contains("0.25"))
    let same = try sandbox.fledge("runs", "diff", "a", "a/config.yaml")
    #expect(same.code == 0 && same.output.isEmpty && same.errors.contains("the same settings"))
    let shown = try sandbox.fledge("runs", "show", "b")
    #expect(shown.code == 0 && shown.output.contains("inner.stepSize"), "\(shown)")
    let json = try object(try sandbox.fledge("runs", "show", "b", "--format", "json").output)
    #expect(json["checkpoints"] as? [Int] == [0, 2, 4, 6])
    #expect(json["status"] as? String == "finished")
    for unknown in [["show", "none"], ["diff", "a", "nosuch"]] {
      let refused = try sandbox.fledge(["runs"] + unknown)
      #expect([64, 65].contains(refused.code) && refused.errorLines.count == 1, "\(refused)")
    }
  }

  @Test("Runs are removed and packed, but none that is being trained, nor what is no run")
  func removal() throws {
    let sandbox = try Sandbox()
    for name in ["a", "b"] {
      _ = try sandbox.fledge("train", "tiny.yaml", "--quiet", "--run", name)
    }
    let state = try sandbox.state("b")
    let busy = try sandbox.start(
      ["train", "tiny.yaml", "--run", "c", "--iterations", "100000", "--quiet"])
    waitForMetrics(of: busy, sandbox, "c", count: 1)
    for command in ["rm", "archive"] {
      let refused = try sandbox.fledge("runs", command, "c")
      #expect(refused.code == 64 && refused.errors.contains("another process is training"))
    }
    busy.process.interrupt()
    busy.process.waitUntilExit()
    #expect(try sandbox.fledge("runs", "rm", "a", "none").code == 65)
    #expect(FileManager.default.fileExists(atPath: sandbox.path + "/a/run.json"))
    #expect(try sandbox.fledge("runs", "rm", "a").code == 0)
    #expect(!FileManager.default.fileExists(atPath: sandbox.path + "/a"))

    let packed = try sandbox.fledge("runs", "archive", "b/", "--out", "kept")
    #expect(packed.code == 0 && packed.output == "kept/b.tar.gz\n", "\(packed.errors)")
    #expect(!FileManager.default.fileExists(atPath: sandbox.path + "/b"))
    let tar = Process()
    tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    tar.arguments = ["tar", "-xzf", sandbox.path + "/kept/b.tar.gz", "-C", sandbox.path]
    try tar.run()
    tar.waitUntilExit()
    #expect(try sandbox.state("b") == state)
    // Through a link, from inside, or with another run in it, nothing is removed.
    try FileManager.default.createSymbolicLink(
      atPath: sandbox.path + "/link", withDestinationPath: "b")
    _ = try sandbox.fledge("train", "tiny.yaml", "--quiet", "--run", "b/inner/d")
    for command in [
      ["rm", "link"], ["archive", "link"], ["rm", "b"], ["archive", "b", "--out", "b/kept"],
    ] {
      let refused = try sandbox.fledge(["runs"] + command)
      #expect(refused.code == 64 && refused.errorLines.count == 1, "\(command): \(refused.errors)")
      #expect(try sandbox.state("b") == state)
    }
    let inner = try sandbox.fledge(
      ["runs", "rm", "."], by: ["sh", "-c", "cd b/inner/d && exec \"$@\"", "sh"])
    #expect(inner.code == 0, "\(inner.errors)")
    #expect(!FileManager.default.fileExists(atPath: sandbox.path + "/b/inner/d"))
    let over = try sandbox.fledge("export-metrics", "b", "--out", "b/metrics.jsonl")
    #expect(over.code == 64 && over.errors.contains("give a file elsewhere"))
    // A second archive of that name would replace the first.
    #expect(try sandbox.fledge("runs", "archive", "b", "--out", "kept").code == 64)
    #expect(try sandbox.run("b").facts().status == .finished)
  }
}
