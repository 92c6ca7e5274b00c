import Foundation
import Mutation
import RunRecords
import Testing

/// A run's directory that was damaged, or written by somebody who means harm.
@Suite struct HostileFileTests {
  private static let commands = [
    "train a/config.yaml --run a --resume --iterations 5 --quiet",
    "evaluate a --tasks 3 --steps 1", "evaluate a --tasks 3 --checkpoint best --format json",
    "compare a --tasks 3 --steps 1 --out c", "report a --tasks 3 --steps 1 --out r",
    "render a --steps 1 --out film.png",
  ]

  @Test("Whichever file of a run is spoiled, commands end by themselves with a documented code")
  func runDirectories() throws {
    let sandbox = try Sandbox()
    let train = [
      "train", "tiny.yaml", "--quiet", "--run", "a", "--iterations", "4", "--set",
      "run.validationTasks=2",
    ]
    #expect(try sandbox.fledge(train).code == 0)
    for command in Self.commands.dropFirst() {
      #expect(try sandbox.fledge(words(command)).code == 0)
    }
    let partial = try partialEvaluation(of: sandbox)
    try sandbox.rename("a", to: "sound")
    // Directories have no ending.
    let files = try FileManager.default.subpathsOfDirectory(atPath: sandbox.path + "/sound")
      .filter { $0.contains(".") }.sorted()
    #expect(files.contains(partial) && files.count > 8)
    var random = Mutations(seed: 11)
    for _ in 0..<min(Mutations.count(60), 5000) {
      try? sandbox.remove("a")
      try sandbox.copy("sound", to: "a")
      let file = files[Int.random(in: 0..<files.count, using: &random)]
      let mutated = random.mutated(Array(try sandbox.bytes("sound/" + file)))
      try Data(mutated).write(to: URL(fileURLWithPath: "\(sandbox.path)/a/\(file)"))
      // Another configuration may ask for days of work, which only training refuses.
      let command =
        file == "config.yaml"
        ? Self.commands[0]
        : Self.commands[Int.random(in: 0..<Self.commands.count, using: &random)]
      let result = try sandbox.fledge(words(command), by: ["timeout", "120"])
      #expect(
        [0, 64, 65, 70, 74].contains(result.code),
        "\(command), \(file): \(String(decoding: mutated, as: UTF8.self)): \(result)")
    }
  }

  /// What an interrupted evaluation leaves, made of a finished one.
  ///
  /// - Returns: Its path in the run's directory.
  private func partialEvaluation(of sandbox: Sandbox) throws -> String {
    let name = "000004-test-3tasks-1steps-4episodes-seed1"
    let result = try object(sandbox.text("a/evaluations/\(name).json"))
    let start = try sandbox.run("a").facts().start
    var file = try PartialEvaluation(
      in: sandbox.run("a"), name: name, heading: "\(name), run of \(start)")
    for (index, task) in (result["perTask"] as? [[String: Any]] ?? []).enumerated() {
      let line: [String: Any] = [
        "task": index, "returns": task["returns"] ?? [],
        "experience": task["adaptationReturns"] ?? [],
        "successRates": [Double](), "environmentSteps": 80,
      ]
      let data = try JSONSerialization.data(withJSONObject: line, options: .sortedKeys)
      try file.append(String(decoding: data, as: UTF8.self))
    }
    return "evaluations/\(name).partial"
  }
}
