import Foundation
import Testing

/// Published protocols and listed tasks, where there is a Python that has Gymnasium.
@Suite(.enabled(if: Python.hasGymnasium, "FLEDGE_PYTHON, or python3, has no gymnasium"))
struct SlowProtocolTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  private func train(
    _ kind: String, _ parameters: [String] = ["taskBy=method"], more: [String] = []
  ) throws -> Finished {
    try sandbox.fledge(
      ["train", "tiny.yaml", "--run", "run", "--quiet", "--iterations", "1"] + more, onKind: kind,
      parameters)
  }

  private func evaluate(_ arguments: String...) throws -> [String: Any] {
    let result = try sandbox.fledge(
      ["evaluate", "run", "--format", "json"] + arguments,
      setting: ["PYTHONPATH": fixtures, "PYTHONDONTWRITEBYTECODE": "1"])
    #expect(result.code == 0, "\(result.errors)")
    return try object(result.output)
  }

  @Test("Meta-World's protocol: ten episodes, then three, on 40 goals of each kind, none twice")
  func metaWorld() throws {
    #expect(try train("kinds:Listed").code == 0)
    let result = try evaluate("--protocol", "metaworld")
    let curve = try #require(result["curve"] as? [[String: Any]])
    #expect(curve.map { $0["episodes"] as? Int } == [0, 10])
    #expect(curve.map { $0["gradientSteps"] as? Int } == [0, 1])
    #expect(result["episodesPerStep"] as? Int == 3)
    let tasks = try #require(result["perTask"] as? [[String: Any]])
      .compactMap { $0["task"] as? [String: Any] }
    let goals = tasks.map { "\($0["kind"] ?? "") \($0["goal"] ?? "")" }
    #expect(goals.count == 80 && Set(goals).count == 80)
    #expect(tasks.count { $0["kind"] as? String == "near" } == 40)
    #expect(tasks.allSatisfy { (($0["goal"] as? [Int])?.first ?? 0) >= 200 }, "test tasks alone")
    let success = try #require((result["success"] as? [[String: Any]])?.last)
    #expect(success["kinds"] as? [String: Double] == ["near": 1, "far": 0])
    #expect(success["iqm"] as? Double == 0.5 && success["ci95"] as? [Double] == [0.5, 0.5])
  }

  @Test("Finn et al.'s protocol: 40 episodes a step, later steps half as long")
  func finn() throws {
    #expect(try train("kinds:Line", [#"tasks=["goal=-1..1"]"#]).code == 0)
    let result = try evaluate("--protocol", "finn2017")
    let curve = try #require(result["curve"] as? [[String: Any]])
    #expect(curve.map { $0["episodes"] as? Int } == [0, 40, 80, 120])
    #expect((result["perTask"] as? [Any])?.count == 40)
    #expect(result["adaptation"] == nil, "there is nothing to choose")
    let asTrained = try evaluate("--steps", "3", "--episodes", "40", "--as-trained")
    let means = try #require(asTrained["curve"] as? [[String: Any]]).map { $0["mean"] as? Double }
    #expect(curve.map { $0["mean"] as? Double } == means, "later steps are half as long")
  }

  @Test(
    "A protocol leaves no choice in what it says",
    arguments: [
      ["--tasks", "3"], ["--steps", "2"], ["--episodes", "9"], ["--online"], ["--as-trained"],
    ])
  func conflicts(option: [String]) throws {
    let result = try sandbox.fledge(["evaluate", "run", "--protocol", "finn2017"] + option)
    #expect(
      result.code == 64 && result.errors.contains("leave \(option[0]) out"), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test("A split without tasks, and keywords that Python would read otherwise, are one line")
  func refused() throws {
    let empty = try train("kinds:Empty")
    #expect(empty.code == 64 && empty.errors.contains("no tasks for 'test'"), "\(empty.errors)")
    for word in ["True", "None", "no"] {
      let result = try train(
        "kinds:Listed", ["taskBy=method", #"keywords=["a=\#(word)"]"#])
      #expect(result.code == 64 && result.errors.contains("'a=\(word)'"), "\(result.errors)")
    }
  }

  @Test(
    "Bodies in MuJoCo give the same bits on any number of threads and after a resumption, and an oracle is told",
    .enabled(if: Python.hasMuJoCo, "there is no MuJoCo"),
    arguments: ["mujoco-cheetah-velocity", "mujoco-ant-direction"])
  func bodies(preset: String) throws {
    let small = [
      "--quiet", "--set", "outer.tasks=3", "--set", "inner.episodes=2", "--set",
      "environment.parameters.horizon=20", "--set", "environment.parameters.python=\(Python.name)",
    ]
    for (run, iterations, threads, more) in [
      ("whole", "3", "1", []), ("parts", "2", "3", []), ("parts", "3", "2", ["--resume"]),
      ("oracle", "1", "2", ["--method", "oracle"]),
    ] {
      let trained = try sandbox.fledge(
        ["train", preset, "--run", run, "--threads", threads, "--iterations", iterations] + small
          + more)
      #expect(trained.code == 0, "\(trained.errors)")
    }
    #expect(try sandbox.metrics("whole") == sandbox.metrics("parts"))
  }

  @Test("A pool for pearl is what the environment lists")
  func pool() throws {
    let result = try train(
      "kinds:Listed", more: ["--method", "pearl", "--set", "outer.updates=1"])
    #expect(result.code == 0, "\(result.errors)")
  }
}
