import Foundation
import RunRecords
import Testing

/// Tasks of examples on the command line.
@Suite struct FewShotTests {
  private static let small = [
    "--set", "model.hiddenSizes=[8]", "--set", "outer.tasks=3", "--set", "outer.decay=false",
    "--iterations", "4", "--quiet",
  ]

  @Test(
    "A model is trained, resumed to the same bits, evaluated and compared with nearest neighbours")
  func sinusoid() throws {
    let sandbox = try Sandbox()
    for method in ["maml", "reptile", "imaml", "pretrained-head", "cavia"] {
      let trained = try sandbox.fledge(
        ["train", "sinusoid-maml", "--method", method] + Self.small)
      #expect(trained.code == 0, "\(trained.errors)")
    }
    let shorter = try sandbox.fledge(
      ["train", "sinusoid-maml", "--run", "short"] + Self.small.dropLast(3)
        + ["--iterations", "2", "--quiet"])
    #expect(shorter.code == 0, "\(shorter.errors)")
    let resumed = try sandbox.fledge(
      "train", "short/config.yaml", "--run", "short", "--resume", "--iterations", "4", "--quiet")
    #expect(resumed.code == 0, "\(resumed.errors)")
    #expect(try sandbox.metrics("short") == sandbox.metrics("runs/sinusoid-maml-1"))

    let document = try object(
      try sandbox.fledge(
        "evaluate", "runs/sinusoid-maml-1", "--tasks", "5", "--shots", "3", "--steps", "2",
        "--format", "json"
      ).output)
    #expect(document["score"] as? String == "negativeMeanSquaredError")
    let curve = try #require(document["curve"] as? [[String: Any]])
    #expect(curve.map { $0["episodes"] as? Int } == [0, 3, 3])
    #expect(curve.allSatisfy { ($0["mean"] as? Double ?? 1) < 0 })
    let perShot = try object(
      try sandbox.fledge(
        "evaluate", "runs/sinusoid-maml-1", "--tasks", "2", "--per-episode", "--format", "json"
      ).output)
    let shots = try #require(perShot["curve"] as? [[String: Any]])
    #expect(shots.map { $0["episodes"] as? Int } == [0, 1, 2, 3, 5, 10, 20, 40])

    let runs = ["", "-reptile", "-imaml", "-pretrained-head", "-cavia"].map {
      "runs/sinusoid-maml\($0)-1"
    }
    let compared = try sandbox.fledge(["compare"] + runs + ["--tasks", "4", "--format", "json"])
    let methods = try #require(try object(compared.output)["methods"] as? [[String: Any]])
    #expect(methods.last?["method"] as? String == "nearest-neighbors")
    #expect(methods.count == 6)
    let report = try sandbox.fledge("report", runs[0], "--tasks", "3", "--out", "page")
    #expect(report.code == 0, "\(report.errors)")
    #expect(try sandbox.text("page/index.html").contains("amplitude"))
  }

  @Test(
    "Checkpoints are measured on validation tasks; the best is kept and found, and patience ends a run"
  )
  func validation() throws {
    let sandbox = try Sandbox()
    // Steps this large make the score fall again, so that the best is not the last.
    let train = [
      "train", "sinusoid-maml", "--quiet", "--iterations", "40", "--set", "outer.tasks=3",
      "--set", "model.hiddenSizes=[8]", "--set", "run.checkpointEvery=2", "--set", "run.keep=1",
      "--set", "run.validationTasks=6", "--set", "outer.learningRate=0.5",
    ]
    let patient = try sandbox.fledge(train + ["--run", "patient", "--set", "run.patience=3"])
    #expect(patient.code == 0, "\(patient.errors)")
    let metrics = try MetricsFile.read(sandbox.path + "/patient/metrics.jsonl")
    let scores = metrics.compactMap { line in
      line.extra["validationReturn"].flatMap { $0 }.map { (line.iteration, $0) }
    }
    let best = try #require(scores.max { $0.1 < $1.1 })
    #expect(metrics.count < 40 && metrics.count == best.0 + 6)
    #expect(
      metrics[1].extra["generalizationGap"] != nil && metrics[0].extra["validationReturn"] == nil)
    let kept = try FileManager.default.contentsOfDirectory(
      atPath: sandbox.path + "/patient/checkpoints"
    ).compactMap { Int($0.prefix(6)) }.sorted()
    #expect(kept == [best.0, metrics.count])
    let evaluated = try object(
      try sandbox.fledge(
        "evaluate", "patient", "--checkpoint", "best", "--tasks", "2", "--format", "json"
      ).output)
    #expect(evaluated["checkpoint"] as? Int == best.0)

    let unmeasured = try sandbox.fledge(
      ["train", "sinusoid-maml", "--run", "plain"] + Self.small)
    #expect(unmeasured.code == 0)
    let refused = try sandbox.fledge("evaluate", "plain", "--checkpoint", "best")
    #expect(refused.code == 64 && refused.errors.contains("train with run.validationTasks"))
    let wrong = try sandbox.fledge("evaluate", "plain", "--checkpoint", "worst")
    #expect(wrong.code == 64 && wrong.errors.contains("expected an iteration from 0 on, or best"))
  }

  @Test("A pool of training tasks is all that is trained on; without one a run has the bits it had")
  func pool() throws {
    let sandbox = try Sandbox()
    for (name, options) in [
      ("pool", ["--set", "environment.trainingTasks=2"]),
      ("none", ["--set", "environment.trainingTasks=null"]), ("plain", []),
    ] {
      let trained = try sandbox.fledge(
        ["train", "sinusoid-maml", "--run", name] + options + Self.small)
      #expect(trained.code == 0, "\(trained.errors)")
    }
    #expect(try sandbox.metrics("none") == sandbox.metrics("plain"))
    #expect(try sandbox.metrics("pool") != sandbox.metrics("plain"))
    let evaluated = try sandbox.fledge(
      "evaluate", "pool", "--gap", "--tasks", "12", "--steps", "1", "--format", "json")
    #expect(try object(evaluated.output)["trainedTasks"] as? Int == 12, "\(evaluated.errors)")
    let stored = try FileManager.default.contentsOfDirectory(
      atPath: sandbox.path + "/pool/evaluations"
    ).filter { $0.contains("-trained-12tasks-") }
    let trained = try object(try sandbox.text("pool/evaluations/\(try #require(stored.first))"))
    let amplitudes = try #require(trained["perTask"] as? [[String: Any]]).compactMap {
      ($0["task"] as? [String: Any])?["amplitude"] as? Double
    }
    #expect(amplitudes.count == 12 && Set(amplitudes).count == 2)
  }

  @Test("Sources are listed and described beside environments")
  func listed() throws {
    let sandbox = try Sandbox()
    let list = try sandbox.fledge("environments", "list").output
    #expect(list.contains("sinusoid") && list.contains("image-classification"))
    let text = try sandbox.fledge("environments", "describe", "rotating-boundary").output
    #expect(text.contains("one of 2 classes") && text.contains("example tasks"))
    let document = try object(
      try sandbox.fledge("environments", "describe", "sinusoid", "--format", "json").output)
    #expect((document["parameters"] as? [String: Any])?["queryExamples"] as? Int == 10)
  }

  @Test(
    "What examples have no use for is one line and exit code 64",
    arguments: [
      ("train sinusoid-maml --set outer.method=trpo", "outer.method is trpo, which needs a policy"),
      ("train sinusoid-maml --set inner.adapts=[heat]", "inner.adapts has 'heat', expected head"),
      ("train sinusoid-maml --set model.kind=convolutional", "no pictures; use perceptron"),
      ("train sinusoid-maml --set outer.method=imaml", "inner.stepSizeRule is learned"),
      (
        "train nav2d-finn --method promp --set inner.estimator=dice --set inner.steps=0",
        "inner.steps"
      ),
      ("train omniglot-5way-1shot", "give a folder with --data DIR"),
      ("train omniglot-5way-1shot --data nowhere", "'nowhere', which is not a folder"),
      ("train nav2d-finn --set environment.leftOutTask=0", "environment.leftOutTask: its tasks"),
      ("train nav2d-corners --set environment.leftOutTask=4", "from 0 to 3"),
      ("train sinusoid-maml --set environment.leftOutTask=0", "environment.leftOutTask: its tasks"),
      ("train sinusoid-maml --set outer.explorationCredit=1", "nothing to explore"),
      (
        "train nav2d-finn --method promp --set outer.explorationCredit=1", "outer.explorationCredit"
      ),
      ("environments describe sinusoid --picture a.png", "no episode to draw"),
      ("environments bench sinusoid", "has examples and no episodes"),
    ])
  func refused(arguments: String, message: String) throws {
    let sandbox = try Sandbox()
    let finished = try sandbox.fledge(words(arguments))
    #expect(finished.code == 64 && finished.errorLines.count == 1, "\(finished)")
    #expect(finished.errors.contains(message), "\(finished.errors)")
  }

  @Test("Rendering a model's run is refused in one line")
  func render() throws {
    let sandbox = try Sandbox()
    _ = try sandbox.fledge(["train", "sinusoid-maml"] + Self.small)
    let rendered = try sandbox.fledge("render", "runs/sinusoid-maml-1", "--out", "a.png")
    #expect(rendered.code == 64 && rendered.errors.contains("has examples and no episodes"))
  }

  @Test("An adaptation that diverges is told in one line")
  func divergence() throws {
    let sandbox = try Sandbox()
    let large = ["--set", "inner.stepSize=1000", "--set", "inner.stepSizeRule=fixed"]
    _ = try sandbox.fledge(["train", "sinusoid-maml", "--iterations", "0", "--quiet"] + large)
    let result = try sandbox.fledge("evaluate", "runs/sinusoid-maml-1", "--steps", "40")
    #expect(result.code == 70 && result.output.isEmpty, "\(result)")
    #expect(result.errors.contains("gradient steps: adapting diverges"), "\(result.errors)")
  }

  @Test("Derivatives of a preset's own model agree with finite differences")
  func gradcheck() throws {
    let sandbox = try Sandbox()
    for preset in ["sinusoid-maml", "sinusoid-reptile", "rotating-boundary"] {
      let checked = try sandbox.fledge("gradcheck", preset)
      #expect(checked.code == 0 && checked.output.contains("passed"), "\(checked)")
    }
    #expect(try sandbox.fledge("gradcheck", "sinusoid-maml", "--break-a-derivative").code == 70)
  }
}
