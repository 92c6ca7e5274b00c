import EnvironmentKit
import Testing

@Suite struct SpecificationTests {
  private let move = ActionSpace.continuous([Component("move", range: -1...1)])
  private let position = [Component("x", unit: "m")]

  @Test func `a specification knows its widths`() throws {
    let specification = try EnvironmentSpecification(
      observation: position, action: .discrete(["left", "right", "stay"]), horizon: 5)
    #expect(specification.observationWidth == 1)
    #expect(specification.actionWidth == 1)
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
