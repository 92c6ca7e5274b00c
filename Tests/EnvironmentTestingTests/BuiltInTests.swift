import EnvironmentKit
import EnvironmentTesting
import Locomotion
import Navigation
import PointNavigation
import Testing

private let robots = [
  EnvironmentDefinition(HalfCheetah.self), EnvironmentDefinition(Hopper.self),
  EnvironmentDefinition(Quadruped.self),
]

private func walker(_ task: String) throws -> AnyEnvironment {
  try EnvironmentDefinition(Walker.self).make(
    parameters: ["task": .string(task), "horizon": .integer(300)])
}

private func navigation() throws -> [AnyEnvironment] {
  let worlds = [
    EnvironmentDefinition(MazeNavigation.self), EnvironmentDefinition(CarNavigation.self),
  ]
  let dense = try worlds.map { try $0.make(parameters: ["reward": .string("dense")]) }
  let sparse = try worlds.map { try $0.make(parameters: ["reward": .string("sparse")]) }
  return dense + sparse + [
    try EnvironmentDefinition(PointNavigation.self).make(),
    try EnvironmentDefinition(PointNavigationCorners.self).make(),
  ]
}

/// Every built-in environment in every family of its tasks.
@Suite struct BuiltInTests {
  private func check(_ environment: AnyEnvironment) {
    let report = checkConformance(
      of: environment, checks: ConformanceCheck.allCases.filter { $0 != .memory })
    #expect(report.passed, "\(report), \(environment.parameters)")
  }

  @Test("Robots conform", arguments: ["velocity", "direction", "dynamics", "terrain"])
  func robotsConform(task: String) throws {
    for robot in robots { check(try robot.make(parameters: ["task": .string(task)])) }
  }

  @Test("The walker conforms", arguments: ["velocity", "dynamics", "terrain"])
  func walkerConforms(task: String) throws {
    check(try walker(task))
  }

  @Test("Navigation conforms")
  func navigationConforms() throws {
    try navigation().forEach(check)
  }

  // Bytes in use are the whole process's: they are counted in one without other tests.
  @Test("Memory of none of them grows")
  func memory() async {
    await #expect(processExitsWith: .success) {
      let onTerrain = try robots.map { try $0.make(parameters: ["task": .string("terrain")]) }
      for environment in try navigation() + onTerrain + [walker("terrain")] {
        let report = checkConformance(of: environment, checks: [.memory], steps: 20_000)
        #expect(report.passed, "\(report)")
      }
    }
  }
}
