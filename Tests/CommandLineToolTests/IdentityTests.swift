import Foundation
import SampleDrawings
import Testing

/// Runs, data and libraries are known by what they are, not by how their path is spelled.
@Suite struct IdentityTests {
  /// Builds the cart, its rewards scaled, as a library in the sandbox.
  private static func build(_ scale: String, in sandbox: Sandbox) throws {
    try sandbox.buildCart(defining: ["FAULT=SOUND", "SCALE=\(scale)"])
  }

  private static let train = [
    "train", "tiny.yaml", "--env", "cart", "--quiet", "--run", "a", "--iterations",
  ]

  /// The mean after no step, of three tasks.
  private func start(_ sandbox: Sandbox, _ more: [String]) throws -> Double? {
    let arguments = ["compare", "a", "--tasks", "3", "--steps", "1", "--format", "json"]
    let document = try object(try sandbox.fledge(arguments + more).output)
    let methods = document["methods"] as? [[String: Any]]
    let curve = methods?.first?["curve"] as? [[String: Any]]
    return (curve?.first?["mean"] as? [String: Any])?["value"] as? Double
  }

  @Test("A library that was built anew is refused unless that is allowed, and then measured anew")
  func changedLibrary() throws {
    let sandbox = try Sandbox()
    try Self.build("1", in: sandbox)
    #expect(try sandbox.fledge(Self.train + ["2", "--plugin", "cart.so"]).code == 0)
    let before = try #require(try start(sandbox, []))
    try Self.build("10", in: sandbox)
    let goOn = Self.train + ["3", "--plugin", "cart.so", "--resume"]
    for command in [goOn, ["evaluate", "a"], ["compare", "a"], ["train", "a/config.yaml"]] {
      let refused = try sandbox.fledge(command)
      #expect(refused.code == 64 && refused.errorLines.count == 1)
      #expect(refused.errors.contains("/cart.so' has changed since"), "\(refused.errors)")
      #expect(refused.errors.contains("--allow-changes"))
    }
    #expect(try sandbox.metrics("a").count == 2)
    let after = try #require(try start(sandbox, ["--allow-changes"]))
    #expect(abs(after / before - 10) < 0.1, "\(before) became \(after)")
    let allowed = try sandbox.fledge(goOn + ["--allow-changes"])
    #expect(allowed.code == 0 && allowed.errors.contains("has changed"), "\(allowed.errors)")
    // From here on it is the run's own.
    #expect(try start(sandbox, []) != nil)
  }

  @Test("A library that moved is named by --plugin, and what was measured still holds")
  func movedLibrary() throws {
    let sandbox = try Sandbox()
    try Self.build("1", in: sandbox)
    #expect(try sandbox.fledge(Self.train + ["2", "--plugin", "cart.so"]).code == 0)
    let before = try start(sandbox, [])
    try sandbox.rename("cart.so", to: "moved.so")
    #expect(try sandbox.fledge("evaluate", "a").code == 65)
    #expect(try start(sandbox, ["--plugin", "moved.so"]) == before)
    let rest = try sandbox.fledge(Self.train + ["3", "--plugin", "moved.so", "--resume"])
    #expect(rest.code == 0, "\(rest.errors)")
    // A copy is the same library.
    try sandbox.copy("moved.so", to: "copy.so")
    let both = try sandbox.fledge(
      "environments", "list", "--plugin", "moved.so", "--plugin", "copy.so")
    #expect(both.code == 0, "\(both.errors)")
  }

  @Test("A parameter that a library doesn't declare is refused by its name")
  func unknownParameter() throws {
    let sandbox = try Sandbox()
    try Self.build("1", in: sandbox)
    for (change, advice) in [
      ("environment.parameters={mass: 2, mas: 3}", "unknown parameter 'mas'; did you mean 'mass'?"),
      ("environment.parameters={mass: 2, observesTask: true}", "unknown parameter 'observesTask'"),
    ] {
      let refused = try sandbox.fledge(
        Self.train + ["1", "--plugin", "cart.so", "--set", change])
      #expect(refused.code == 64 && refused.errorLines.count == 1)
      #expect(refused.errors.contains(advice), "\(refused.errors)")
    }
  }

  @Test("A folder of drawings may move; other drawings are told, and measured anew")
  func data() throws {
    try DrawnGlyphs.write { glyphs in
      let sandbox = try Sandbox()
      let small = [
        "--quiet", "--run", "a", "--set", "model.filters=4", "--set", "model.blocks=1", "--set",
        "environment.parameters.ways=2", "--set", "environment.parameters.queryExamples=3", "--set",
        "environment.parameters.side=8", "--set", "outer.tasks=2",
      ]
      let train = ["train", "omniglot-5way-1shot"] + small
      #expect(
        try sandbox.fledge(train + ["--data", glyphs.path + "/", "--iterations", "1"]).code == 0)
      let again = try sandbox.fledge(
        train + ["--data", glyphs.path, "--iterations", "2", "--resume"])
      #expect(again.code == 0, "\(again.errors)")
      let before = try #require(try start(sandbox, []))

      let moved = sandbox.path + "/moved"
      try FileManager.default.copyItem(atPath: glyphs.path, toPath: moved)
      #expect(try start(sandbox, ["--data", moved]) == before)
      let own = ["train", "a/config.yaml", "--quiet", "--run", "a", "--data", moved, "--resume"]
      #expect(try sandbox.fledge(own + ["--iterations", "3"]).code == 0)

      let set = moved + "/images_background/"
      let alphabet = try #require(
        try FileManager.default.contentsOfDirectory(atPath: set).sorted().first)
      try FileManager.default.removeItem(atPath: set + alphabet)
      let changed = try sandbox.fledge(own + ["--iterations", "4"])
      #expect(changed.code == 64 && changed.errors.contains("the data in"), "\(changed.errors)")
    }
  }

  @Test("A run that is named twice is found out, however it is spelled")
  func runs() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet", "--iterations", "1").code == 0)
    try FileManager.default.createSymbolicLink(
      atPath: sandbox.path + "/link", withDestinationPath: "runs/tiny-1")
    for other in ["runs/tiny-1/", "./runs/tiny-1", "runs//tiny-1", "link"] {
      let refused = try sandbox.fledge("compare", "runs/tiny-1", other, "--tasks", "2")
      #expect(refused.code == 64 && refused.errors.contains("is named twice"), "\(refused.errors)")
    }
    // So is a copy, and a repetition; another seed is another run.
    try sandbox.copy("runs/tiny-1", to: "runs/copied-2")
    for command in ["compare", "report"] {
      let refused = try sandbox.fledge(command, "runs/tiny-1", "runs/copied-2", "--tasks", "2")
      #expect(refused.code == 64 && refused.errorLines.count == 1, "\(refused.errors)")
      #expect(refused.errors.contains("runs/copied-2 is the same run as runs/tiny-1"))
    }
    #expect(
      try sandbox.fledge("train", "tiny.yaml", "--quiet", "--iterations", "1", "--seed", "2").code
        == 0)
    let compared = try sandbox.fledge("compare", "runs/tiny-1", "runs/tiny-2", "--tasks", "2")
    #expect(compared.code == 0, "\(compared.errors)")
  }

  @Test("Configurations that differ under one method's name are told by the key")
  func methods() throws {
    let sandbox = try Sandbox()
    for (seed, size) in [("1", "0.1"), ("2", "0.2")] {
      let train = ["train", "tiny.yaml", "--quiet", "--iterations", "1", "--seed", seed]
      #expect(try sandbox.fledge(train + ["--set", "inner.stepSize=\(size)"]).code == 0)
    }
    let refused = try sandbox.fledge("compare", "runs/tiny-1", "runs/tiny-2", "--tasks", "2")
    #expect(refused.code == 64)
    #expect(
      refused.errors.contains("inner.stepSize is 0.2 in the one and 0.1 in the other"),
      "\(refused.errors)")
  }

  @Test("Processes that measure the same at the same time all succeed, with the same numbers")
  func concurrentEvaluations() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet", "--iterations", "1").code == 0)
    for _ in 0..<4 {
      let evaluate = ["evaluate", "runs/tiny-1", "--tasks", "40", "--threads", "1"]
      let running = try (0..<5).map { _ in try sandbox.start(evaluate) }
      let results = try running.map { run in
        run.process.waitUntilExit()
        return try run.finished()
      }
      #expect(results.allSatisfy { $0.code == 0 }, "\(results.map(\.errors))")
      #expect(Set(results.map(\.output)).count == 1)
      let left = try FileManager.default.contentsOfDirectory(
        atPath: sandbox.path + "/runs/tiny-1/evaluations")
      #expect(left.count { $0.hasSuffix(".json") } == 1 && left.count == 2, "\(left)")
      try sandbox.remove("runs/tiny-1/evaluations")
    }
  }

  @Test(
    "Runs on environments that differ are not put side by side, but for what an oracle observes")
  func environments() throws {
    let sandbox = try Sandbox()
    let train = ["train", "tiny.yaml", "--quiet", "--iterations", "1"]
    #expect(try sandbox.fledge(train).code == 0)
    let longer = ["--set", "environment.parameters.horizon=20", "--run", "longer"]
    #expect(try sandbox.fledge(train + longer).code == 0)
    #expect(try sandbox.fledge(train + ["--method", "oracle"]).code == 0)
    let refused = try sandbox.fledge("compare", "runs/tiny-1", "longer", "--tasks", "2")
    #expect(refused.code == 64 && refused.errorLines.count == 1)
    #expect(
      refused.errors.contains(
        "longer has environment.parameters.horizon 20, where runs/tiny-1 has 10"),
      "\(refused.errors)")
    let oracle = try sandbox.fledge("compare", "runs/tiny-1", "runs/tiny-oracle-1", "--tasks", "2")
    #expect(oracle.code == 0, "\(oracle.errors)")
  }

  @Test("A library that a configuration lists has to be there, also where nothing of it is needed")
  func missingLibrary() throws {
    let refused = try Sandbox().fledge("train", "tiny.yaml", "--set", "plugins=[/nowhere/a.so]")
    #expect(refused.code == 65 && refused.errors.contains("/nowhere/a.so"), "\(refused.errors)")
  }
}
