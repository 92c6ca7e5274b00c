import Foundation
import Testing

/// Both ways between Fledge and Gymnasium, where there is a Python that has it.
@Suite(.enabled(if: Python.hasGymnasium, "FLEDGE_PYTHON, or python3, has no gymnasium"))
struct GymnasiumTests {
  @Test("An environment whose tasks are attributes keeps every check")
  func attributes() throws {
    let result = try Sandbox().fledge(
      ["environments", "check", "gymnasium:Pendulum-v1", "--steps", "2000"]
        + Python.setting([#"tasks=["g=5..15","m=0.5..2"]"#]))
    #expect(result.code == 0, "\(result.output)\(result.errors)")
  }

  @Test(
    "So do those whose tasks come by a method, drawn by itself, or by the options of a reset",
    arguments: [("Reach", []), ("Ask", [#"tasks=["place=-1..1"]"#, "taskBy=options"])])
  func otherWays(name: String, parameters: [String]) throws {
    let result = try Sandbox().fledge(
      ["environments", "check", "gymnasium:broken:\(name)", "--steps", "2000"]
        + Python.setting(["horizon=20"] + parameters),
      setting: ["PYTHONPATH": fixtures])
    #expect(result.code == 0, "\(result.output)\(result.errors)")
  }

  @Test("Discrete actions are trained on, evaluated, and give the same on any number of threads")
  func training() throws {
    let sandbox = try Sandbox()
    for threads in ["1", "2"] {
      let trained = try sandbox.fledge(
        [
          "train", "tiny.yaml", "--run", threads, "--threads", threads, "--iterations", "2",
          "--env", "gymnasium:CartPole-v1",
        ] + Python.setting([#"tasks=["gravity=5..15"]"#, "horizon=20"]))
      #expect(trained.code == 0, "\(trained.errors)")
    }
    #expect(try sandbox.metrics("1") == sandbox.metrics("2"))
    let evaluated = try sandbox.fledge("evaluate", "1", "--tasks", "2", "--format", "json")
    #expect(try object(evaluated.output)["environment"] as? String == "gymnasium:CartPole-v1")
  }

  @Test(
    "What is wrong with an environment is one line before training",
    arguments: [
      ("gymnasium:NoSuch-v1", [], "NameNotFound"),
      ("gymnasium:Pendulum-v1", [#"tasks=["height=1..2"]"#], "no attribute 'height'"),
      ("gymnasium:Pendulum-v1", [#"tasks=["g=2..1"]"#], "name=low..high"),
      ("gymnasium:Pendulum-v1", ["keywords=[\"g\"]"], "name=value"),
      ("gymnasium:Pendulum-v1", ["python=no-such-python"], "no-such-python"),
      ("gymnasium:broken:Walk", [], "environment.parameters.horizon"),
      ("gymnasium:broken:Wlak", [], "the module 'broken' has no 'Wlak'; did you mean 'Walk'?"),
      ("gymnasium:no_such_module:Walk", [], "no_such_module"),
      ("gymnasium:Pendulum-v1", [#"tasks=["g=1..2","g=3..4"]"#], "'g' twice"),
      ("gymnasium:Pendulum-v1", [#"tasks=["g={}"]"#], "name={first,second}"),
      ("gymnasium:Pendulum-v1", [#"tasks=["g={1,1}"]"#], "lists a value twice"),
    ])
  func refused(name: String, parameters: [String], message: String) throws {
    let sandbox = try Sandbox()
    let result = try sandbox.fledge(
      ["environments", "check", name, "--only", "written"]
        + Python.setting(parameters),
      setting: ["PYTHONPATH": fixtures])
    #expect(result.code == 64 || result.code == 65, "\(result.errors)")
    #expect(result.errorLines.count == 1)
    #expect((result.output + result.errors).contains(message), "\(result.output)\(result.errors)")
  }

  @Test(
    "A worker that fails in the middle of training gives one line with the place",
    arguments: [
      ("hang", "the worker has not answered step for 15.0 s"),
      ("exit", "the worker has ended with code 3: the license has expired"),
      ("killed", "the worker has ended by signal 9"), ("raise", "ValueError: no such place"),
      ("length", "an observation has 3 numbers, expected 2"),
      ("nan", "the observation is not a finite number"),
    ])
  func late(fault: String, message: String) throws {
    let sandbox = try Sandbox()
    // Long enough for every other answer, however busy the machine.
    let timeout = fault == "hang" ? ["timeout=15"] : []
    let arguments =
      [
        "train", "tiny.yaml", "--threads", "1", "--quiet", "--set", "run.checkpointEvery=1",
        "--set", "environment.name=gymnasium:broken:Walk",
      ] + Python.setting(["horizon=10", #"tasks=["goal=-1..1"]"#] + timeout)
    let failed = try sandbox.fledge(
      arguments,
      setting: ["PYTHONPATH": fixtures, "WALK_FAULT": fault, "WALK_MARK": sandbox.path])
    #expect(Self.remaining(marked: sandbox.path) == [], "a worker is left")
    #expect(failed.code == 70, "\(failed.errors)")
    #expect(failed.errorLines.count == 1)
    #expect(failed.errors.contains(message), "\(failed.errors)")
    for part in ["in gymnasium:broken:Walk, task ", "of iteration 2", " step "] {
      #expect(failed.errors.contains(part), "\(failed.errors)")
    }
    let resumed = try sandbox.fledge(
      arguments + ["--resume"], setting: ["PYTHONPATH": fixtures])
    #expect(resumed.code == 0, "\(resumed.errors)")
  }

  @Test("What a worker has started ends with it, and nobody waits for it")
  func helped() throws {
    let sandbox = try Sandbox()
    let result = try sandbox.fledge(
      ["environments", "check", "gymnasium:broken:Helped", "--only", "written"]
        + Python.setting(["horizon=10", #"tasks=["goal=-1..1"]"#]),
      setting: ["PYTHONPATH": fixtures, "WALK_MARK": sandbox.path])
    #expect(result.code == 0, "\(result.output)\(result.errors)")
    #expect(Self.remaining(marked: sandbox.path) == [], "a process is left")
  }

  /// The marked processes that don't end: one that was killed is there until it is its turn once more.
  private static func remaining(marked mark: String) -> [String] {
    for _ in 0..<200 where !processes(marked: mark).isEmpty { usleep(50_000) }
    return processes(marked: mark)
  }

  /// The processes in whose environment a mark stands.
  private static func processes(marked mark: String) -> [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.filter { name in
      guard Int(name) != nil,
        let environment = FileManager.default.contents(atPath: "/proc/\(name)/environ")
      else { return false }
      return environment.range(of: Data("WALK_MARK=\(mark)".utf8)) != nil
    }
  }

  @Test("Every built-in environment passes Gymnasium's own check, alone and in a vector")
  func exported() throws {
    let library = products.appendingPathComponent("libFledgeEnvironments.so").path
    let result = try Python.run(
      [fixtures + "/exported.py"],
      setting: ["FLEDGE_LIBRARY": library, "PYTHONPATH": repository + "/Environments/Python"])
    #expect(result.code == 0 && result.output.hasSuffix("all is well\n"), "\(result.output)")
  }
}
