import Foundation
import RunRecords
import Testing

/// Trackers by clients that stand in for theirs, well-behaved or not.
@Suite struct TrackerTests {
  private let sandbox: Sandbox
  private let both = ["--tracker", "wandb", "--tracker", "mlflow"]

  init() throws { sandbox = try Sandbox() }

  private func fledge(_ arguments: [String], fault: String = "") throws -> Finished {
    try sandbox.fledge(
      arguments,
      setting: [
        "PYTHONPATH": fixtures + "/trackers", "PYTHONDONTWRITEBYTECODE": "1",
        "FAKE_FOLDER": sandbox.path, "FAKE_FAULT": fault,
      ])
  }

  private func entries(_ tracker: String) throws -> [[String: Any]] {
    guard FileManager.default.fileExists(atPath: "\(sandbox.path)/\(tracker).jsonl") else {
      return []
    }
    return try sandbox.text(tracker + ".jsonl").split(separator: "\n").map {
      try object(String($0))
    }
  }

  /// A number, of which iteration.
  struct Sent: Hashable {
    let step: Int
    let name: String
    let value: Double
  }

  /// The numbers of `metrics.jsonl` as trackers are to have them.
  static func recorded(_ text: String) throws -> [Sent] {
    try text.split(separator: "\n").flatMap { line in
      var entries = try object(String(line))
      let step = try #require(entries.removeValue(forKey: "iteration") as? Int)
      let returns = try #require(entries.removeValue(forKey: "returns") as? [Double])
      for (index, value) in returns.enumerated() { entries["returns/\(index)"] = value }
      return entries.compactMap { name, value in
        (value as? NSNumber).map { Sent(step: step, name: name, value: $0.doubleValue) }
      }
    }
  }

  private func sentToWandb() throws -> [Sent] {
    try entries("wandb").flatMap { entry in
      guard let step = entry["step"] as? Int, let values = entry["values"] as? [String: NSNumber]
      else { return [Sent]() }
      return values.map { Sent(step: step, name: $0.key, value: $0.value.doubleValue) }
    }
  }

  private func sentToMLflow() throws -> [Sent] {
    try entries("mlflow").compactMap { entry in
      guard let name = entry["metric"] as? String else { return nil }
      return Sent(
        step: try #require(entry["step"] as? Int), name: name,
        value: try #require(entry["value"] as? Double))
    }
  }

  /// Requires that both trackers have every number of a run once, and nothing else.
  private func requireAll(of run: String) throws {
    let recorded = try Self.recorded(sandbox.text(run + "/metrics.jsonl"))
    #expect(recorded.count > 50)
    for sent in [try sentToWandb(), try sentToMLflow()] {
      #expect(sent.count == recorded.count)
      let isSame = Set(sent) == Set(recorded)
      #expect(isSame)
    }
  }

  @Test("Trackers have every number of metrics.jsonl once, the configuration, and the end")
  func numbers() throws {
    let trained = try fledge(["train", "tiny.yaml", "--quiet", "--run", "a"] + both)
    #expect(trained.code == 0 && trained.output == "a\n", "\(trained.errors)")
    // Where the machine is busy, they may still be sending; this waits for them.
    #expect(try fledge(["track", "a"] + both).code == 0)
    try requireAll(of: "a")
    let begun = try #require(try entries("wandb").first)
    let configuration = try #require(begun["config"] as? [String: Any])
    #expect(begun["name"] as? String == "a")
    #expect(configuration["inner.stepSizeRule"] as? String == "learned")
    #expect(configuration["policy.hiddenSizes"] as? [Int] == [8])
    let parameters = try entries("mlflow").filter { $0["parameter"] != nil }
    #expect(parameters.count == configuration.count)
    #expect(try entries("mlflow").last?["end"] as? String == "FINISHED")
    let end = try #require(try entries("wandb").last)
    #expect((end["summary"] as? [String: String])?["status"] == "finished")

    // What is longer goes on with the same tracked run.
    let longer = try fledge(
      ["train", "tiny.yaml", "--quiet", "--run", "a", "--resume", "--iterations", "9"] + both)
    #expect(longer.code == 0, "\(longer.errors)")
    #expect(try fledge(["track", "a"] + both).code == 0)
    try requireAll(of: "a")
    #expect(Set(try entries("wandb").compactMap { $0["id"] as? String }).count == 1)
    #expect(try entries("mlflow").filter { $0["id"] != nil }.count == 1)
    #expect(try entries("mlflow").filter { $0["parameter"] != nil }.count == parameters.count)
  }

  @Test(
    "A client that hangs, fails, ends or never stops talking changes nothing about the run",
    arguments: [
      ("hang", "is left behind"), ("raise", "RuntimeError: the license has expired"),
      ("exit", "has ended with code 3"), ("import", "ImportError: a library is missing"),
      ("flood", ""),
    ])
  func faults(fault: String, message: String) throws {
    #expect(try fledge(["train", "tiny.yaml", "--quiet", "--run", "plain"]).code == 0)
    let trained = try fledge(
      ["train", "tiny.yaml", "--quiet", "--run", "a", "--tracker", "wandb"], fault: fault)
    #expect(trained.code == 0 && trained.output == "a\n", "\(trained.errors)")
    if !message.isEmpty {
      #expect(trained.errorLines.count == 1 && trained.errors.contains(message))
      #expect(trained.errors.contains("fledge track a --tracker wandb"))
    }
    #expect(try sandbox.metrics("a") == sandbox.metrics("plain"))
    for iteration in [0, 2, 4, 6] {
      #expect(try sandbox.state("a", iteration) == sandbox.state("plain", iteration))
    }
  }

  @Test("What a tracker lacks is sent afterwards, and a client that still fails is one line")
  func afterwards() throws {
    let train = ["train", "tiny.yaml", "--quiet", "--run", "a"]
    #expect(try fledge(train + both, fault: "raise").code == 0)
    let failed = try fledge(["track", "a"] + both, fault: "raise")
    #expect(failed.code == 74 && failed.errorLines.count == 1, "\(failed.errors)")
    let sent = try fledge(["track", "a"] + both)
    #expect(sent.code == 0 && sent.output == "a\n" && sent.errors.isEmpty, "\(sent.errors)")
    try requireAll(of: "a")
  }

  @Test("A run that is killed and resumed is tracked without duplicate or gap")
  func killed() throws {
    let slow = ["--iterations", "40", "--set", "outer.tasks=60", "--set", "run.checkpointEvery=7"]
    let arguments = ["train", "tiny.yaml", "--quiet", "--run", "a"] + slow + both
    let run = try Running(
      arguments, in: sandbox.path,
      setting: ["PYTHONPATH": fixtures + "/trackers", "FAKE_FOLDER": sandbox.path])
    waitForMetrics(of: run, sandbox, "a", count: 10)
    kill(run.process.processIdentifier, SIGKILL)
    run.process.waitUntilExit()
    let rest = try fledge(arguments + ["--resume"])
    #expect(rest.code == 0, "\(rest.errors)")
    #expect(try fledge(["track", "a"] + both).code == 0)
    try requireAll(of: "a")
  }

  @Test("What a client that was killed may have sent in part is not sent twice")
  func doubt() throws {
    #expect(try fledge(["train", "tiny.yaml", "--quiet", "--run", "a"] + both).code == 0)
    #expect(try fledge(["track", "a"] + both).code == 0)
    // MLflow has all; who was killed had noted no more than that it was about to send it.
    try write(
      #"{"id":"run0","sent":2,"sending":6,"has_parameters":true}"#, to: "a/trackers/mlflow.json")
    // Of what isn't finished, Weights & Biases has nobody knows how much: it is taken away, and sent anew.
    let folder = sandbox.path + "/offline-run-half"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try write(
      #"{"id":"half","sent":2,"sending":6,"folder":"\#(folder)"}"#, to: "a/trackers/wandb.json")
    try sandbox.remove("wandb.jsonl")
    let sent = try fledge(["track", "a"] + both)
    #expect(sent.code == 0, "\(sent.errors)")
    #expect(Set(try sentToWandb().map(\.step)) == [3, 4, 5, 6])
    #expect(try entries("wandb").first?["id"] as? String == "half")
    #expect(FileManager.default.fileExists(atPath: sandbox.path + "/unfinished-offline-run-half"))
    let mlflow = try sentToMLflow()
    #expect(Set(mlflow).count == mlflow.count)
  }

  private func write(_ text: String, to file: String) throws {
    try text.write(toFile: sandbox.path + "/" + file, atomically: true, encoding: .utf8)
  }

  @Test("Records of a tracker that are damaged, or of a run that it hasn't, are one line")
  func damaged() throws {
    #expect(try fledge(["train", "tiny.yaml", "--quiet", "--run", "a"]).code == 0)
    try FileManager.default.createDirectory(
      atPath: sandbox.path + "/a/trackers", withIntermediateDirectories: true)
    for (text, message) in [("{", "is damaged"), (#"{"id":"other"}"#, "has no run other")] {
      try write(text, to: "a/trackers/mlflow.json")
      let sent = try fledge(["track", "a", "--tracker", "mlflow"])
      #expect(sent.code == 74 && sent.errorLines.count == 1, "\(sent.errors)")
      #expect(sent.errors.contains(message) && sent.errors.contains("mlflow.json"))
    }
  }

  @Test("A missing client is one line with what installs it, before there is a run")
  func missing() throws {
    // Without site-packages, Python has no client, whatever is installed.
    try write("#!/bin/sh\nexec python3 -I -S \"$@\"\n", to: "bare")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: sandbox.path + "/bare")
    let bare = sandbox.path + "/bare"
    for (python, message) in [
      (bare, "has no wandb; \(bare) -m pip install wandb"),
      ("no-such-python", "'no-such-python' is no Python that runs"),
    ] {
      let trained = try sandbox.fledge(
        "train", "tiny.yaml", "--run", "a", "--tracker", "wandb", setting: ["FLEDGE_PYTHON": python]
      )
      #expect(trained.code == 64 && trained.errorLines.count == 1, "\(trained.errors)")
      #expect(trained.errors.contains(message))
      #expect(!FileManager.default.fileExists(atPath: sandbox.path + "/a"))
    }
    // TensorBoard's events are written in any case, and need no Python.
    let trained = try sandbox.fledge(
      "train", "tiny.yaml", "--quiet", "--run", "a", "--tracker", "tensorboard",
      setting: ["FLEDGE_PYTHON": "no-such-python"])
    #expect(trained.code == 0 && trained.errors.contains("tensorboard --logdir a"))
    #expect(!FileManager.default.fileExists(atPath: sandbox.path + "/a/trackers"))
  }

  @Test(
    "What can't be tracked is one line",
    arguments: [
      ("train tiny.yaml --tracker wnadb", 64, "did you mean wandb?"),
      ("train tiny.yaml --tracker wandb --tracker wandb", 64, "--tracker wandb is given twice"),
      ("track a", 64, "needs a --tracker"),
      ("track tiny.yaml --tracker wandb", 65, "no such run directory"),
      ("track a --tracker wandb", 65, "no such run directory"),
    ])
  func usage(line: String, code: Int32, message: String) throws {
    let finished = try fledge(words(line))
    #expect(finished.code == code && finished.errorLines.count == 1, "\(finished.errors)")
    #expect(finished.errors.contains(message), "\(finished.errors)")
  }

  private static let hasBoth = (try? Python.run(["-c", "import mlflow, wandb"]).code) == 0

  @Test(
    "The real clients' own records have the same numbers, offline",
    .enabled(if: hasBoth, "FLEDGE_PYTHON, or python3, has no mlflow and wandb"))
  func realClients() throws {
    let offline = [
      "WANDB_MODE": "offline", "MLFLOW_TRACKING_URI": "sqlite:///\(sandbox.path)/mlflow.db",
    ]
    for iterations in ["4", "6"] {
      let trained = try sandbox.fledge(
        ["train", "tiny.yaml", "--quiet", "--run", "a", "--resume", "--iterations", iterations]
          + both, setting: offline)
      #expect(trained.code == 0, "\(trained.errors)")
      #expect(try sandbox.fledge(["track", "a"] + both, setting: offline).code == 0)
    }
    let script = """
      import os, runpy, sys
      os.chdir(sys.argv[1])
      sys.argv = ["", "a"]
      runpy.run_path("\(fixtures)/trackers/read_back.py")
      """
    let read = try Python.run(["-c", script, sandbox.path], setting: offline)
    let found = try object(try #require(read.output.split(separator: "\n").last.map(String.init)))
    let recorded = try Self.recorded(sandbox.text("a/metrics.jsonl"))
    for tracker in ["wandb", "mlflow"] {
      let rows = try #require(found[tracker] as? [[Any]])
      let sent = try rows.map { row in
        Sent(
          step: try #require(row[0] as? Int), name: try #require(row[1] as? String),
          value: try #require(row[2] as? Double))
      }
      let isSame = sent.count == recorded.count && Set(sent) == Set(recorded)
      #expect(isSame, "\(tracker) has \(sent.count) numbers of \(recorded.count)")
    }
    #expect(found["status"] as? String == "FINISHED" && found["stepSize"] as? String == "0.1")
  }
}
