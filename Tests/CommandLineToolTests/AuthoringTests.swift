import Foundation
import Testing

/// What the article on an environment of one's own shows, and what its first command refuses.
@Suite struct AuthoringTests {
  private static func read(_ file: String) throws -> String {
    try String(
      contentsOfFile: repository + "/Sources/Program/" + file, encoding: .utf8)
  }

  /// The blocks of code in a language that the article shows.
  static func blocks(_ language: String) throws -> [String] {
    let parts = try read("fledge/Fledge.docc/AuthorAnEnvironment.md").components(
      separatedBy: "```" + language + "\n")
    return try parts.dropFirst().map { part in
      String(part[..<(try #require(part.range(of: "```"))).lowerBound])
    }
  }

  @Test("Every snippet stands in the template, which the slow tests compile")
  func snippets() throws {
    let template = try Self.read("CommandLineTool/Template/Swift/Environment.template")
    let snippets = try Self.blocks("swift")
    #expect(snippets.count >= 5)
    for snippet in snippets { #expect(template.contains(snippet), "\(snippet)") }
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
