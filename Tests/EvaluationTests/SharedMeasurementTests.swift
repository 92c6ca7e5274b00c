import Adaptation
import AlgorithmTesting
import EnvironmentKit
import Evaluation
import MetaLearning
import Parallel
import PointNavigation
import Policies
import Statistics
import Synchronization
import Testing

@Suite struct SharedMeasurementTests {
  private let environment: AnyEnvironment
  private let settings: MetaLearningSettings
  private let state: LearnerState
  private let policy: Policy

  init() throws {
    var settings = MetaLearningSettings()
    settings.policy.hiddenSizes = [8]
    settings.outer.method = .adam
    self.settings = settings
    environment = try EnvironmentDefinition(PointNavigation.self).make(
      parameters: ["horizon": .integer(10)])
    policy = Policy(for: environment.specification, settings: settings.policy)
    state = try MetaLearner(
      problem: .episodes(environment, policy), settings: settings, seed: 2, team: Threads(1)
    ).state
  }

  private func measurement(
    by team: any Team, record: MeasurementRecord = MeasurementRecord()
  ) throws -> AdaptationMeasurement {
    AdaptationMeasurement(
      environment: environment, adaptation: settings.adaptation(of: policy, from: state),
      tasks: try environment.sampleTasks(split: .test, count: 23, seed: 9), seed: 4, team: team,
      record: record)
  }

  @Test("Processes measure what one does, by every protocol", arguments: [2, 3, 5])
  func sameBits(processes: Int) throws {
    let alone = try measurement(by: Threads(2))
    let whole = [
      try alone.perStep(2, episodes: 3), try alone.perEpisode([0, 2], steps: 1, episodes: 3),
      try alone.online(3),
    ].map(\.outcomes)
    let shared = inCrew(of: processes) { crew in
      // Some may have more threads than others.
      let measurement = try measurement(by: Ranks(crew, threads: crew.rank % 3 + 1))
      return [
        try measurement.perStep(2, episodes: 3),
        try measurement.perEpisode([0, 2], steps: 1, episodes: 3), try measurement.online(3),
      ].map(\.outcomes)
    }
    for outcomes in shared { #expect(try outcomes.get() == whole) }
  }

  @Test("The leader hears of each task that is measured, once, and of none that was known")
  func record() throws {
    let known = try measurement(by: Threads(1)).perStep(1, episodes: 2).outcomes
    let told = Told()
    _ = inCrew(of: 3) { crew in
      var record = MeasurementRecord()
      for task in [3, 20] { record.known[task] = known[task] }
      if crew.isLeader { record.didMeasure = { told.add($0.task) } }
      return try measurement(by: Ranks(crew, threads: 1), record: record)
        .perStep(1, episodes: 2).outcomes
    }
    #expect(told.tasks.sorted() == (0..<23).filter { $0 != 3 && $0 != 20 })
  }

  @Test("A wish to stop in one process stops the measurement in all")
  func stopped() throws {
    let results = inCrew(of: 3, errors: [MeasurementStopped.self]) { crew in
      var record = MeasurementRecord()
      record.shouldStop = { crew.rank == 2 }
      return try measurement(by: Ranks(crew, threads: 1), record: record)
        .perStep(1, episodes: 2).outcomes
    }
    for result in results { #expect(throws: MeasurementStopped.self) { try result.get() } }
  }
}

/// The tasks that were told of.
private final class Told: Sendable {
  private let list = Mutex<[Int]>([])

  var tasks: [Int] { list.withLock { $0 } }

  func add(_ task: Int) { list.withLock { $0.append(task) } }
}
