import BuiltInEnvironments
import CommandLineTool
import EnvironmentKit
import Foundation
import RunRecords
import Settings

@testable import Studies

/// The plan of a study's text.
func plan(_ yaml: String) throws -> StudyPlan {
  let context = Context(environments: try .builtIn())
  return try StudyPlan(StudySettings(yaml: yaml, source: "a.yaml"), source: "a.yaml", in: context)
}

/// 24 settings of one method in three rungs.
func halving(_ kind: String, seeds: String = "1", search: String = "grid") throws -> StudyPlan {
  try plan(
    """
    set: [outer.iterations=18]
    axes:
      inner.stepSize: {logRange: [0.01, 1], count: 6}
      outer.learningRate: [0.001, 0.002, 0.003, 0.004]
    search: {kind: \(search)\(search == "grid" ? "" : ", trials: 24")}
    halving: {kind: \(kind), factor: 3}
    seeds: {tuning: \(seeds), final: 101...102}
    """)
}

/// A score that grows with the trial's number and a little with its iterations, and differs between seeds.
func score(_ key: Job.Key) -> Double {
  Double(key.trial * 7 % 24) + 0.1 * Double(key.rung) + 0.01 * Double(key.seed)
}

/// A folder of its own, removed with the value.
final class TemporaryFolder {
  let path = FileManager.default.temporaryDirectory.path + "/fledge-study-" + UUID().uuidString

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
