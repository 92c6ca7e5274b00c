import Foundation
import Testing

/// The ways from nothing to a policy on an environment of one's own, and to a method of one's own, as articles print them.
///
/// The packages are built in one folder, one after the other: each would compile all of Fledge.
@Suite(.serialized) struct SlowAuthoringTests {
  /// Where packages are built.
  private static let build =
    FileManager.default.temporaryDirectory.path + "/fledge-packages-\(getpid())"

  /// The same commands with the package in a folder built there; `.build` leads there too.
  private static func sharing(_ commands: String, in folder: String) -> String {
    ["build", "test", "run"].reduce(commands) { commands, command in
      commands.replacingOccurrences(
        of: "swift \(command) ", with: "swift \(command) --scratch-path '\(build)' ")
    }.replacingOccurrences(
      of: "cd \(folder)\n", with: "cd \(folder)\nmkdir -p '\(build)' && ln -s '\(build)' .build\n")
  }

  /// Runs commands in a sandbox with this build's executable in the path.
  static func run(
    _ commands: String, in sandbox: Sandbox
  ) throws -> (code: Int32, output: String) {
    let process = Process()
    let log = sandbox.path + "/log"
    try #require(FileManager.default.createFile(atPath: log, contents: nil))
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["bash", "-euc", commands]
    process.currentDirectoryURL = URL(fileURLWithPath: sandbox.path)
    process.environment = ProcessInfo.processInfo.environment.merging([
      "PATH": products.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
    ]) { $1 }
    // One for both, so that neither writes over the other.
    let handle = try #require(FileHandle(forWritingAtPath: log))
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try sandbox.text("log"))
  }

  @Test("The article's commands work outside of the repository")
  func commands() throws {
    let commands = Self.sharing(try AuthoringTests.blocks("sh").joined(), in: "my-env")
    let (code, output) = try Self.run(commands, in: Sandbox())
    #expect(code == 0, "\(output.suffix(2000))")
    #expect(output.contains("my-env, 40 test tasks, 20 episodes a point, "))
    #expect(output.contains(", after 20 meta-iterations"))
    #expect(output.components(separatedBy: "passed  memory").count == 3)
    // The library is built without the rest of Fledge.
    let library = output.components(separatedBy: "passed  written").first ?? ""
    #expect(!library.contains("Compiling MetaLearning"), "\(library.prefix(2000))")
  }

  /// The files that the article shows, by their paths, and its commands.
  private static func article() throws -> (files: [String: String], commands: String) {
    let text = try String(
      contentsOfFile: repository + "/Sources/Program/fledge/Fledge.docc/AddAnAlgorithm.md",
      encoding: .utf8)
    let parts = text.components(separatedBy: "```")
    var files: [String: String] = [:]
    var commands = ""
    for (before, code) in zip(parts, parts.dropFirst()) {
      if code.hasPrefix("swift\n") {
        let path = before.split(separator: "`", omittingEmptySubsequences: false).dropLast().last
        files[String(try #require(path))] = String(code.dropFirst(6))
      } else if code.hasPrefix("sh\n") {
        commands = String(code.dropFirst(3))
      }
    }
    return (files, commands)
  }

  @Test("The article's package compiles, conforms, and trains with its method and its network")
  func outside() throws {
    defer { try? FileManager.default.removeItem(atPath: Self.build) }
    let (files, commands) = try Self.article()
    #expect(files.count == 5)
    let sandbox = try Sandbox()
    for (path, code) in files {
      let url = URL(fileURLWithPath: sandbox.path + "/" + path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      // The article's neighbour is this repository.
      try code.replacingOccurrences(of: "../fledge", with: repository)
        .write(to: url, atomically: true, encoding: .utf8)
    }
    // Fledge is not compiled once more.
    let (code, output) = try Self.run(
      Self.sharing(commands, in: "my-algorithms"), in: sandbox)
    #expect(code == 0, "\(output.suffix(3000))")
    #expect(output.contains("Test run with 2 tests"))
    let configuration = try sandbox.text("my-algorithms/runs/momentum/config.yaml")
    #expect(configuration.contains("method: momentum") && configuration.contains("units: 48"))
    let metrics = try sandbox.text("my-algorithms/runs/momentum/metrics.jsonl")
    #expect(metrics.split(separator: "\n").count == 3 && metrics.contains("\"velocity\":"))
    // The program that knows neither says so.
    let refused = try sandbox.fledge(
      "evaluate", "my-algorithms/runs/momentum", "--tasks", "2")
    #expect(refused.code == 64 && refused.errors.contains("policy.network is \"skip\""))
  }

  @Test(
    "In Python too, what is written passes its tests and the check, and trains",
    .enabled(if: Python.hasGymnasium, "FLEDGE_PYTHON, or python3, has no gymnasium"))
  func python() throws {
    let sandbox = try Sandbox()
    // Of a single word, a module could hide one of Python's own.
    for name in ["my-env", "random"] {
      let written = try sandbox.fledge("environments", "new", name, "--python")
      #expect(written.code == 0, "\(written.errors)")
    }
    let readme = try sandbox.text("my-env/README.md").components(separatedBy: "```")
    let commands = try #require(readme.dropFirst().first).dropFirst(2)
      .replacingOccurrences(of: "python3", with: "'\(Python.name)'")
      .replacingOccurrences(of: "v0\n", with: "v0 --steps 1000\n")
      .replacingOccurrences(of: ".yaml", with: ".yaml --iterations 1")
      .replacingOccurrences(of: "my-env-1", with: "my-env-1 --tasks 2 --episodes 2")
    let (code, output) = try Self.run(
      "cd random; '\(Python.name)' -m unittest; cd ../my-env\n\(commands)", in: sandbox)
    #expect(code == 0, "\(output.suffix(2000))")
    #expect(output.components(separatedBy: "Ran 4 tests").count == 3)
    #expect(output.contains("passed  task-draws") && output.contains("-v0, 2 test tasks"))
  }
}
