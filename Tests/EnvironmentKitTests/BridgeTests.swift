import Foundation
import Testing

@testable import EnvironmentKit

/// What stands between a policy and an environment that other code runs.
@Suite struct BridgeTests {
  private func scaled(_ values: [Float], _ ranges: [ClosedRange<Float>]) -> [Float]? {
    let components = ranges.enumerated().map { Component("\($0)", range: $1) }
    return ActionScaling(.continuous(components)).map { scaling in
      var actions = values
      actions.withUnsafeMutableBufferPointer {
        if let start = $0.baseAddress {
          scaling.apply(to: start, rows: values.count / ranges.count)
        }
      }
      return actions
    }
  }

  @Test("Actions reach from bound to bound as a policy's reach from -1 to 1, and 0 is the middle")
  func scaling() {
    #expect(scaled([-1, 0, 1, -3], [100...300]) == [100, 200, 300, -100])
    #expect(scaled([1, -1, 0.5, 0], [-1...1, 0...1]) == [1, 0, 0.5, 0.5])
    #expect(scaled([0.3, -1.7], [-2...2]) == [0.6, -3.4])
    #expect(scaled([1], [-3e38...3e38]) == [3e38])
  }

  @Test("Bounds of -1 and 1, and choices, leave actions as they are")
  func unscaled() {
    #expect(scaled([0.1, 7], [-1...1, -1...1]) == nil)
    #expect(ActionScaling(.discrete(["left", "right"])) == nil)
  }

  @Test("Every name of listed tasks varies, and a range among them leaves no list")
  func combinations() throws {
    let tasks = try tasks(#"["a={-1,1}","b={red, \"green, blue\", true}"]"#)
    let all = try #require(try tasks.combinations())
    #expect(all.count == 6)
    #expect(all[0] == ["a": -1, "b": "red"] && all[5] == ["a": 1, "b": true])
    #expect(all[1] == ["a": -1, "b": "green, blue"])
    #expect(try self.tasks(#"["a={-1,1}","b=0..1"]"#).combinations() == nil)
    #expect(try self.tasks("[]").combinations() == nil)
    #expect(try self.tasks(#""none""#).combinations() == [[:]])
    #expect(try self.tasks(#"["none"]"#).isNone)
  }

  @Test(
    "A task's values that don't hold are shown",
    arguments: [
      "a", "a=", "=1..2", "a=2..1", "a=1,2", "a=nan..1", "a=-inf..1", "a=1..", "a={}", "a={1,1}",
      "a={,}", "a={1", "a=1....x", "none=", "a=-1e308..1e308",
    ])
  func refused(text: String) throws {
    let json = String(decoding: try JSONEncoder().encode([text]), as: UTF8.self)
    let error = #expect(throws: EnvironmentError.self) { try self.tasks(json).values() }
    #expect(error?.message.contains("'\(text)'") == true && error?.key == "tasks")
  }

  @Test("A name that is given twice, and more tasks than can be listed, are refused")
  func tooMuch() throws {
    #expect(throws: EnvironmentError.self) { try tasks(#"["a=1..2","a={3}"]"#).values() }
    let many = "{" + (0..<200).map(String.init).joined(separator: ",") + "}"
    let list = try tasks(#"["a=\#(many)","b=\#(many)"]"#)
    #expect(throws: EnvironmentError.self) { try list.combinations() }
  }

  private func tasks(_ json: String) throws -> GymnasiumTasks {
    try JSONDecoder().decode(GymnasiumTasks.self, from: Data(json.utf8))
  }
}
