import EnvironmentKit
import Locomotion
import Testing

@Suite struct HalfCheetahTests {
  @Test func `it observes seventeen numbers and takes six torques`() throws {
    let environment = try EnvironmentDefinition(HalfCheetah.self).make()
    #expect(environment.specification.observationWidth == 17)
    #expect(environment.specification.actionWidth == 6)
  }
}
