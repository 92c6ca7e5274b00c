import EnvironmentKit
import EnvironmentTesting
import Locomotion
import Navigation
import PointNavigation
import Testing

/// Every built-in environment in every family of its tasks.
@Suite struct BuiltInTests {
  private func check(
    _ definition: EnvironmentDefinition, _ parameters: [String: ParameterValue] = [:]
  ) throws {
    let report = checkConformance(of: try definition.make(parameters: parameters), steps: 20_000)
    #expect(report.passed, "\(report), \(parameters)")
  }

  @Test("Robots conform", arguments: ["velocity", "direction", "dynamics", "terrain"])
  func robots(task: String) throws {
    for definition in [
      EnvironmentDefinition(HalfCheetah.self), EnvironmentDefinition(Hopper.self),
      EnvironmentDefinition(Quadruped.self),
    ] {
      try check(definition, ["task": .string(task)])
    }
  }

  @Test("The walker conforms", arguments: ["velocity", "dynamics", "terrain"])
  func walker(task: String) throws {
    try check(
      EnvironmentDefinition(Walker.self), ["task": .string(task), "horizon": .integer(300)])
  }

  @Test("Navigation conforms")
  func navigation() throws {
    try check(EnvironmentDefinition(PointNavigation.self))
    try check(EnvironmentDefinition(PointNavigationCorners.self))
    for reward in ["dense", "sparse"] {
      try check(EnvironmentDefinition(MazeNavigation.self), ["reward": .string(reward)])
      try check(EnvironmentDefinition(CarNavigation.self), ["reward": .string(reward)])
    }
  }
}
