import Foundation
import Mutation
import Testing

@testable import EnvironmentKit

@Suite struct SpecificationTests {
  private let move = ActionSpace.continuous([Component("move", range: -1...1)])
  private let position = [Component("x", unit: "m")]

  @Test func `a specification knows its widths`() throws {
    let specification = try EnvironmentSpecification(
      observation: position, action: .discrete(["left", "right", "stay"]), horizon: 5)
    #expect(specification.observationWidth == 1)
    #expect(specification.actionWidth == 1)
  }

  @Test func `the units of a task's numbers are told through a plugin's specification`() throws {
    let specification = try EnvironmentSpecification(
      observation: position, action: move, horizon: 5, taskUnits: ["goal": "m", "ground.rise": "m"])
    let json = try JSONEncoder().encode(PluginSpecification(specification, parameters: [:]))
    let read = try PluginSpecification(json: String(decoding: json, as: UTF8.self)).checked()
    #expect(read == specification)
    // One that says nothing of them still holds.
    let silent = try PluginSpecification(
      json: #"{"observation":[{"name":"x"}],"action":{"discrete":["a","b"]},"horizon":1}"#
    ).checked()
    #expect(silent.taskUnits.isEmpty)
  }

  @Test func `mutated specifications of plugins are read or refused`() throws {
    let json = """
      {"observation":[{"name":"x","unit":"m","low":-1,"high":1},{"name":"y"}],"action":{"continuous":\
      [{"name":"u","low":-1.5,"high":1}]},"horizon":100,"startsVary":true,"parameters":{"a":[1,"b"]}}
      """
    _ = try PluginSpecification(json: json).checked()
    var random = Mutations(seed: 8)
    for _ in 0..<Mutations.count(2000) {
      let mutated = String(decoding: random.mutated(Array(json.utf8)), as: UTF8.self)
      do throws(EnvironmentError) {
        let specification = try PluginSpecification(json: mutated).checked()
        #expect(specification.observationWidth > 0 && specification.horizon > 0)
      } catch {
        #expect(!error.message.contains("\n"))
      }
    }
  }

  @Test func `a specification that doesn't hold is refused`() {
    #expect(throws: EnvironmentError.self) {
      try EnvironmentSpecification(observation: [], action: move, horizon: 5)
    }
    #expect(throws: EnvironmentError.self) {
      try EnvironmentSpecification(observation: position + position, action: move, horizon: 5)
    }
    #expect(throws: EnvironmentError.self) {
      try EnvironmentSpecification(observation: position, action: move, horizon: 0)
    }
    #expect(throws: EnvironmentError.self) {
      try EnvironmentSpecification(
        observation: position, action: .continuous([Component("force")]), horizon: 5)
    }
    #expect(throws: EnvironmentError.self) {
      try EnvironmentSpecification(observation: position, action: .discrete(["one"]), horizon: 5)
    }
  }
}
