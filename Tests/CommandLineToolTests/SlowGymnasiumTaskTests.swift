import Foundation
import Testing

/// Where tasks of Gymnasium's environments come from, where there is a Python that has it.
@Suite(.enabled(if: Python.hasGymnasium, "FLEDGE_PYTHON, or python3, has no gymnasium"))
struct SlowGymnasiumTaskTests {
  /// What `environments describe` gives as example tasks, by split.
  private func examples(_ kind: String, _ parameters: [String]) throws -> [String: [[String: Any]]]
  {
    let result = try Sandbox().fledge(
      ["environments", "describe", "gymnasium:\(kind)", "--format", "json"]
        + Python.setting(["horizon=10"] + parameters),
      setting: ["PYTHONPATH": fixtures, "PYTHONDONTWRITEBYTECODE": "1"])
    #expect(result.code == 0, "\(result.errors)")
    return try #require(try object(result.output)["exampleTasks"] as? [String: [[String: Any]]])
  }

  @Test(
    "The same seed draws the same tasks, whichever generator the environment draws from",
    arguments: [
      "random", "numpy", "np_random", "own", "helper", "module", "space", "reset", "set",
    ])
  func seeded(source: String) throws {
    let result = try Sandbox().check(
      "kinds:Draws", only: ["task-draws"], [#"keywords=["source=\"\#(source)\""]"#])
    #expect(result.code == 0, "\(result.output)\(result.errors)")
  }

  @Test("Draws that no seed reaches fail the check")
  func unseeded() throws {
    let result = try Sandbox().check(
      "kinds:Draws", only: ["task-draws"], [#"keywords=["source=\"system\""]"#])
    #expect(result.code == 65 && result.output.contains("drawn once more with the same seed"))
  }

  @Test(
    "Tasks that are wanted before a reset, stand in a wrapper, are listed, or are none train",
    arguments: [
      ("kinds:Needy", []), ("kinds:Wrapped", []), ("kinds:Line", [#"tasks=["goal={-1,1}"]"#]),
      ("CartPole-v1", ["tasks=none"]),
    ])
  func trained(kind: String, parameters: [String]) throws {
    let result = try Sandbox().fledge(
      ["train", "tiny.yaml", "--quiet", "--iterations", "1"], onKind: kind, parameters)
    #expect(result.code == 0 && result.errors.isEmpty, "\(result.errors)")
  }

  @Test("A range may be written with two points or three")
  func ranges() throws {
    let two = try examples("kinds:Line", [#"tasks=["goal=-1..1"]"#])
    let three = try examples("kinds:Line", [#"tasks=["goal = -1 ... 1"]"#])
    #expect(NSDictionary(dictionary: two) == NSDictionary(dictionary: three))
  }

  @Test(
    "A sampler that takes the split is told it, through a wrapper too",
    arguments: ["Split", "Passes"])
  func split(name: String) throws {
    let tasks = try examples("kinds:\(name)", [])
    for (split, place) in [("train", 0.0), ("validation", 10), ("test", 20), ("shifted", 30)] {
      let goals = (tasks[split] ?? []).compactMap { $0["goal"] as? Double }
      #expect(goals.count == 2 && goals.allSatisfy { floor($0 / 10) * 10 == place }, "\(tasks)")
    }
  }

  @Test(
    "Listed tasks are all there is: none is shifted, every check passes, and one can be left out")
  func listed() throws {
    let tasks = [#"tasks=["goal={-1,1}"]"#]
    #expect(try examples("kinds:Line", tasks)["shifted"] == nil)
    let sandbox = try Sandbox()
    let checked = try sandbox.check(
      "kinds:Line", only: ["splits", "task-json", "task-effect", "history", "task-draws"], tasks)
    #expect(checked.code == 0, "\(checked.output)\(checked.errors)")
    let trained = try sandbox.fledge(
      [
        "train", "tiny.yaml", "--quiet", "--run", "r", "--iterations", "1", "--set",
        "environment.leftOutTask=1",
      ], onKind: "kinds:Line", tasks)
    #expect(trained.code == 0, "\(trained.errors)")
    let evaluate = { (split: String) in
      try sandbox.fledge(
        ["evaluate", "r", "--tasks", "2", "--split", split, "--format", "json"],
        setting: ["PYTHONPATH": fixtures, "PYTHONDONTWRITEBYTECODE": "1"])
    }
    #expect(
      try evaluate("test").output.contains(#""goal":1"#)
        || evaluate("test").output.contains(#""goal" : 1"#))
    let shifted = try evaluate("shifted")
    #expect(shifted.code == 64 && shifted.errorLines.count == 1)
    #expect(shifted.errors.contains("no shifted tasks; expected train, validation, test"))
  }

  @Test(
    "An environment without tasks is told, and one of a package isn't trained on without a word")
  func taskless() throws {
    let sandbox = try Sandbox()
    let refused = try sandbox.fledge(
      ["train", "tiny.yaml", "--run", "r"], onKind: "CartPole-v1")
    #expect(refused.code == 64 && refused.errorLines.count == 1, "\(refused.errors)")
    #expect(refused.errors.contains("tasks=none"))
    #expect(!FileManager.default.fileExists(atPath: sandbox.path + "/r"))
    let own = try sandbox.fledge(
      ["train", "tiny.yaml", "--iterations", "1"], onKind: "kinds:Line")
    #expect(own.code == 0 && own.errors.contains("note: it has no sample_tasks"), "\(own.errors)")
    let checked = try sandbox.check("kinds:Line", only: ["task-effect"], ["tasks=none"])
    #expect(checked.code == 0 && checked.output.contains("one task alone"), "\(checked.output)")
  }

  @Test("That starts never vary is said in Python or by a parameter")
  func starts() throws {
    let sandbox = try Sandbox()
    let tasks = #"tasks=["goal=-1..1"]"#
    #expect(try sandbox.check("kinds:Still", only: ["starts"], [tasks]).code == 0)
    #expect(try sandbox.check("kinds:StillToo", only: ["starts"], [tasks]).code == 65)
    let told = try sandbox.check("kinds:StillToo", only: ["starts"], [tasks, "startsVary=false"])
    #expect(told.code == 0, "\(told.output)\(told.errors)")
  }

  @Test("The interpreter is the one that FLEDGE_PYTHON names, for environments and for doctor")
  func interpreter() throws {
    let sandbox = try Sandbox()
    let describe = ["environments", "describe", "gymnasium:CartPole-v1"]
    let missing = sandbox.path + "/no-python"
    let found = try sandbox.fledge(describe, setting: ["FLEDGE_PYTHON": Python.name])
    #expect(found.code == 0, "\(found.errors)")
    let lost = try sandbox.fledge(describe, setting: ["FLEDGE_PYTHON": missing])
    #expect(lost.code == 64 && lost.errors.contains(missing), "\(lost.errors)")
    let doctor = try sandbox.fledge("doctor", setting: ["FLEDGE_PYTHON": missing])
    #expect(doctor.code == 0 && doctor.output.contains("FLEDGE_PYTHON names \(missing)"))
    let given = try sandbox.fledge(
      describe + Python.setting([]), setting: ["FLEDGE_PYTHON": missing])
    #expect(given.code == (Python.name == "python3" ? 64 : 0), "\(given.errors)")
  }

  @Test("An oracle observes the task's numbers behind all others; a blind one is refused")
  func oracle() throws {
    let sandbox = try Sandbox()
    let tasks = #"tasks=["goal=-1..1"]"#
    let described = try sandbox.fledge(
      ["environments", "describe", "gymnasium:kinds:Line", "--format", "json"]
        + Python.setting(["horizon=10", tasks, "observesTask=true"]),
      setting: ["PYTHONPATH": fixtures, "PYTHONDONTWRITEBYTECODE": "1"])
    let parts = try #require(try object(described.output)["observation"] as? [[String: Any]])
    #expect(parts.count == 3 && parts.last?["name"] as? String == "task goal", "\(parts)")
    let train = ["train", "tiny.yaml", "--quiet", "--iterations", "1", "--method", "oracle"]
    let seeing = try sandbox.fledge(train, onKind: "kinds:Line", [tasks])
    #expect(seeing.code == 0, "\(seeing.errors)")
    let shape = try sandbox.state("runs/tiny-oracle-1", 1).arrays
      .first { $0.name == "policy/layers.0.weight" }?.shape
    #expect(shape?.first == 3)
    // Each of the worlds side by side shows the task of its own episode.
    let checked = try sandbox.check(
      "kinds:Line", only: ["parallel"], [tasks, "observesTask=true"])
    #expect(checked.code == 0, "\(checked.output)")
    let blind = try sandbox.fledge(
      train + ["--run", "blind"], onKind: "kinds:Line", ["tasks=none"])
    #expect(blind.code == 64 && blind.errorLines.count == 1)
    #expect(blind.errors.contains("have no numbers that environment.parameters.observesTask"))
  }

  @Test("A class whose file changed is refused unless that is allowed, and then measured anew")
  func changedClass() throws {
    let sandbox = try Sandbox()
    let line = try String(contentsOfFile: fixtures + "/kinds.py", encoding: .utf8)
    func write(_ text: String, to folder: String) throws {
      try FileManager.default.createDirectory(
        atPath: sandbox.path + "/" + folder, withIntermediateDirectories: true)
      try text.write(
        toFile: sandbox.path + "/\(folder)/mine.py", atomically: true, encoding: .utf8)
    }
    func fledge(_ arguments: [String], from folder: String = "code") throws -> Finished {
      try sandbox.fledge(
        arguments,
        setting: [
          "PYTHONPATH": sandbox.path + "/" + folder, "PYTHONDONTWRITEBYTECODE": "1",
        ])
    }
    try write(line, to: "code")
    let train =
      ["train", "tiny.yaml", "--quiet", "--run", "a", "--env", "gymnasium:mine:Line"]
      + Python.setting(["horizon=10", #"tasks=["goal=-1..1"]"#])
    #expect(try fledge(train + ["--iterations", "2"]).code == 0)
    let evaluate = ["evaluate", "a", "--tasks", "2"]
    let before = try fledge(evaluate)
    #expect(before.code == 0, "\(before.errors)")
    // The same code elsewhere is the same.
    try write(line, to: "elsewhere")
    #expect(try fledge(evaluate, from: "elsewhere").output == before.output)
    try write(line.replacing("return -abs(", with: "return -10 * abs("), to: "code")
    for command in [train + ["--iterations", "3", "--resume"], evaluate] {
      let refused = try fledge(command)
      #expect(refused.code == 64 && refused.errorLines.count == 1)
      #expect(refused.errors.contains("the code of 'mine:Line' has changed"), "\(refused.errors)")
    }
    let allowed = try fledge(evaluate + ["--allow-changes"])
    #expect(allowed.code == 0 && allowed.output != before.output, "\(allowed.errors)")
  }

  @Test("A package's code counts wherever in the package it is")
  func changedPackage() throws {
    let sandbox = try Sandbox()
    func write(_ text: String, to file: String) throws {
      let path = sandbox.path + "/code/" + file
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    let kinds = try String(contentsOfFile: fixtures + "/kinds.py", encoding: .utf8)
    try write("", to: "mine/__init__.py")
    try write(kinds, to: "mine/envs/line.py")
    try write("SCALE = 1", to: "mine/helpers/scale.py")
    let variables = ["PYTHONPATH": sandbox.path + "/code", "PYTHONDONTWRITEBYTECODE": "1"]
    let train =
      ["train", "tiny.yaml", "--quiet", "--run", "a", "--iterations", "1"]
      + ["--env", "gymnasium:mine.envs.line:Line"]
      + Python.setting(["horizon=10", #"tasks=["goal=-1..1"]"#])
    let trained = try sandbox.fledge(train, setting: variables)
    #expect(trained.code == 0, "\(trained.errors)")
    // Nothing has imported it; a step may.
    try write("SCALE = 10", to: "mine/helpers/scale.py")
    let refused = try sandbox.fledge(["evaluate", "a", "--tasks", "2"], setting: variables)
    #expect(refused.code == 64 && refused.errors.contains("has changed"), "\(refused.errors)")
  }
}
