import Foundation
import Testing

/// Shared libraries with environments, sound and broken, as a user meets them.
@Suite struct PluginTests {
  /// A library that the package builds.
  private static func product(_ name: String) -> String {
    products.appendingPathComponent("lib\(name).so").path
  }

  /// The configuration that trains in a moment, on the cart.
  static func configure(_ sandbox: Sandbox, plugins: String = "[]") throws {
    let tiny = try sandbox.text("tiny.yaml")
    let rest = try #require(tiny.range(of: "policy:"))
    let cart = "plugins: \(plugins)\nenvironment:\n  name: cart\n  parameters: {mass: 2}\n"
    try (cart + tiny[rest.lowerBound...]).write(
      toFile: sandbox.path + "/cart.yaml", atomically: true, encoding: .utf8)
  }

  @Test(
    "The worked examples, in C, in Swift and with Box2D, keep every check",
    arguments: [
      ("CartInC", "cart"), ("PointNavigationPlugin", "point-navigation-plugin"),
      ("Crane", "crane"),
    ])
  func examples(library: String, name: String) throws {
    let result = try Sandbox().fledge(
      "environments", "check", name, "--plugin", Self.product(library), "--steps", "20000")
    #expect(result.code == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains("steps per second"))
  }

  @Test("The guide to bodies and joints shows the code of the example")
  func guide() throws {
    let read = { (file: String) in try String(contentsOfFile: repository + file, encoding: .utf8) }
    let guide = try read("/Sources/Program/fledge/Fledge.docc/BodiesAndJoints.md")
    let code = try read("/Environments/Examples/Crane/Crane.swift").split(separator: "\n").map {
      $0.drop { $0 == " " }
    }
    let snippets = guide.components(separatedBy: "```swift\n").dropFirst().map {
      $0.components(separatedBy: "```")[0]
    }
    #expect(snippets.count >= 3)
    for line in snippets.flatMap({ $0.split(separator: "\n") }) {
      #expect(code.contains(line.drop { $0 == " " }), "\(line)")
    }
  }

  @Test("A plugin is trained on and evaluated; the run remembers where it is")
  func training() throws {
    let sandbox = try Sandbox()
    try sandbox.buildCart(defining: ["FAULT=SOUND"])
    try Self.configure(sandbox)
    let trained = try sandbox.fledge("train", "cart.yaml", "--plugin", "cart.so")
    #expect(trained.code == 0, "\(trained.errors)")
    let configuration = try sandbox.text("runs/tiny-1/config.yaml")
    #expect(configuration.contains("/cart.so") && configuration.contains("mass: 2"))
    let evaluated = try sandbox.fledge("evaluate", "runs/tiny-1", "--format", "json")
    #expect(evaluated.code == 0, "\(evaluated.errors)")
    let document = try object(evaluated.output)
    #expect(document["environment"] as? String == "cart")
    let again = try sandbox.fledge("train", "runs/tiny-1/config.yaml", "--run", "again")
    #expect(again.code == 0, "\(again.errors)")
    #expect(try sandbox.metrics("again") == sandbox.metrics("runs/tiny-1"))
  }

  /// Builds carts that tell how their episodes end as `cart.so` in the sandbox.
  private static func buildOutcomes(version: Int, in sandbox: Sandbox) throws {
    try sandbox.buildCart("outcomes.c", defining: version == 1 ? ["FIRST_VERSION"] : [])
  }

  @Test(
    "Steps of a library tell of success, and of an episode that is cut off; the first version's still load",
    arguments: [1, 2])
  func outcomes(version: Int) throws {
    let sandbox = try Sandbox()
    try Self.buildOutcomes(version: version, in: sandbox)
    let listed = try sandbox.fledge("environments", "list", "--plugin", "cart.so")
    #expect(listed.output.contains("second-cart"), "\(listed.errors)")
    let trained = try sandbox.fledge(
      "train", "tiny.yaml", "--quiet", "--run", "r", "--iterations", "1", "--threads", "1",
      "--plugin", "cart.so", "--env", "second-cart")
    #expect(trained.code == 0, "\(trained.errors)")
    let line = try #require(try sandbox.text("r/metrics.jsonl").split(separator: "\n").first)
    // 5 tasks, of which 4 episodes are collected 3 times, each of 5 steps or of 100.
    let steps = try object(String(line))["environmentSteps"] as? Int
    #expect(steps == 5 * 4 * 3 * (version == 1 ? 100 : 5))
    let evaluated = try sandbox.fledge(
      "evaluate", "r", "--tasks", "2", "--threads", "1", "--format", "json")
    let curve = try #require(try object(evaluated.output)["curve"] as? [[String: Any]])
    for point in curve { #expect(point["successRate"] as? Double == (version == 1 ? nil : 1)) }
  }

  @Test(
    "Gymnasium's users see them too", .enabled(if: Python.hasGymnasium, "no gymnasium"),
    arguments: [1, 2])
  func exportedOutcomes(version: Int) throws {
    let sandbox = try Sandbox()
    try Self.buildOutcomes(version: version, in: sandbox)
    let result = try Python.run(
      [fixtures + "/outcomes.py", sandbox.path + "/cart.so", "\(version)"],
      setting: [
        "FLEDGE_LIBRARY": sandbox.path + "/cart.so",
        "PYTHONPATH": repository + "/Environments/Python",
      ])
    #expect(result.code == 0 && result.output.hasSuffix("all is well\n"), "\(result.output)")
  }

  @Test("Libraries are named by an option, the environment, or the configuration")
  func places() throws {
    let sandbox = try Sandbox()
    try sandbox.buildCart(defining: ["FAULT=SOUND"])
    let listed = try sandbox.fledge("environments", "list", "--plugin", "./cart.so")
    #expect(listed.output.contains("cart  ") && listed.output.contains("/cart.so)\n"))
    let bench = try sandbox.fledge(
      "environments", "bench", "cart", "--plugin", "cart.so", "--steps", "100", "--format", "json")
    #expect(try object(bench.output)["environment"] as? String == "cart")
    try Self.configure(sandbox, plugins: "[cart.so]")
    let configured = try sandbox.fledge("gradcheck", "cart.yaml")
    #expect(configured.code == 0, "\(configured.errors)")
    let chosen = try sandbox.fledge(
      "gradcheck", "tiny.yaml", "--env", "cart", "--plugin", "cart.so")
    #expect(chosen.code == 0, "\(chosen.errors)")
    let picture = try sandbox.fledge(
      "environments", "describe", "cart", "--plugin", "cart.so", "--picture", "cart.png")
    #expect(picture.code == 0, "\(picture.errors)")
    let variable = try sandbox.fledge(
      "environments", "describe", "cart", setting: ["FLEDGE_PLUGINS": sandbox.path + "/cart.so"])
    #expect(variable.code == 0, "\(variable.errors)")
  }

  @Test(
    "What can't be loaded gives one line that names the library and what would be right",
    arguments: [
      ("NEWER_VERSION", "it has version 3 of the interface, expected at most 2"),
      ("MISSING_FUNCTION", "environment 0: its function step is missing"),
      ("NO_ENVIRONMENTS", "it lists 0 environments, expected at least 1"),
      ("NOTHING", "fledge_plugin() returned nothing"),
    ])
  func refused(fault: String, message: String) throws {
    let sandbox = try Sandbox()
    try sandbox.buildCart(defining: ["FAULT=\(fault)"])
    let result = try sandbox.fledge("environments", "describe", "cart", "--plugin", "cart.so")
    #expect(result.code == 65)
    #expect(result.errorLines.count == 1)
    #expect(result.errors.contains("/cart.so': \(message)"), "\(result.errors)")
  }

  @Test(
    "So does what is no library of this kind",
    arguments: [
      ("tiny.yaml", "expected a shared library"), ("nowhere.so", "expected a shared library"),
      ("libfledge-empty.so", "it exports no function fledge_plugin"),
    ])
  func foreign(file: String, message: String) throws {
    let sandbox = try Sandbox()
    try sandbox.compile(["-x", "c", "/dev/null"], to: "libfledge-empty.so")
    let result = try sandbox.fledge("environments", "list", "--plugin", file)
    #expect(result.code == 65)
    #expect(result.errorLines.count == 1)
    #expect(result.errors.contains(file) && result.errors.contains(message), "\(result.errors)")
  }

  @Test(
    "A specification or a task that doesn't hold is refused before training",
    arguments: [
      ("NO_JSON", "its specification can't be read"), ("NO_BOUNDS", "action component 'push'"),
      ("NO_TASK", "'target 1' isn't JSON"),
    ])
  func unreadable(fault: String, message: String) throws {
    let sandbox = try Sandbox()
    try sandbox.buildCart(defining: ["FAULT=\(fault)"])
    let result = try sandbox.fledge("environments", "describe", "cart", "--plugin", "cart.so")
    #expect(result.code == 64, "\(result.errors)")
    #expect(result.errorLines.count == 1)
    #expect(result.errors.contains(message) && result.errors.contains("cart"), "\(result.errors)")
  }

  @Test(
    "A fault in the middle of training names plugin, task, episode and step, and the run goes on",
    arguments: [
      ("NOT_A_NUMBER", "the observation is not a finite number in cart of plugin '"),
      ("TOO_WIDE", "step wrote more than 2 observations for each of "),
      ("ERROR_IN_STEP", "the rail is broken in cart of plugin '"),
      ("ERROR_IN_RESET", "no cart is left in cart of plugin '"),
      ("NO_REASON", "step failed and gave no reason in cart of plugin '"),
      ("ENDLESS_MESSAGE", "xxxxxxxx in cart of plugin '"),
    ])
  func late(fault: String, message: String) throws {
    let sandbox = try Sandbox()
    try sandbox.buildCart(defining: ["FAULT=\(fault)"])
    try Self.configure(sandbox, plugins: "[cart.so]")
    let arguments = ["train", "cart.yaml", "--threads", "1"]
    let failed = try sandbox.fledge(arguments)
    #expect(failed.code == 70, "\(failed.errors)")
    let line = try #require(failed.errorLines.last)
    #expect(line.contains(message), "\(line)")
    #expect(line.contains("/cart.so', task ") && line.contains("step "), "\(line)")
    if fault.hasPrefix("ERROR") { #expect(line.contains("episode "), "\(line)") }
    try sandbox.buildCart(defining: ["FAULT=SOUND"])
    let resumed = try sandbox.fledge(arguments + ["--resume", "--allow-changes"])
    #expect(resumed.code == 0, "\(resumed.errors)")
    let straight = try sandbox.fledge(arguments + ["--run", "straight"])
    #expect(straight.code == 0)
    #expect(try sandbox.metrics("runs/tiny-1") == sandbox.metrics("straight"))
  }
}
