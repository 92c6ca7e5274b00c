import Foundation
import RunRecords
import Testing

/// What a finished process left.
struct Finished {
  var code: Int32
  var output: String
  var errors: String

  /// The lines of standard error.
  var errorLines: [Substring] { errors.split(separator: "\n") }
}

/// A directory of its own in which `fledge` is run, removed with the value.
final class Sandbox {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/fledge-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Self.tiny.write(toFile: path + "/tiny.yaml", atomically: true, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A configuration that trains in a moment; two inner steps, learned.
  private static let tiny = """
    environment:
      name: point-navigation
      parameters:
        horizon: 10
    policy:
      hiddenSizes: [8]
    inner:
      steps: 2
      episodes: 4
      stepSizeRule: learned
      estimator: likelihoodRatio
    outer:
      method: adam
      tasks: 5
      iterations: 6
      stepWeights: [1, 1]
    run:
      name: tiny
      checkpointEvery: 2
    """

  /// Runs `fledge` in the sandbox and waits for its end.
  func fledge(_ arguments: String..., setting variables: [String: String] = [:]) throws -> Finished
  {
    try fledge(arguments, setting: variables)
  }

  /// Runs `fledge` in the sandbox, with further environment variables and by another command maybe, and
  /// waits for its end.
  func fledge(
    _ arguments: [String], setting variables: [String: String] = [:], by command: [String] = []
  ) throws -> Finished {
    let process = try Running(arguments, in: path, setting: variables, by: command)
    process.process.waitUntilExit()
    return try process.finished()
  }

  /// Starts `fledge` in the sandbox.
  func start(_ arguments: [String]) throws -> Running {
    try Running(arguments, in: path)
  }

  /// Builds a shared library in the sandbox.
  func compile(_ arguments: [String], to file: String) throws {
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments =
      ["clang", "-shared", "-fPIC"] + arguments + ["-o", path + "/" + file]
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0)
  }

  /// Builds a variant of the worked example in C as `cart.so` in the sandbox.
  func buildCart(_ source: String = "broken.c", defining definitions: [String]) throws {
    let arguments = [
      "-I", repository + "/Sources/Worlds/CPlugin/include", "-I",
      repository + "/Environments/Examples/CartInC", fixtures + "/" + source, "-lm",
    ]
    try compile(definitions.map { "-D" + $0 } + arguments, to: "cart.so")
  }

  /// Gives a file or directory another name.
  func rename(_ name: String, to other: String) throws {
    try FileManager.default.moveItem(atPath: path + "/" + name, toPath: path + "/" + other)
  }

  /// Copies a file or directory.
  func copy(_ name: String, to other: String) throws {
    try FileManager.default.copyItem(atPath: path + "/" + name, toPath: path + "/" + other)
  }

  /// Removes a file or directory.
  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: path + "/" + name)
  }

  /// The text of a file of the sandbox.
  func text(_ file: String) throws -> String {
    try String(contentsOfFile: path + "/" + file, encoding: .utf8)
  }

  /// The bytes of a file of the sandbox.
  func bytes(_ file: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path + "/" + file))
  }

  /// Cuts a file of the sandbox to its first half.
  func truncate(_ file: String) throws {
    let content = try bytes(file)
    try content.prefix(content.count / 2).write(to: URL(fileURLWithPath: path + "/" + file))
  }

  /// A run's directory.
  func run(_ name: String) throws -> RunDirectory { try RunDirectory.open("\(path)/\(name)") }

  /// What a run holds after an iteration.
  func state(_ run: String, _ iteration: Int = 6) throws -> Checkpoint {
    try self.run(run).checkpoint(iteration)
  }

  /// The metrics of a run without what depends on the clock.
  func metrics(_ run: String) throws -> [String] {
    try MetricsFile.read("\(path)/\(run)/metrics.jsonl").map { line in
      var line = line
      line.seconds = 0
      line.extra = [:]
      return line.json
    }
  }
}

/// A `fledge` process whose streams go to files, so that it never waits for a reader.
struct Running {
  let process = Process()
  private let outputFile: String
  private let errorsFile: String

  init(
    _ arguments: [String], in directory: String, outputTo device: String? = nil,
    setting variables: [String: String] = [:], by command: [String] = []
  ) throws {
    let name = directory + "/" + UUID().uuidString
    (outputFile, errorsFile) = (name + ".out", name + ".err")
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command + [executable.path] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try Self.handle(outputFile)
    if let device { process.standardOutput = FileHandle(forWritingAtPath: device) }
    process.standardError = try Self.handle(errorsFile)
    try process.run()
  }

  /// What the process has printed so far.
  func printed() throws -> String { try String(contentsOfFile: outputFile, encoding: .utf8) }

  /// What the process left, once it has ended.
  func finished() throws -> Finished {
    let text = { (file: String) in try String(contentsOfFile: file, encoding: .utf8) }
    return Finished(
      code: process.terminationStatus, output: try text(outputFile), errors: try text(errorsFile))
  }

  private static func handle(_ path: String) throws -> FileHandle {
    try #require(FileManager.default.createFile(atPath: path, contents: nil))
    return try #require(FileHandle(forWritingAtPath: path))
  }
}

/// Waits until a run has recorded so many iterations.
func waitForMetrics(of run: Running, _ sandbox: Sandbox, _ name: String, count: Int) {
  while run.process.isRunning {
    if let lines = try? sandbox.metrics(name), lines.count >= count { return }
    usleep(10_000)
  }
  Issue.record("\(name) ended before iteration \(count)")
}

/// Where the package's products stand: beside the test bundle.
let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()

/// The directory of the package.
let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().path

/// The files that tests of this module are handed.
let fixtures = repository + "/Tests/CommandLineToolTests/Fixtures"

private let executable = products.appendingPathComponent("fledge")

/// The arguments of a command line without quotes.
func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

/// A JSON document as a dictionary.
func object(_ text: String) throws -> [String: Any] {
  try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}
