import Foundation
import Testing

/// Worlds that step at once in a vector environment, where there is a Python that has Gymnasium.
@Suite(.enabled(if: Python.hasGymnasium, "FLEDGE_PYTHON, or python3, has no gymnasium"))
struct GymnasiumVectorTests {
  /// The first and last returns of two iterations.
  private func returns(
    of kind: String, _ parameters: [String], threads: Int = 2
  ) throws -> [[Double]] {
    let sandbox = try Sandbox()
    let result = try sandbox.fledge(
      ["train", "tiny.yaml", "--run", "r", "--iterations", "2", "--threads", "\(threads)"],
      onKind: "vectors:\(kind)", parameters)
    #expect(result.code == 0, "\(result.errors)")
    return try sandbox.text("r/metrics.jsonl").split(separator: "\n").map {
      try #require(try object(String($0))["returns"] as? [Double])
    }
  }

  @Test("What learning needs holds where worlds have tasks and generators of their own")
  func conformance() throws {
    let whole = try Sandbox().check(
      "vectors:Lines-v0",
      only: ["repeatable", "history", "task-draws", "task-json", "task-effect", "parallel"],
      ["vector=true"])
    #expect(whole.code == 0, "\(whole.output)\(whole.errors)")
    for mode in ["NextStep", "SameStep", "Disabled"] {
      let result = try Sandbox().check(
        "vectors:synchronous", only: ["parallel"],
        ["vector=true", #"keywords=["mode=\"\#(mode)\""]"#])
      #expect(result.code == 0, "\(mode): \(result.output)\(result.errors)")
    }
  }

  @Test("Training is the same to the last bit as on worlds one by one")
  func sameAsAlone() throws {
    // The tasks are drawn by the worlds' own method.
    let alone = try returns(of: "Ending", [])
    for mode in ["NextStep", "SameStep", "Disabled"] {
      let mode = #"keywords=["mode=\"\#(mode)\""]"#
      #expect(try returns(of: "synchronous", ["vector=true", mode]) == alone)
    }
  }

  @Test("Training is the same to the last bit on any number of threads")
  func threads() throws {
    let one = try returns(of: "Lines", ["vector=true"], threads: 1)
    #expect(try returns(of: "Lines", ["vector=true"], threads: 3) == one)
  }

  @Test("Nested observations and actions are put together and taken apart")
  func nested() throws {
    #expect(try returns(of: "nested", ["vector=true", "tasks=none"]).count == 2)
  }

  @Test("A vector environment draws itself, too")
  func pictures() throws {
    let sandbox = try Sandbox()
    let result = try sandbox.fledge(
      ["environments", "describe", "gymnasium:vectors:Drawn-v0", "--picture", "a.png"]
        + Python.setting(["vector=true", "tasks=none"]),
      setting: ["PYTHONPATH": fixtures, "PYTHONDONTWRITEBYTECODE": "1"])
    #expect(result.code == 0, "\(result.errors)")
    #expect(try sandbox.bytes("a.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
  }

  @Test("One generator for all worlds trains, and is noted; the check tells what it means")
  func shared() throws {
    let tasks = #"tasks=["goal=-1..1"]"#
    #expect(try returns(of: "Shared", ["vector=true", tasks]).count == 2)
    let result = try Sandbox().check(
      "vectors:Shared", only: ["repeatable", "parallel"], ["vector=true", tasks])
    #expect(result.code == 65 && result.output.contains("passed  repeatable"))
    #expect(result.output.contains("FAILED  parallel"))
    #expect(result.output.contains("its worlds share one generator"))
  }

  @Test(
    "What is no vector environment, or nothing else, is told in one line",
    arguments: [
      ("wrong", ["vector=true"], "expected a vector environment of"),
      ("Lines-v0", [], "set environment.parameters.vector=true"),
      ("Odd", ["vector=true", #"keywords=["observes=false"]"#], "its observations are None"),
      ("Odd", ["vector=true", #"keywords=["tells=1"]"#], "the success in its infos is 1"),
      ("Failing", ["vector=true"], "sample_tasks failed: KeyError: 'goal' (vectors.py, line "),
    ])
  func refused(kind: String, parameters: [String], message: String) throws {
    let result = try Sandbox().fledge(
      ["train", "tiny.yaml", "--quiet"], onKind: "vectors:\(kind)", parameters)
    #expect([64, 70].contains(result.code), "\(result.errors)")
    #expect(result.errorLines.last?.contains(message) == true, "\(result.errors)")
  }
}
