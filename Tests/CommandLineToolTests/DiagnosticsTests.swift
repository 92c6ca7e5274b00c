import Foundation
import RunRecords
import Testing

/// What a run's directory tells beside its returns.
@Suite struct DiagnosticsTests {
  @Test(
    "Every method tells of its gradients, its updates, its actions and its gain",
    arguments: [
      ("maml", true), ("meta-sgd", true), ("first-order", true), ("promp", true),
      ("emaml", true), ("imaml", true), ("anil", true), ("cavia", true), ("plain-maml", true),
      ("reptile", false), ("pretrained", true), ("oracle", true),
    ])
  func metrics(method: String, hasGradient: Bool) throws {
    let adapts = !["pretrained", "oracle"].contains(method)
    let sandbox = try Sandbox()
    let trained = try sandbox.fledge(
      "train", "tiny.yaml", "--method", method, "--quiet", "--iterations", "2", "--run", "a")
    #expect(trained.code == 0, "\(trained.errors)")
    let lines = try MetricsFile.read(sandbox.path + "/a/metrics.jsonl")
    let last = try #require(lines.last)
    let gain = (last.returns.last ?? 0) - last.returns[0]
    #expect(abs((last.extra["adaptationGain"] ?? 0) - gain) < 1e-9)
    #expect((last.extra["adaptationGain"] != nil) == adapts)
    #expect((last.extra["innerGradientNorm"] ?? 0 > 0) == adapts)
    for key in ["updateNorm", "actionDeviation", "actionEntropy"] {
      #expect(last.extra[key] ?? 0 > 0, "\(key)")
    }
    #expect((last.extra["outerGradientNorm"] != nil) == hasGradient)
    #expect(last.extra["successRateAfter0Steps"] != nil && last.extra["remainingRate"] == 1)
    let steps = lines.reduce(0) { $0 + $1.environmentSteps }
    #expect(last.extra["totalEnvironmentSteps"] == Double(steps))
    #expect((last.extra["acceptedShare"] != nil) == (method == "plain-maml"))
    let quartiles = ["First", "Third"].map { last.extra["stepSize\($0)Quartile"] }
    if method == "meta-sgd" {
      #expect(quartiles[0] ?? 1 <= quartiles[1] ?? 0 && last.extra["stepSizeMedian"] != nil)
    }
    // Two independent actions of deviation s: 2 (log s + log √(2πe)).
    let entropy = 2 * (log(last.extra["actionDeviation"] ?? 0) + 0.5 * log(2 * .pi * exp(1)))
    #expect(abs((last.extra["actionEntropy"] ?? 0) - entropy) < 0.5)
  }

  @Test("run.json and log.txt tell by which command and from which commit a run came")
  func provenance() throws {
    let sandbox = try Sandbox()
    let git = Process()
    git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    git.arguments = [
      "bash", "-ec",
      "git init -q . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m first && "
        + "git rev-parse HEAD > commit && git pack-refs --all",
    ]
    git.currentDirectoryURL = URL(fileURLWithPath: sandbox.path)
    try git.run()
    git.waitUntilExit()
    try #require(git.terminationStatus == 0)
    let train = [
      "train", "tiny.yaml", "--quiet", "--run", "a", "--set", "policy.hiddenSizes=[8, 4]",
    ]
    #expect(try sandbox.fledge(train + ["--iterations", "2"]).code == 0)
    #expect(try sandbox.fledge(train + ["--iterations", "4", "--resume"]).code == 0)
    let facts = try object(try sandbox.text("a/run.json"))
    #expect(
      facts["commit"] as? String
        == (try sandbox.text("commit").split(separator: "\n").map(String.init)).first)
    let command = try #require(facts["command"] as? String)
    #expect(command.hasSuffix("--set 'policy.hiddenSizes=[8, 4]' --iterations 2"), "\(command)")
    let log = try sandbox.text("a/log.txt").split(separator: "\n")
    #expect(log.allSatisfy { $0.prefix(30).contains("Z ") })
    let parts = [
      "begun with", "saved iteration 2, returns", "finished", "going on after iteration 2",
    ]
    for part in parts { #expect(log.contains { $0.contains(part) }, "\(part)") }
  }

  @Test("TensorBoard finds a run over iterations and environment steps, and its evaluations")
  func events() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet", "--run", "a").code == 0)
    #expect(try sandbox.fledge("evaluate", "a", "--tasks", "2").code == 0)
    for folder in ["a", "a/byEnvironmentSteps", "a/evaluations"] {
      let names = try FileManager.default.contentsOfDirectory(atPath: sandbox.path + "/" + folder)
      let events = names.filter { $0.hasPrefix("events.out.tfevents.") }
      #expect(events.count == 1, "\(folder)")
      let bytes = try sandbox.bytes("\(folder)/\(events.first ?? "")")
      let tag = folder == "a/evaluations" ? "test/return/after3Steps" : "return/afterStep2"
      #expect(bytes.range(of: Data(tag.utf8)) != nil, "\(folder)")
    }
  }

  @Test("TensorBoard finds a run's settings and its end once, however often it went on")
  func hyperparameters() throws {
    let sandbox = try Sandbox()
    for iterations in ["2", "2", "3"] {
      let result = try sandbox.fledge(
        "train", "tiny.yaml", "--quiet", "--run", "a", "--iterations", iterations, "--resume")
      #expect(result.code == 0)
      let names = try FileManager.default.contentsOfDirectory(atPath: sandbox.path + "/a")
      let events = names.filter { $0.hasPrefix("events.out.tfevents.") }
      let text = String(decoding: try sandbox.bytes("a/\(events.first ?? "")"), as: UTF8.self)
      for part in ["experiment", "session_start_info", "session_end_info"] {
        #expect(text.components(separatedBy: "_hparams_/" + part).count == 2, "\(part)")
      }
      for key in ["outer.method", "inner.stepSize", "run.seed", "environment.name"] {
        #expect(text.contains(key), "\(key)")
      }
      // What a run may change while it lasts would be told as it was at first.
      for key in ["outer.iterations", "run.threads", "model.kind"] {
        #expect(!text.contains(key), "\(key)")
      }
    }
  }
}
