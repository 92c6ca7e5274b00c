import Foundation
import Testing

/// What people write, in configurations and on the command line.
@Suite struct SpellingTests {
  @Test("A configuration that an editor begins with a byte order mark is read")
  func byteOrderMark() throws {
    let sandbox = try Sandbox()
    let text = try sandbox.text("tiny.yaml").replacing("\n", with: "\r\n")
    try Data([0xEF, 0xBB, 0xBF] + Array(text.utf8)).write(
      to: URL(fileURLWithPath: sandbox.path + "/marked.yaml"))
    let marked = try sandbox.fledge("train", "marked.yaml", "--quiet", "--run", "a")
    #expect(marked.code == 0, "\(marked.errors)")
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet", "--run", "b").code == 0)
    #expect(try sandbox.metrics("a") == sandbox.metrics("b"))
  }

  @Test("A configuration says what it extends, and its file names the run")
  func extending() throws {
    let sandbox = try Sandbox()
    try "extends: nav2d-finn\nouter: {iterations: 1, tasks: 2}\ninner: {episodes: 2}\n".write(
      toFile: sandbox.path + "/my try.yaml", atomically: true, encoding: .utf8)
    let mine = try sandbox.fledge("train", "my try.yaml", "--quiet")
    #expect(mine.code == 0 && mine.output == "runs/my-try-1\n", "\(mine)")
    let preset = try sandbox.fledge(
      "train", "nav2d-finn", "--quiet", "--iterations", "1", "--set", "outer.tasks=2", "--set",
      "inner.episodes=2")
    #expect(preset.output == "runs/nav2d-finn-1\n")
    #expect(try sandbox.metrics("runs/my-try-1") == sandbox.metrics("runs/nav2d-finn-1"))

    let shown = try sandbox.fledge("presets", "show", "nav2d-finn").output
    #expect(shown.contains("extends: nav2d-finn") && shown.contains("name: null"))
    try shown.write(toFile: sandbox.path + "/mine.yaml", atomically: true, encoding: .utf8)
    let edited = try sandbox.fledge(
      "train", "mine.yaml", "--quiet", "--iterations", "1", "--set", "outer.tasks=2", "--set",
      "inner.episodes=2")
    #expect(edited.output == "runs/mine-1\n", "\(edited)")
    #expect(try sandbox.metrics("runs/mine-1") == sandbox.metrics("runs/nav2d-finn-1"))

    try "extends: nav2d-fin\n".write(
      toFile: sandbox.path + "/wrong.yaml", atomically: true, encoding: .utf8)
    let wrong = try sandbox.fledge("train", "wrong.yaml")
    #expect(wrong.code == 64 && wrong.errorLines.count == 1)
    #expect(
      wrong.errors.contains(
        "wrong.yaml: extends: unknown preset 'nav2d-fin'; did you mean nav2d-finn?"),
      "\(wrong.errors)")
  }

  @Test("Without a name of its own a run goes by its file, whoever takes the name away")
  func names() throws {
    let sandbox = try Sandbox()
    let named = try sandbox.fledge(
      "train", "tiny.yaml", "--quiet", "--iterations", "1", "--set", "run.name=null", "--seed", "3")
    #expect(named.output == "runs/tiny-3\n", "\(named)")
    let preset = try sandbox.fledge(
      "train", "nav2d-finn", "--quiet", "--iterations", "0", "--set", "run.name=null")
    #expect(preset.output == "runs/nav2d-finn-1\n", "\(preset)")
  }

  @Test("Every preset can be shown, whatever data it needs")
  func presets() throws {
    let sandbox = try Sandbox()
    let names = try sandbox.fledge("presets").output.split(separator: "\n").compactMap {
      $0.split(separator: " ").first.map(String.init)
    }
    #expect(names.contains("omniglot-5way-1shot"))
    for name in names {
      let shown = try sandbox.fledge("presets", "show", name)
      #expect(shown.code == 0 && shown.output.contains("extends: \(name)"), "\(shown.errors)")
    }
  }

  @Test("A list may be written with commas alone")
  func lists() throws {
    let sandbox = try Sandbox()
    let spelled = ["[6, 5]", "6,5", "6, 5"]
    for (index, list) in spelled.enumerated() {
      let result = try sandbox.fledge(
        "train", "tiny.yaml", "--quiet", "--iterations", "1", "--set", "policy.hiddenSizes=\(list)",
        "--run", "r\(index)")
      #expect(result.code == 0, "\(result.errors)")
      #expect(try sandbox.text("r\(index)/config.yaml").contains("hiddenSizes: [6, 5]"))
    }
    let wrong = try sandbox.fledge("train", "tiny.yaml", "--set", "policy.hiddenSizes=6,five")
    #expect(wrong.code == 64 && wrong.errors.contains("each item an integer"), "\(wrong.errors)")
  }

  @Test(
    "What is given twice, or is no topic or threshold, is one line with 64",
    arguments: [
      ("train tiny.yaml --seed 1 --seed 2", "--seed is given twice"),
      ("train tiny.yaml --seed=1 --seed 2", "--seed is given twice"),
      (
        "train tiny.yaml --set inner.steps=1 --set inner.steps=2",
        "--set inner.steps is given twice"
      ),
      ("evaluate a --episodes 2 --shots 3", "--episodes is given twice"),
      ("train tiny.yaml --set extends=nav2d-finn", "expected a preset as the argument"),
      ("help evalute", "'evalute' is no help topic; did you mean 'evaluate'?"),
      ("help environments nothing", "'nothing' is no help topic"),
      ("evaluate a --threshold nan", "--threshold is nan, expected a finite number"),
      ("compare a --threshold inf", "--threshold is inf, expected a finite number"),
      ("train tiny.yaml --seed -1", "-1"),
    ])
  func commandLines(line: String, message: String) throws {
    let refused = try Sandbox().fledge(words(line))
    #expect(refused.code == 64 && refused.errorLines.count == 1, "\(refused)")
    #expect(refused.errors.contains(message), "\(refused.errors)")
  }

  @Test("Help about commands still succeeds")
  func help() throws {
    let sandbox = try Sandbox()
    for line in ["help", "help train", "help environments check", "--help", "train --help"] {
      let helped = try sandbox.fledge(words(line))
      #expect(helped.code == 0 && helped.output.contains("USAGE"), "\(helped)")
    }
  }
}
