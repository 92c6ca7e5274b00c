import Foundation
import RunRecords
import Testing

@Suite struct PartialEvaluationTests {
  private func directory() throws -> RunDirectory {
    let path = FileManager.default.temporaryDirectory.path + "/partial-" + UUID().uuidString
    return try RunDirectory.create(at: path, configuration: "")
  }

  private func lines(_ directory: RunDirectory, heading: String = "h", adding: [String] = [])
    throws -> [String]
  {
    var partial = try PartialEvaluation(in: directory, name: "e", heading: heading)
    for line in adding { try partial.append(line) }
    return partial.lines
  }

  @Test("Lines stay for the same evaluation, and go for another one")
  func headings() throws {
    let directory = try directory()
    defer { try? FileManager.default.removeItem(atPath: directory.path) }
    #expect(try lines(directory, adding: ["a", "b"]) == [])
    #expect(try lines(directory, adding: ["c"]) == ["a", "b"])
    #expect(try lines(directory) == ["a", "b", "c"])
    #expect(try lines(directory, heading: "other") == [])
    #expect(try lines(directory) == [])
  }

  @Test("A line that was cut is dropped, and the next one begins anew")
  func cutLine() throws {
    let directory = try directory()
    defer { try? FileManager.default.removeItem(atPath: directory.path) }
    _ = try lines(directory, adding: ["a", "bcd"])
    let path = directory.evaluationsPath + "/e.partial"
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try bytes.dropLast(2).write(to: URL(fileURLWithPath: path))
    #expect(try lines(directory, adding: ["e"]) == ["a"])
    #expect(try lines(directory) == ["a", "e"])
  }

  @Test("A complete evaluation leaves no file")
  func removal() throws {
    let directory = try directory()
    defer { try? FileManager.default.removeItem(atPath: directory.path) }
    let partial = try PartialEvaluation(in: directory, name: "e", heading: "h")
    try partial.remove()
    #expect(!FileManager.default.fileExists(atPath: directory.evaluationsPath + "/e.partial"))
  }
}
