import Foundation
import Testing

/// Environments of every kind that Gymnasium allows, where there is a Python that has it.
@Suite(.enabled(if: Python.hasGymnasium, "FLEDGE_PYTHON, or python3, has no gymnasium"))
struct SlowGymnasiumKindTests {
  @Test(
    "Actions of every shape and range arrive as their space has them",
    arguments: [
      "far", "pressed", "one", "table", "double", "whole", "bytes", "free", "positive", "below",
      "fixed", "choice", "choices", "switches", "parts", "pair",
    ])
  func actions(kind: String) throws {
    let result = try Sandbox().check(
      "kinds:Takes", only: ["finite"],
      [#"keywords=["kind=\"\#(kind)\""]"#, #"tasks=["goal=0..1"]"#])
    #expect(result.code == 0, "\(result.output)\(result.errors)")
  }

  @Test("A policy's actions lie between the bounds, however far from zero these are")
  func scaled() throws {
    let sandbox = try Sandbox()
    let result = try sandbox.fledge(
      ["train", "tiny.yaml", "--run", "r", "--iterations", "1", "--threads", "1"],
      onKind: "kinds:Inside", [#"tasks=["goal=0..1"]"#])
    #expect(result.code == 0, "\(result.errors)")
    let line = try #require(try sandbox.text("r/metrics.jsonl").split(separator: "\n").first)
    let returns = try #require(try object(String(line))["returns"] as? [Double])
    // Of standard normal numbers, 68 in 100 lie between -1 and 1; an episode has 10 steps.
    #expect(returns[0] > 5 && returns[0] < 9, "\(returns)")
  }

  @Test("Returns of any size leave a table as wide as it is")
  func huge() throws {
    let sandbox = try Sandbox()
    let trained = try sandbox.fledge(
      ["train", "tiny.yaml", "--quiet", "--run", "r", "--method", "random", "--threads", "1"],
      onKind: "kinds:Huge", [#"tasks=["goal=0..1"]"#])
    #expect(trained.code == 0, "\(trained.errors)")
    let evaluated = try sandbox.fledge(
      ["evaluate", "r", "--tasks", "2", "--steps", "0", "--as-trained"],
      setting: ["PYTHONPATH": fixtures])
    #expect(evaluated.output.contains("-1.00e+37"), "\(evaluated.output)\(evaluated.errors)")
    #expect(evaluated.output.split(separator: "\n").allSatisfy { $0.count <= 110 })
  }

  @Test("What is nested, chosen or counted is seen as numbers; texts are left out, and said")
  func observations() throws {
    let sandbox = try Sandbox()
    for kind in ["nested", "choice", "table"] {
      let result = try sandbox.check(
        "kinds:Sees", only: ["written", "bounds"],
        [#"keywords=["kind=\"\#(kind)\""]"#, #"tasks=["goal=0..1"]"#])
      #expect(result.code == 0, "\(result.output)\(result.errors)")
      #expect(result.output.contains("observation told is a text") == (kind == "nested"))
    }
  }

  @Test(
    "Pictures, and what is as wide as one, are refused in a line that names the space",
    arguments: [
      ("picture", "Box(0, 255, (84, 84, 3), uint8)"), ("hidden picture", "(64, 64)"),
      ("wide", "(30000,)"), ("many", "Discrete(1000000000)"), ("graph", "Graph"),
    ])
  func pictures(kind: String, space: String) throws {
    let sandbox = try Sandbox()
    let result = try sandbox.fledge(
      ["train", "tiny.yaml", "--quiet"], onKind: "kinds:Sees",
      [#"keywords=["kind=\"\#(kind)\""]"#, #"tasks=["goal=0..1"]"#])
    #expect(result.code == 64, "\(result.errors)")
    #expect(result.errorLines.count == 1 && result.errors.contains(space), "\(result.errors)")
  }

  @Test(
    "A reward in an array of one element is taken; what isn't a number is told with its place",
    arguments: [
      ("array", nil), ("scalar", nil), ("whole", nil), ("flag", nil),
      ("none", "the reward is None, expected a number"), ("pair", "expected a number"),
      ("text", "expected a number"), ("endless", "the reward is not a finite number"),
    ])
  func rewards(form: String, message: String?) throws {
    let result = try Sandbox().fledge(
      ["train", "tiny.yaml", "--quiet", "--iterations", "1"], onKind: "kinds:Rewards",
      [#"keywords=["form=\"\#(form)\""]"#, #"tasks=["goal=0..1"]"#])
    guard let message else {
      #expect(result.code == 0, "\(result.errors)")
      return
    }
    #expect(result.code == 70 && result.errorLines.count == 1, "\(result.errors)")
    for part in [message, "task ", "of iteration 1", "episode 0, step "] {
      #expect(result.errors.contains(part), "\(result.errors)")
    }
  }

  @Test(
    "An environment that asks, or starts what reads the input or copies itself, finds its end",
    arguments: ["Asks", "Listens"])
  func input(name: String) throws {
    let result = try Sandbox().check(
      "kinds:\(name)", only: ["written"], [#"tasks=["goal=0..1"]"#])
    #expect(result.code == 0, "\(result.output)\(result.errors)")
  }

  @Test("However much an environment prints, no file grows")
  func prints() throws {
    // Who writes more than 2 MB to a file dies of it; the environment prints 20.
    let result = try Sandbox().check(
      "kinds:Chats", only: ["memory"], [#"tasks=["goal=0..1"]"#],
      by: ["prlimit", "--fsize=2000000"])
    #expect(result.code == 0, "\(result.output)\(result.errors)")
  }

  /// Whether this process may mount file systems that only its children see.
  private static let mayMount = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/dev/shm"]
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  @Test(
    "Where the shared memory is too small, temporary files serve; where they are too, a line says so",
    .enabled(if: mayMount, "file systems can't be mounted here"), arguments: [false, true])
  func sharedMemory(isFull: Bool) throws {
    let sandbox = try Sandbox()
    let small = { (path: String) in "mount -t tmpfs -o size=64k tmpfs \(path); " }
    let mounts = small("/dev/shm") + (isFull ? "mkdir small; " + small("small") : "")
    let result = try sandbox.fledge(
      ["train", "tiny.yaml", "--quiet", "--iterations", "1", "--set", "inner.episodes=1000"],
      onKind: "kinds:Sees", [#"keywords=["kind=\"choice\""]"#, #"tasks=["goal=0..1"]"#],
      by: [
        "unshare", "--mount", "sh", "-c",
        mounts + "export TMPDIR=\(isFull ? "small" : "/tmp"); exec \"$@\"", "sh",
      ])
    guard isFull else {
      #expect(result.code == 0, "\(result.errors)")
      return
    }
    #expect(result.code != 0 && result.errorLines.count == 1, "\(result.errors)")
    #expect(result.errors.contains("bytes of shared memory"), "\(result.errors)")
  }

  @Test(
    "An environment of gym, with its spaces, its seed and its four values a step, keeps every check"
  )
  func older() throws {
    let result = try Sandbox().check(
      "older:Walk",
      only: ["written", "bounds", "finite", "repeatable", "termination", "task-effect"],
      [#"tasks=["goal=-1..1"]"#])
    #expect(result.code == 0, "\(result.output)\(result.errors)")
  }

  @Test(
    "Success is counted as its steps say, or by termination; an episode that is cut off has not terminated",
    arguments: [
      ("truncated", "nothing", "success=ever", nil),
      ("truncated", "nothing", "terminationIsSuccess=true", 0.0),
      ("terminated", "nothing", "terminationIsSuccess=true", 1),
      ("truncated", "middle", "success=ever", 1), ("truncated", "middle", "success=end", 0),
      ("terminated", "last", "success=end", 1),
    ])
  func success(way: String, says: String, parameter: String, rate: Double?) throws {
    let sandbox = try Sandbox()
    let trained = try sandbox.fledge(
      ["train", "tiny.yaml", "--quiet", "--run", "r", "--iterations", "1"], onKind: "kinds:Ends",
      [
        parameter, #"keywords=["way=\"\#(way)\"","says=\"\#(says)\""]"#, #"tasks=["goal=0..1"]"#,
      ])
    #expect(trained.code == 0, "\(trained.errors)")
    let line = try #require(try sandbox.text("r/metrics.jsonl").split(separator: "\n").first)
    let metrics = try object(String(line))
    #expect(metrics["success"] as? Double == rate)
    // 5 tasks, of which 4 episodes are collected 3 times, each of 5 steps.
    #expect(metrics["environmentSteps"] as? Int == 300)
    let evaluated = try sandbox.fledge(
      ["evaluate", "r", "--tasks", "2", "--format", "json"],
      setting: ["PYTHONPATH": fixtures, "PYTHONDONTWRITEBYTECODE": "1"])
    let curve = try #require(try object(evaluated.output)["curve"] as? [[String: Any]])
    for point in curve { #expect(point["successRate"] as? Double == rate) }
  }

  @Test("A success that is no number is no success")
  func unknownSuccess() throws {
    let result = try Sandbox().fledge(
      ["train", "tiny.yaml", "--quiet", "--iterations", "1"], onKind: "kinds:NoSuccess",
      [#"tasks=["goal=-1..1"]"#])
    #expect(result.code == 70 && result.errors.contains("the success is nan"), "\(result.errors)")
  }
}
