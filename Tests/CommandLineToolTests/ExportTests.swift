import Foundation
import RunRecords
import Testing

/// From a run to a program of one's own, as a user meets it.
@Suite struct ExportTests {
  private static let library = products.appendingPathComponent("libFledgePolicy.so").path
  private static let includes = ["CPolicy", "CPlugin"].map {
    "-I \(repository)/Sources/\($0 == "CPolicy" ? "Program" : "Worlds")/\($0)/include"
  }.joined(separator: " ")

  /// A sandbox with a run of a moment, and an export of it.
  private func exported() throws -> Sandbox {
    let sandbox = try Sandbox()
    let trained = try sandbox.fledge("train", "tiny.yaml", "--quiet")
    #expect(trained.code == 0, "\(trained.errors)")
    let exported = try sandbox.fledge("export", "runs/tiny-1", "--out", "robot")
    #expect(exported.code == 0 && exported.output == "robot\n", "\(exported.errors)")
    return sandbox
  }

  /// Episodes of the tiny run's kind, as somebody records them.
  private func writeEpisodes(_ sandbox: Sandbox, to file: String = "episodes.jsonl") throws {
    let lines = (0..<4).map { episode in
      let steps = 0..<10
      let observations = (0...10).map { step in
        "[\(Double(step * (episode + 1)) / 40), \(Double(step) / 50)]"
      }
      let actions = steps.map { step in "[\(Double((step * 7 + episode) % 5) / 4), -0.25]" }
      let rewards = steps.map { step in "\(-Double(step * (episode + 1)) / 10)" }
      let ends = steps.map { _ in "false" }
      return """
        {"observations": [\(observations.joined(separator: ", "))], "actions": [\(actions.joined(separator: ", "))], \
        "rewards": [\(rewards.joined(separator: ", "))], "terminations": [\(ends.joined(separator: ", "))]}
        """
    }
    try lines.joined(separator: "\n").write(
      toFile: sandbox.path + "/" + file, atomically: true, encoding: .utf8)
  }

  @Test("A run is exported as it is, or adapted to a task; recorded episodes adapt it, and go on")
  func commands() throws {
    let sandbox = try exported()
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: sandbox.path + "/robot").sorted()
        == ["README.md", "policy.json", "policy.onnx", "policy.safetensors"])
    try "{\"goal\": [0.2, -0.3]}".write(
      toFile: sandbox.path + "/task.json", atomically: true, encoding: .utf8)
    let task = try sandbox.fledge(
      "export", "runs/tiny-1", "--out", "there", "--task", "task.json", "--steps", "2")
    #expect(task.code == 0, "\(task.errors)")
    #expect(task.errors.contains("adapted to {\"goal\":[0.2,-0.3]} from 8 episodes"))
    try writeEpisodes(sandbox)
    for from in ["runs/tiny-1", "robot"] {
      let adapted = try sandbox.fledge(
        "adapt", from, "--episodes", "episodes.jsonl", "--out", "adapted")
      #expect(adapted.code == 0, "\(adapted.errors)")
      #expect(
        adapted.errors.contains(
          "learned from 4 episodes of 40 steps in all; its parameters moved by"))
    }
    let again = try sandbox.fledge(
      "adapt", "adapted", "--episodes", "episodes.jsonl", "episodes.jsonl", "--out", "adapted")
    #expect(again.code == 0, "\(again.errors)")
    let description = try object(sandbox.text("adapted/policy.json"))
    let learned = try #require(description["learned"] as? [String: Any])
    #expect(learned["episodes"] as? Int == 12 && learned["steps"] as? Int == 120)
  }

  @Test(
    "What can't be exported or adapted to is one line with its exit code",
    arguments: [
      ("export runs/none --out x", "runs/none", 65),
      ("export runs/tiny-1", "--out", 64),
      ("export runs/tiny-1 --out x --task none.json", "none.json", 65),
      ("export runs/tiny-1 --out x --task tiny.yaml", "tiny.yaml: environment", 64),
      ("export runs/tiny-1 --out x --steps 2", "give --task too", 64),
      ("export runs/tiny-1 --out x --episodes 2", "give --task too", 64),
      ("export runs/tiny-1 --out x --task tiny.yaml --steps 0", "--steps is 0", 64),
      ("adapt robot --episodes episodes.jsonl --out x --as-trained", "leave them out", 64),
      ("export runs/tiny-1 --out tiny.yaml", "tiny.yaml holds other files", 64),
      ("export runs/tiny-1 --out runs/tiny-1", "name a new folder", 64),
      ("adapt runs --episodes episodes.jsonl --out x", "neither a run's directory nor", 65),
      ("adapt robot --episodes runs --out x", "runs is a folder", 64),
      ("adapt runs/tiny-1 --episodes none.jsonl --out x", "none.jsonl", 65),
      ("adapt runs/tiny-1 --episodes tiny.yaml --out x", "ends with .jsonl or .npz", 64),
      (
        "adapt runs/tiny-1 --episodes wrong.jsonl --out x",
        "episode 1 has 10 observations, expected 11", 65
      ),
      ("adapt runs/tiny-1 --episodes cut.jsonl --out x", "no JSON object in line 4", 65),
      ("adapt runs/tiny-1 --episodes empty.jsonl --out x", "has no episodes", 65),
      ("adapt runs/tiny-1 --episodes cut.npz --out x", "no NumPy archive", 65),
    ])
  func refusals(line: String, part: String, code: Int32) throws {
    let sandbox = try exported()
    try writeEpisodes(sandbox)
    let lines = try sandbox.text("episodes.jsonl").split(separator: "\n").map(String.init)
    let short = lines[1].replacingOccurrences(of: "[0.0, 0.0], ", with: "")
    for (file, text) in [
      ("wrong.jsonl", lines[0] + "\n" + short), ("empty.jsonl", "\n\n"),
      ("cut.jsonl", String(lines.joined(separator: "\n").dropLast(9))), ("cut.npz", "PK\u{3}\u{4}"),
    ] {
      try text.write(toFile: sandbox.path + "/" + file, atomically: true, encoding: .utf8)
    }
    let result = try sandbox.fledge(words(line))
    #expect(result.code == code, "\(result.errors)")
    #expect(result.errorLines.count == 1 && result.errors.contains(part), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: sandbox.path + "/x/policy.json"))
  }

  @Test(
    "A program in C drives the cart, adapts and saves; acting allocates nothing and starts no thread"
  )
  func program() throws {
    let sandbox = try Sandbox()
    let examples = "\(repository)/Environments/Examples"
    let (code, output) = try SlowAuthoringTests.run(
      """
      clang -shared -fPIC -O2 \(Self.includes) \(examples)/CartInC/cart.c -lm -o cart.so
      fledge train \(examples)/RobotInC/cart.yaml --plugin ./cart.so --quiet --iterations 3 \
        --set outer.tasks=3 --set evaluation.tuningTasks=2
      fledge export runs/cart-1 --out robot --plugin ./cart.so
      clang -O2 \(Self.includes) \(examples)/RobotInC/robot.c \(examples)/CartInC/cart.c \
        \(Self.library) -Wl,-rpath,\(products.path) -lm -o drive
      ./drive robot 0.8 driven
      ./drive driven 0.8
      clang -O2 \(Self.includes) \(fixtures)/acting.c \(Self.library) -Wl,-rpath,\(products.path) -o acting
      ./acting robot 200000
      clang -g -O1 -fsanitize=address -DCOUNTED_BY_ANOTHER \(Self.includes) \(fixtures)/acting.c \
        \(Self.library) -Wl,-rpath,\(products.path) -o checked
      ./checked driven 1000
      """, in: sandbox)
    #expect(code == 0, "\(output)")
    #expect(output.components(separatedBy: "after 60 episodes").count == 3, "\(output)")
    #expect(output.contains("\n0 allocations, 0 bytes, 1 threads\n"), "\(output)")
    #expect(output.contains("\nthe fol\n"), "\(output)")
    let description = try object(sandbox.text("driven/policy.json"))
    let learned = try #require(description["learned"] as? [String: Any])
    #expect(learned["episodes"] as? Int == 60)
  }

  @Test(
    "Python adapts to the very parameters that the command does, and tells wrong use",
    .enabled(if: Python.hasGymnasium, "FLEDGE_PYTHON, or python3, has no gymnasium"))
  func python() throws {
    let sandbox = try exported()
    try writeEpisodes(sandbox)
    let adapted = try sandbox.fledge(
      "adapt", "robot", "--episodes", "episodes.jsonl", "--out", "adapted")
    #expect(adapted.code == 0, "\(adapted.errors)")
    let result = try Python.run(
      [
        fixtures + "/policies.py", sandbox.path + "/robot", sandbox.path + "/episodes.jsonl",
        sandbox.path + "/python",
      ],
      setting: [
        "PYTHONPATH": repository + "/Environments/Python", "FLEDGE_POLICY_LIBRARY": Self.library,
        "PYTHONDONTWRITEBYTECODE": "1",
      ])
    #expect(result.code == 0 && result.output.contains("Ran 8 tests"), "\(result.output)")
    #expect(
      try sandbox.bytes("python/policy.safetensors") == sandbox.bytes("adapted/policy.safetensors"))
  }

  @Test(
    "A loop over a Gymnasium environment adapts a policy; an agent of NumPy's stands beside a run",
    .enabled(if: Python.hasGymnasium, "FLEDGE_PYTHON, or python3, has no gymnasium"))
  func examples() throws {
    let sandbox = try exported()
    let variables = [
      "PYTHONPATH": repository + "/Environments/Python", "FLEDGE_POLICY_LIBRARY": Self.library,
      "FLEDGE_LIBRARY": products.appendingPathComponent("libFledgeEnvironments.so").path,
      "PYTHONDONTWRITEBYTECODE": "1",
    ]
    let examples = "\(repository)/Environments/Examples/InPython"
    let robot = try Python.run(
      [
        examples + "/robot.py", sandbox.path + "/robot", "fledge/point-navigation",
        "{\"goal\": [0.3, -0.2]}",
      ], setting: variables)
    #expect(robot.code == 0 && robot.output.contains("after 60 episodes: -"), "\(robot.output)")
    let trained = try sandbox.fledge(
      "train", "tiny.yaml", "--quiet", "--set", "environment.parameters.horizon=100", "--set",
      "run.name=long", "--iterations", "2")
    #expect(trained.code == 0, "\(trained.errors)")
    let asked = ["--tasks", "3", "--episodes", "2"]
    let evaluated = try sandbox.fledge(["evaluate", "runs/long-1", "--per-episode"] + asked)
    #expect(evaluated.code == 0, "\(evaluated.errors)")
    let stored = try #require(
      try FileManager.default.contentsOfDirectory(atPath: sandbox.path + "/runs/long-1/evaluations")
        .first { $0.contains("per-episode") && $0.hasSuffix(".json") })
    let seeker = try Python.run(
      [
        examples + "/seeker.py", sandbox.path + "/runs/long-1/evaluations/" + stored,
        sandbox.path + "/seeker.json",
      ], setting: variables)
    #expect(seeker.code == 0 && seeker.output.contains("after 40 episodes"), "\(seeker.output)")
    let compared = try sandbox.fledge(
      ["compare", "runs/long-1", "seeker.json", "--per-episode", "--format", "json"] + asked)
    #expect(compared.code == 0, "\(compared.errors)")
    let methods = try #require(object(compared.output)["methods"] as? [[String: Any]])
    #expect(methods.map { $0["method"] as? String } == ["long", "Seeker", "optimum"])
    let reported = try sandbox.fledge(["report", "runs/long-1", "seeker.json"] + asked)
    #expect(reported.code == 0)
    #expect(try sandbox.text("report/index.html").contains("Seeker"))
    for (line, part, code) in [
      ("compare runs/long-1 seeker.json", "compare it with --per-episode or --online", 64),
      ("compare seeker.json", "name at least one run's directory", 64),
      (
        "compare runs/long-1 seeker.json --per-episode --tasks 4 --episodes 2", "is on other tasks",
        64
      ),
      ("compare runs/long-1 seeker.json --online --tasks 3 --episodes 2", "was measured after", 64),
      ("compare runs/long-1 robot/policy.json --per-episode", "is no evaluation of an agent", 65),
    ] as [(String, String, Int32)] {
      let refused = try sandbox.fledge(words(line))
      #expect(refused.code == code && refused.errors.contains(part), "\(refused.errors)")
    }
  }
}
