import EnvironmentKit
import PointNavigation
import Testing

@Suite struct SpeedTests {
  @Test func `a million random steps end as many episodes every time`() throws {
    for definition in [
      EnvironmentDefinition(PointNavigation.self),
      EnvironmentDefinition(PointNavigationCorners.self),
    ] {
      let environment = try definition.make()
      let runs = try (0..<2).map { _ in
        try environment.measureStepRate(stepsPerWorld: 15_625, worldsPerThread: 64)
      }
      #expect(runs[0].steps == 1_000_000)
      #expect(runs[0].episodes == runs[1].episodes)
      // 64 worlds end at least every 100 steps.
      #expect(runs[0].episodes >= 64 * 156)
    }
  }
}
