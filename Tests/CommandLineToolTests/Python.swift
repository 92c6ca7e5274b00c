import Foundation

/// The interpreter that has Gymnasium, if there is one.
enum Python {
  static let name = ProcessInfo.processInfo.environment["FLEDGE_PYTHON"] ?? "python3"

  static let hasGymnasium = (try? run(["-c", "import gymnasium, numpy"]).code) == 0

  static let hasMuJoCo =
    (try? run(["-c", "import gymnasium.envs.mujoco.mujoco_env, mujoco"]).code) == 0

  static func run(
    _ arguments: [String], setting variables: [String: String] = [:]
  ) throws -> (code: Int32, output: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [name] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  /// The arguments that set an environment's parameters, the interpreter among them.
  static func setting(_ parameters: [String]) -> [String] {
    let named = parameters.contains { $0.hasPrefix("python=") } ? [] : ["python=\(name)"]
    return (named + parameters).flatMap { ["--set", "environment.parameters.\($0)"] }
  }
}

extension Sandbox {
  /// Runs a command on an environment of the fixtures, with a horizon of 10 steps.
  func fledge(
    _ command: [String], onKind kind: String, _ parameters: [String] = [], by: [String] = []
  ) throws -> Finished {
    try fledge(
      command + ["--env", "gymnasium:\(kind)"] + Python.setting(["horizon=10"] + parameters),
      setting: ["PYTHONPATH": fixtures, "PYTHONDONTWRITEBYTECODE": "1"], by: by)
  }

  /// Runs `environments check` on an environment of the fixtures.
  func check(
    _ kind: String, only checks: [String], _ parameters: [String] = [], by: [String] = []
  ) throws -> Finished {
    try fledge(
      ["environments", "check", "gymnasium:\(kind)"] + checks.flatMap { ["--only", $0] }
        + Python.setting(["horizon=10"] + parameters),
      setting: ["PYTHONPATH": fixtures, "PYTHONDONTWRITEBYTECODE": "1"], by: by)
  }
}
