import Foundation
import Testing

/// The way from nothing to a policy on an environment of one's own, as the article prints it.
@Suite struct AuthoringTests {
  private static func read(_ file: String) throws -> String {
    try String(
      contentsOfFile: repository + "/Sources/Program/" + file, encoding: .utf8)
  }

  /// The blocks of code in a language that the article shows.
  private static func blocks(_ language: String) throws -> [String] {
    let parts = try read("fledge/Fledge.docc/AuthorAnEnvironment.md").components(
      separatedBy: "```" + language + "\n")
    return try parts.dropFirst().map { part in
      String(part[..<(try #require(part.range(of: "```"))).lowerBound])
    }
  }

  @Test("Every snippet stands in the template, which the next test compiles")
  func snippets() throws {
    let template = try Self.read("CommandLineTool/Template/Swift/Environment.template")
    let snippets = try Self.blocks("swift")
    #expect(snippets.count >= 5)
    for snippet in snippets { #expect(template.contains(snippet), "\(snippet)") }
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
    let (code, output) = try Self.run(try Self.blocks("sh").joined(), in: Sandbox())
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

  @Test("A name or a place that can't be taken is one line")
  func refusals() throws {
    let sandbox = try Sandbox()
    let taken = try sandbox.fledge("environments", "new", "hopper")
    let malformed = try sandbox.fledge("environments", "new", "My_env")
    let digits = try sandbox.fledge("environments", "new", "2d-cart")
    let reserved = try sandbox.fledge("environments", "new", "environment", "--python")
    let full = try sandbox.fledge("environments", "new", "my-env", "--directory", ".")
    let nowhere = try sandbox.fledge("environments", "new", "my-env", "--fledge", "/")
    let denied = try sandbox.fledge("environments", "new", "my-env", "--directory", "/proc/x")
    let results = [
      (taken, "is built in"), (malformed, "lower-case words"),
      (digits, "begin with a letter"), (reserved, "reserved"), (full, "isn't empty"),
      (nowhere, "--fledge /"), (denied, "/proc/x"),
    ]
    for (result, message) in results {
      #expect([64, 74].contains(result.code))
      #expect(result.errorLines.count == 1 && result.errors.contains(message), "\(result.errors)")
    }
  }
}
