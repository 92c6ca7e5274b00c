import Foundation
import RunRecords
import Testing

@testable import Studies

@Suite struct DocumentationTests {
  private func page() throws -> String {
    let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path
    return try String(
      contentsOfFile: repository + "/Sources/Program/fledge/Fledge.docc/Studies.md", encoding: .utf8
    )
  }

  @Test("The page on studies has the tables of all keys")
  func keys() throws { #expect(try page().contains(StudySettings.allKeys)) }

  @Test("The page's study can be read, and comes to what the page says")
  func example() throws {
    let text = try page()
    let start = try #require(text.range(of: "```yaml\n"))
    let end = try #require(text[start.upperBound...].range(of: "```"))
    let plan = try plan(String(text[start.upperBound..<end.lowerBound]))
    #expect(plan.trials.count == 48)
    #expect(plan.settings.seeds.final == [101, 102, 103])
  }
}
