import Foundation
import Testing

/// A method and a network of somebody else's, in a package outside of the repository, as the article prints them.
@Suite struct SlowAddAnAlgorithmTests {
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
    let (files, commands) = try Self.article()
    #expect(files.count == 5)
    let sandbox = try Sandbox()
    try FileManager.default.createSymbolicLink(
      atPath: sandbox.path + "/fledge", withDestinationPath: repository)
    for (path, code) in files {
      let url = URL(fileURLWithPath: sandbox.path + "/" + path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try code.write(to: url, atomically: true, encoding: .utf8)
    }
    let (code, output) = try SlowAuthoringTests.run(commands, in: sandbox)
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
}
