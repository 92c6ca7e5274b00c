import Foundation
import Testing

/// The way from nothing to a policy on an environment of one's own, as the article prints it.
@Suite struct SlowAuthoringTests {
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
    let (code, output) = try Self.run(try AuthoringTests.blocks("sh").joined(), in: Sandbox())
    #expect(code == 0, "\(output.suffix(2000))")
    #expect(output.contains("my-env, 40 test tasks, 20 episodes a point, "))
    #expect(output.contains(", after 20 meta-iterations"))
    #expect(output.components(separatedBy: "passed  memory").count == 3)
    // The library is built without the rest of Fledge.
    let library = output.components(separatedBy: "passed  written").first ?? ""
    #expect(!library.contains("Compiling MetaLearning"), "\(library.prefix(2000))")
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
