import Foundation
import Testing

/// How runs adapt after training: chosen on validation tasks by the command that measures, recorded and told.
@Suite struct TuningTests {
  @Test("A baseline's step sizes are chosen on validation tasks, stored in the run, and told")
  func baseline() throws {
    let sandbox = try Sandbox()
    let train = ["train", "tiny.yaml", "--quiet", "--method", "pretrained"]
    #expect(try sandbox.fledge(train + ["--set", "evaluation.tuningTasks=5"]).code == 0)
    let evaluate = ["evaluate", "runs/tiny-pretrained-1", "--tasks", "3"]
    let first = try sandbox.fledge(evaluate + ["--format", "json"])
    let chosen = try #require(try object(first.output)["adaptation"] as? [String: Any])
    let candidates = try #require(chosen["candidates"] as? [[String: Any]])
    let factors = candidates.compactMap { $0["stepSizeFactor"] as? Double }
    #expect(Set(factors).isSuperset(of: [0.01, 0.1, 1, 5]))
    // The best of those that differ in the first factor alone was taken.
    let even = candidates.prefix(9)
    let best = even.max { ($0["score"] as? Double ?? -1e9) < ($1["score"] as? Double ?? -1e9) }
    #expect(best?["stepSizeFactor"] as? Double == chosen["stepSizeFactor"] as? Double)
    #expect((chosen["environmentSteps"] as? Int ?? 0) > 0)
    #expect(chosen["validationTasks"] as? Int == 5)
    let files = try FileManager.default.contentsOfDirectory(
      atPath: sandbox.path + "/runs/tiny-pretrained-1/adaptation")
    #expect(files == ["000006-3steps-12episodes.json"], "\(files)")

    let again = try sandbox.fledge(evaluate)
    let factor = try #require(chosen["stepSizeFactor"] as? Double)
    #expect(again.output.contains("step sizes x \(factor), steps beyond"), "\(again.output)")
    #expect(again.output.contains("chosen on 5 validation tasks"))
    // A damaged choice is made anew.
    let file = "runs/tiny-pretrained-1/adaptation/000006-3steps-12episodes.json"
    let whole = try sandbox.text(file)
    let wrong = whole.replacing("\"stepSizeFactor\":\(factor),", with: "\"stepSizeFactor\":1e30,")
    for text in [wrong, String(whole.prefix(100)), "{}"] {
      try text.write(toFile: sandbox.path + "/" + file, atomically: true, encoding: .utf8)
      #expect(try sandbox.fledge(evaluate).output == again.output)
    }
    #expect(try sandbox.text(file) == whole)
    let plain = try sandbox.fledge(evaluate + ["--as-trained", "--format", "json"])
    #expect(try object(plain.output)["adaptation"] == nil)
  }

  @Test("Methods of other inner steps collect as many episodes, unless iterations are asked for")
  func budgets() throws {
    let sandbox = try Sandbox()
    func iterations(_ method: String, _ further: String...) throws -> Int {
      let run = "runs/\(method)-\(further.count)"
      let train = ["train", "tiny.yaml", "--quiet", "--method", method, "--run", run] + further
      let result = try sandbox.fledge(train)
      #expect(result.code == 0, "\(result.errors)")
      return try sandbox.text(run + "/metrics.jsonl").split(separator: "\n").count
    }
    // Three collections of 4 episodes in each of 6 iterations, two in each of 9.
    #expect(try iterations("plain-maml") == 9)
    #expect(try iterations("plain-maml", "--iterations", "2") == 2)
    #expect(try iterations("pretrained") == 6)
  }

  @Test(
    "What has no meaning is refused in one line that names the key",
    arguments: [
      (["outer.explorationCredit=1", "outer.tasks=1"], "outer.tasks is 1, expected at least 2"),
      (
        ["baseline.bootstrap=true", "baseline.discount=1"],
        "baseline.bootstrap is true, expected false with discount: 1"
      ),
    ])
  func refusals(sets: [String], message: String) throws {
    let sandbox = try Sandbox()
    let result = try sandbox.fledge(
      ["train", "tiny.yaml", "--quiet"] + sets.flatMap { ["--set", $0] })
    #expect(result.code == 64 && result.errorLines.count == 1)
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  @Test("An inner optimum that can't be reached ends training with a line that says so")
  func optimum() throws {
    let sandbox = try Sandbox()
    let result = try sandbox.fledge(
      "train", "sinusoid-maml", "--quiet", "--method", "imaml", "--iterations", "3", "--set",
      "inner.optimumTolerance=0.000001")
    #expect(result.code == 70 && result.errorLines.count == 1, "\(result.errors)")
    #expect(result.errors.contains("the inner optimum of task"), "\(result.errors)")
    #expect(result.errors.contains("inner.proximalStrength"))
  }
}
