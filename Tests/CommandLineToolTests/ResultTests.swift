import Foundation
import Parallel
import Testing

/// The JSON documents that scripts rely on, with their keys.
@Suite struct ResultTests {
  @Test("evaluate prints one JSON document with the promised keys, and stores it in the run")
  func evaluation() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet").code == 0)
    let result = try sandbox.fledge(
      "evaluate", "runs/tiny-1", "--tasks", "3", "--steps", "4", "--seed", "5", "--format", "json")
    #expect(result.code == 0, "\(result.errors)")
    let document = try object(result.output)
    #expect(document["environment"] as? String == "point-navigation")
    #expect(document["split"] as? String == "test")
    #expect(document["seed"] as? Int == 5)
    #expect(document["episodesPerStep"] as? Int == 4)
    #expect(document["areaUnderCurve"] is Double)
    let curve = try #require(document["curve"] as? [[String: Any]])
    #expect(curve.map { $0["gradientSteps"] as? Int } == [0, 1, 2, 3, 4])
    #expect(curve.map { $0["episodes"] as? Int } == [0, 4, 8, 12, 16])
    for row in curve {
      let mean = try #require(row["mean"] as? Double)
      let interval = try #require(row["ci95"] as? [Double])
      #expect(row["iqm"] is Double)
      #expect(interval.count == 2 && interval[0] <= mean && mean <= interval[1])
    }
    let tasks = try #require(document["perTask"] as? [[String: Any]])
    #expect(tasks.count == 3)
    for task in tasks {
      let goal = (task["task"] as? [String: Any])?["goal"] as? [Double]
      #expect(goal?.count == 2)
      #expect((task["returns"] as? [Double])?.count == 5)
    }
    let stored = try FileManager.default.contentsOfDirectory(
      atPath: sandbox.path + "/runs/tiny-1/evaluations"
    ).filter { $0.hasSuffix(".json") }
    #expect(stored.count == 1)
    #expect(try sandbox.text("runs/tiny-1/evaluations/\(stored[0])") == result.output)
  }

  @Test("evaluate gives the same numbers for any number of threads, in at least 3 steps")
  func evaluationThreads() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet", "--iterations", "1").code == 0)
    let results = try ["1", "2", "3"].map {
      try sandbox.fledge("evaluate", "runs/tiny-1", "--threads", $0, "--tasks", "5").output
    }
    #expect(Set(results).count == 1)
    #expect(results[0].contains("95% interval"))
    // Two steps are trained: how the third is taken was chosen, and is told.
    #expect(results[0].contains("steps beyond the trained ones x "))
    #expect(results[0].split(separator: "\n").count == 9)
  }

  @Test("evaluate --gap tells at each point how much better tasks go that were trained on")
  func generalizationGap() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet").code == 0)
    let evaluate = ["evaluate", "runs/tiny-1", "--tasks", "3", "--format", "json"]
    func rows(_ document: [String: Any]) throws -> [[String: Any]] {
      try #require(document["curve"] as? [[String: Any]])
    }
    func numbers(_ key: String, _ document: [String: Any]) throws -> [Double] {
      try rows(document).compactMap { $0[key] as? Double }
    }
    let test = try object(try sandbox.fledge(evaluate + ["--gap"]).output)
    // Kept apart from new tasks of the same split.
    let trained = try object(
      try sandbox.text(
        "runs/tiny-1/evaluations/000006-trained-3tasks-3steps-4episodes-seed1.json"))
    let new = try object(try sandbox.fledge(evaluate + ["--split", "train"]).output)
    let differences = zip(try numbers("mean", trained), try numbers("mean", test)).map { $0 - $1 }
    let gaps = try numbers("generalizationGap", test)
    #expect(gaps.count == 4 && differences.count == 4 && test["trainedTasks"] as? Int == 3)
    // Documents hold rounded numbers.
    #expect(zip(gaps, differences).allSatisfy { abs($0 - $1) < 1e-6 }, "\(gaps) \(differences)")
    #expect(try numbers("generalizationGap", new).isEmpty && new["trainedTasks"] == nil)
    #expect(try numbers("mean", new) != numbers("mean", trained))
  }

  @Test("A gap is measured on all tasks that were trained on where they are few; none is an error")
  func fewTrainedTasks() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet", "--iterations", "1").code == 0)
    let evaluate = ["evaluate", "runs/tiny-1", "--tasks", "7", "--steps", "1", "--gap"]
    let few = try sandbox.fledge(evaluate + ["--format", "json"])
    #expect(try object(few.output)["trainedTasks"] as? Int == 5)
    #expect(few.errors.contains("training has drawn 5 tasks so far"), "\(few.errors)")
    let none = try sandbox.fledge(evaluate + ["--checkpoint", "0"])
    #expect(none.code == 64 && none.errorLines.count == 1 && none.output.isEmpty, "\(none)")
    #expect(none.errors.contains("has no training tasks to measure a gap to"))
  }

  @Test("Where all tasks are trained on, evaluate and compare say so, and not of one left out")
  func trainedOnTasks() throws {
    let sandbox = try Sandbox()
    let train = [
      "train", "nav2d-corners", "--quiet", "--iterations", "1", "--set", "outer.tasks=2", "--set",
      "inner.episodes=2",
    ]
    #expect(try sandbox.fledge(train).code == 0)
    let left = ["--run", "left", "--set", "environment.leftOutTask=1"]
    #expect(try sandbox.fledge(train + left).code == 0)
    let note = "its 4 tasks are all trained on; only their episodes are new; leave one out"
    let options = ["--tasks", "2", "--steps", "1"]
    for command in ["evaluate", "compare"] {
      let told = try sandbox.fledge([command, "runs/nav2d-corners-1"] + options)
      #expect(told.output.contains(note), "\(told)")
      #expect(
        try !sandbox.fledge([command, "left"] + options).output.contains("all trained on"))
      let shifted = [command, "runs/nav2d-corners-1", "--split", "shifted"] + options
      #expect(try !sandbox.fledge(shifted).output.contains("all trained on"))
    }
    let validation = try sandbox.fledge(["evaluate", "left", "--split", "validation"] + options)
    #expect(validation.output.contains("its 3 tasks are all trained on"), "\(validation)")
  }

  @Test("evaluate --per-episode has a row for each number of episodes, and finds a threshold")
  func perEpisode() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet", "--iterations", "1").code == 0)
    let evaluate = ["evaluate", "runs/tiny-1", "--tasks", "3", "--per-episode", "--format", "json"]
    let document = try object(try sandbox.fledge(evaluate).output)
    let curve = try #require(document["curve"] as? [[String: Any]])
    #expect(curve.map { $0["episodes"] as? Int } == [0, 1, 2, 3, 5, 10, 20, 40])
    #expect(curve.map { $0["gradientSteps"] as? Int } == [0] + Array(repeating: 1, count: 7))
    #expect(document["threshold"] is Double && document["episodesToThreshold"] is Int)
    let tasks = try #require(document["perTask"] as? [[String: Any]])
    #expect(tasks.allSatisfy { ($0["adaptationReturns"] as? [Double])?.count == 40 })
    let far = try object(try sandbox.fledge(evaluate + ["--threshold", "1000"]).output)
    #expect(far["threshold"] as? Double == 1000 && far["episodesToThreshold"] is NSNull)
    let none = try sandbox.fledge(evaluate + ["--steps", "0"])
    #expect(none.code == 64 && none.errors.contains("--steps is 0, expected"))
  }

  @Test("--online has a row for each episode, for one run and for several side by side")
  func online() throws {
    let sandbox = try Sandbox()
    for seed in ["1", "2"] {
      let trained = try sandbox.fledge(
        "train", "tiny.yaml", "--quiet", "--iterations", "1", "--seed", seed)
      #expect(trained.code == 0)
    }
    let options = ["--tasks", "3", "--online", "--episodes", "4", "--format", "json"]
    let document = try object(try sandbox.fledge(["evaluate", "runs/tiny-1"] + options).output)
    let curve = try #require(document["curve"] as? [[String: Any]])
    #expect(curve.map { $0["episodes"] as? Int } == [0, 1, 2, 3])
    let tasks = try #require(document["perTask"] as? [[String: Any]])
    #expect(tasks.allSatisfy { ($0["adaptationReturns"] as? [Double])?.count == 3 })
    for runs in [["runs/tiny-1"], ["runs/tiny-1", "runs/tiny-2"]] {
      let compared = try sandbox.fledge(["compare"] + runs + options)
      #expect(compared.code == 0, "\(compared.errors)")
    }
    for (more, message) in [
      (["--steps", "2"], "--steps is 2, but --online takes a step after each episode"),
      (["--per-episode"], "give one"),
    ] {
      let refused = try sandbox.fledge(["evaluate", "runs/tiny-1"] + options + more)
      #expect(refused.code == 64 && refused.errors.contains(message), "\(refused.errors)")
    }
  }

  @Test("train --method makes baselines of the same budget; compare puts them side by side")
  func comparison() throws {
    let sandbox = try Sandbox()
    for method in ["maml", "first-order", "pretrained", "oracle", "random"] {
      for seed in ["1", "2"] {
        let trained = try sandbox.fledge(
          "train", "tiny.yaml", "--quiet", "--method", method, "--seed", seed)
        let suffix = method == "maml" ? "" : "-\(method)"
        #expect(trained.output == "runs/tiny\(suffix)-\(seed)\n", "\(trained.errors)")
      }
    }
    let runs = ["", "-first-order", "-pretrained", "-oracle", "-random"].flatMap {
      ["runs/tiny\($0)-1", "runs/tiny\($0)-2"]
    }
    let compare = ["compare"] + runs + ["--tasks", "3", "--episodes", "4", "--out", "a/b"]
    let document = try object(try sandbox.fledge(compare + ["--format", "json"]).output)
    let methods = try #require(document["methods"] as? [[String: Any]])
    #expect(methods.map { $0["runs"] as? Int } == [2, 2, 2, 2, 2, 1])
    let names =
      ["", "-first-order", "-pretrained", "-oracle", "-random"].map { "tiny\($0)" } + ["optimum"]
    #expect(methods.map { $0["method"] as? String } == names)
    // Ten steps an episode, unless one reaches the goal: 5 tasks, 3 times 4 episodes, 6 iterations.
    let steps = try methods.dropLast().map { try #require(($0["trainingSteps"] as? [Int])?.first) }
    #expect(steps[..<4].allSatisfy { 3500...3600 ~= $0 } && steps[4] == 0)
    let first = try #require((methods[0]["curve"] as? [[String: Any]])?.last)
    #expect((first["gapClosed"] as? [String: Any])?["ci95"] is [Double])
    #expect((first["gapClosedAfterAsManySteps"] as? [String: Any])?["ci95"] is [Double])
    #expect(document["gapReference"] as? String == "optimum")
    #expect(document["oracleBeatenBy"] is [String] && document["notes"] is [String])
    #expect(methods[0]["meanTrainingSteps"] is Int && methods[5]["meanTrainingSteps"] == nil)
    #expect((document["improvements"] as? [[String: Any]])?.count == 5)
    let text = try sandbox.fledge(compare)
    #expect(text.output.contains("gap closed") && text.output.contains("regret of learning"))
    let curves = try sandbox.text("a/b/curves.csv").split(separator: "\n")
    #expect(curves.count == 1 + 6 * 4)
    #expect(
      text.output.contains(
        "the gap reaches from tiny-pretrained, as it is or after as many steps, to optimum"))
  }

  @Test(
    "compare refuses runs that can't stand side by side, in one line",
    arguments: [
      (["runs/tiny-1", "runs/tiny-1"], "runs/tiny-1 is named twice"),
      (["runs/tiny-1", "runs/tiny-2"], "outer.tasks is 4 in the one and 5 in the other"),
      (["runs/tiny-1", "runs/other-1"], "draws other tasks than runs/tiny-1"),
      (["runs/tiny-1", "runs/none"], "runs/none: no such run directory"),
      ([], "Missing expected argument '<runs> ...'"),
    ])
  func unlikeRuns(runs: [String], message: String) throws {
    let sandbox = try Sandbox()
    for options in [
      ["--seed", "1"], ["--seed", "2", "--set", "outer.tasks=4"],
      ["--run", "runs/other-1", "--set", "environment.parameters.goalRange=0.6"],
    ] {
      let arguments = ["train", "tiny.yaml", "--quiet", "--iterations", "1"] + options
      #expect(try sandbox.fledge(arguments).code == 0)
    }
    let refused = try sandbox.fledge(["compare"] + runs)
    let code: Int32 = runs.contains("runs/none") ? 65 : 64
    #expect(refused.code == code && refused.errorLines.count == 1, "\(refused.errors)")
    #expect(refused.errors.contains(message), "\(refused.errors)")
  }

  @Test("metrics.jsonl and run.json have the promised keys")
  func records() throws {
    let sandbox = try Sandbox()
    let trained = try sandbox.fledge(
      "train", "tiny.yaml", "--quiet", "--set", "outer.method=trpo", "--set",
      "outer.stepWeights=[]", "--set", "inner.stepSizeRule=fixed", "--iterations", "1")
    #expect(trained.code == 0, "\(trained.errors)")
    let line = try object(try sandbox.text("runs/tiny-1/metrics.jsonl"))
    let keys = [
      "iteration", "seconds", "environmentSteps", "returns", "outerLoss", "meanKL",
      "lineSearchSteps", "accepted",
    ]
    #expect(Set(keys).isSubset(of: line.keys))
    #expect((line["returns"] as? [Double])?.count == 3)
    let facts = try object(try sandbox.text("runs/tiny-1/run.json"))
    let facets = ["name", "seed", "versions", "host", "start", "end", "status"]
    #expect(Set(facets).isSubset(of: facts.keys))
    #expect(facts["status"] as? String == "finished")
  }

  @Test("bench iteration tells seconds by phase")
  func benchmark() throws {
    let sandbox = try Sandbox()
    let result = try sandbox.fledge(
      "bench", "iteration", "tiny.yaml", "--iterations", "2", "--threads", "2", "--format", "json")
    let document = try object(result.output)
    #expect(document["preset"] as? String == "tiny.yaml")
    #expect(document["threads"] as? Int == 2)
    #expect(document["iterations"] as? Int == 2)
    #expect(document["environmentStepsPerIteration"] is Int)
    let seconds = try #require(document["secondsPerIteration"] as? [String: Double])
    #expect(Set(seconds.keys) == ["minimum", "median", "maximum"])
    let phases = try #require(document["phases"] as? [String: Double])
    #expect(
      Set(phases.keys) == [
        "rollouts", "innerGradient", "metaGradient", "conjugateGradient", "lineSearch",
      ])
    #expect(document["limit"] == nil)
  }

  @Test("bench iteration --limit tells what products alone take, kind by kind")
  func limit() throws {
    let sandbox = try Sandbox()
    let line = ["bench", "iteration", "tiny.yaml", "--iterations", "1", "--limit"]
    let document = try object(try sandbox.fledge(line + ["--format", "json"]).output)
    let limit = try #require(document["limit"] as? [String: Any])
    let kinds = try #require(limit["products"] as? [[String: Any]])
    let operations = kinds.reduce(0.0) { sum, kind in
      sum
        + ["rows", "columns", "inner", "count"].reduce(2.0) {
          $0 * Double(kind[$1] as? Int ?? 0)
        }
    }
    #expect(operations > 0 && limit["operations"] as? Double == operations)
    for key in ["productSeconds", "memorySeconds", "memoryBytes"] {
      #expect(limit[key] as? Double ?? 0 > 0, "\(key)")
    }
    let text = try sandbox.fledge(line).output
    #expect(text.contains("products alone ") && text.contains("GFLOP/s"))
  }

  @Test("environments bench, list and describe print JSON")
  func environments() throws {
    let sandbox = try Sandbox()
    let speed = try object(
      try sandbox.fledge(
        "environments", "bench", "point-navigation", "--steps", "100", "--format", "json"
      ).output)
    #expect(
      Set(["environment", "threads", "environments", "stepsPerSecond"]).isSubset(of: speed.keys))
    let described = try object(
      try sandbox.fledge(
        "environments", "describe", "point-navigation-corners", "--format", "json"
      ).output)
    #expect(described["horizon"] as? Int == 100)
    let list = try sandbox.fledge("environments").output
    #expect(list.contains("point-navigation-corners"))
  }

  @Test("environments describe --picture draws every environment, and the task that is given")
  func pictures() throws {
    let sandbox = try Sandbox()
    let list = try sandbox.fledge("environments", "--format", "json").output
    let environments = try #require(
      try JSONSerialization.jsonObject(with: Data(list.utf8)) as? [[String: String]])
    for name in environments.filter({ $0["tasks"] == "episodes" }).compactMap({ $0["name"] }) {
      let result = try sandbox.fledge("environments", "describe", name, "--picture", "first.png")
      #expect(result.code == 0, "\(result.errors)")
      #expect(result.output.contains("example tasks"))
      let first = try sandbox.bytes("first.png")
      #expect(first.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]) && first.count > 4000)
    }
    for goal in ["[0.5,0.5]", "[-0.5,0.5]"] {
      _ = try sandbox.fledge(
        "environments", "describe", "point-navigation", "--picture", goal + ".png", "--task",
        #"{"goal":"# + goal + "}")
    }
    let pictures = try ["[0.5,0.5].png", "[-0.5,0.5].png"].map(sandbox.bytes)
    #expect(pictures[0] != pictures[1])
  }

  @Test("environments check passes, and fails with 65 and the command that shows it once more")
  func conformance() throws {
    let sandbox = try Sandbox()
    let sound = try sandbox.fledge(
      "environments", "check", "point-navigation", "--steps", "10000", "--format", "json")
    #expect(sound.code == 0, "\(sound.output)\(sound.errors)")
    let document = try object(sound.output)
    #expect(document["environment"] as? String == "point-navigation")
    #expect((document["results"] as? [[String: Any]])?.count == 13)
    #expect((document["stepsPerSecond"] as? Double ?? 0) > 0)
    let failing = try sandbox.fledge(
      "environments", "check", "walker", "--set", "environment.parameters.task=original", "--seed",
      "4", "--only", "task-effect")
    #expect(failing.code == 65)
    #expect(failing.output.contains("FAILED  task-effect  16 train tasks are all the same"))
    #expect(failing.errorLines.count == 1)
    #expect(
      failing.errors.contains(
        "once more: fledge environments check walker "
          + "--set environment.parameters.task=original --seed 4 --only task-effect"))
  }

  @Test("gradcheck passes, and fails with 70 when a derivative is broken on purpose")
  func gradients() throws {
    let sandbox = try Sandbox()
    let sound = try sandbox.fledge("gradcheck", "tiny.yaml", "--format", "json")
    #expect(sound.code == 0, "\(sound.output)\(sound.errors)")
    let document = try object(sound.output)
    #expect(document["passed"] as? Bool == true)
    let checks = try #require(document["checks"] as? [[String: Any]])
    #expect(checks.contains { $0["name"] as? String == "metaGradient" })
    for check in checks {
      #expect(check["relativeError"] is Double && check["tolerance"] is Double)
      #expect(check["passed"] as? Bool == true)
    }
    let broken = try sandbox.fledge("gradcheck", "tiny.yaml", "--break-a-derivative")
    #expect(broken.code == 70)
    #expect(broken.output.contains("FAILED"))
    #expect(broken.errorLines.count == 1)
  }

  @Test(
    "gradcheck passes on every preset, rectifiers included",
    arguments: [
      "nav2d-finn", "nav2d-finn-vpg", "nav2d-corners", "maze", "car", "cheetah-velocity",
      "yardstick-trpo", "yardstick-vpg",
    ])
  func presetGradients(name: String) throws {
    let result = try Sandbox().fledge("gradcheck", name)
    #expect(result.code == 0, "\(result.output)\(result.errors)")
  }

  @Test(
    "What presets show prints is a configuration that trains",
    arguments: [
      "nav2d-finn", "nav2d-finn-vpg", "nav2d-corners", "maze", "car", "yardstick-trpo",
      "yardstick-vpg",
    ])
  func presets(name: String) throws {
    let sandbox = try Sandbox()
    let shown = try sandbox.fledge("presets", "show", name)
    #expect(shown.code == 0)
    try shown.output.write(
      toFile: sandbox.path + "/that.yaml", atomically: true, encoding: .utf8)
    let trained = try sandbox.fledge(
      "train", "that.yaml", "--iterations", "1", "--set", "outer.tasks=2", "--set",
      "inner.episodes=2", "--set", "environment.parameters.horizon=5")
    #expect(trained.code == 0, "\(trained.errors)")
    #expect(trained.output == "runs/that-1\n")
  }

  @Test("Help, version and doctor are no errors")
  func help() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.fledge("--help").output.contains("train"))
    #expect(try sandbox.fledge("--version").output.hasPrefix("fledge "))
    let doctor = try object(try sandbox.fledge("doctor", "--format", "json").output)
    #expect(doctor["versions"] is [String: String])
    let tools = try #require(doctor["tools"] as? [[String: String]])
    #expect(
      tools.map { $0["name"] } == [
        "gnuplot", "ffmpeg", "tensorboard", "python3", "gymnasium", "mujoco", "metaworld",
        "wandb", "mlflow", "pyarrow",
      ])
    #expect(tools.allSatisfy { $0["remedy"]?.contains("install") == true })
  }
}
