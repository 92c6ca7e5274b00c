import EnvironmentKit
import Testing

@Suite struct RegistryTests {
  @Test func `an environment is found by its name`() throws {
    var registry = EnvironmentRegistry()
    try registry.register(LineWorld.self)
    #expect(try registry.environment(named: "line-world").summary == LineWorld.summary)
    #expect(registry.definitions.map(\.name) == ["line-world"])
  }

  @Test func `an unknown name is answered with the nearest one`() throws {
    var registry = EnvironmentRegistry()
    try registry.register(LineWorld.self)
    #expect(throws: EnvironmentError("unknown environment 'lineworld'; did you mean 'line-world'?"))
    {
      try registry.environment(named: "lineworld")
    }
    #expect(throws: EnvironmentError("unknown environment 'chess'; known are line-world")) {
      try registry.environment(named: "chess")
    }
  }

  @Test func `a name can be taken once`() throws {
    var registry = EnvironmentRegistry()
    try registry.register(LineWorld.self)
    #expect(throws: EnvironmentError.self) { try registry.register(LineWorld.self) }
  }
}
