import Adaptation
import EnvironmentKit
import Evaluation
import MetaLearning
import Parallel
import PointNavigation
import Policies
import Randomness
import Rollouts
import Statistics
import Testing

@Suite("A policy that learns within episodes, measured")
struct MemoryMeasurementTests {
  private let environment: AnyEnvironment
  private let adaptation: MemoryAdaptation
  private let policy: Policy
  private let tasks: [AnyTask]

  init() throws {
    environment = try EnvironmentDefinition(PointNavigation.self).make(
      parameters: ["horizon": .integer(8), "goalTolerance": .number(0)])
    var settings = MetaLearningSettings()
    settings.remember()
    settings.policy.hiddenSizes = [6]
    policy = try Policy(
      for: environment.specification, settings: settings.policy, networks: .builtIn)
    var random = RandomStream(seed: 1, purpose: .initialization)
    adaptation = MemoryAdaptation(
      policy, parameters: policy.initialParameters(&random, settings: settings.policy))
    tasks = try environment.sampleTasks(split: .test, count: 3, seed: 9)
  }

  private func measurement(threads: Int = 1) -> AdaptationMeasurement {
    AdaptationMeasurement(
      environment: environment, adaptation: adaptation, tasks: tasks, seed: 4,
      team: Threads(threads))
  }

  /// The episodes of four trials of a task, one after the other.
  private func trials(_ index: Int, episodes count: Int, side: Int) throws -> [Episodes] {
    let collector = try Collector(environment: environment, policy: policy, capacity: side)
    var progress = adaptation.begin()
    return try (0..<count).map { phase in
      let episodes = try collector.collect(
        side, task: tasks[index], by: adaptation.actor(progress),
        name: CollectionName(seed: 4, iteration: 0, task: index, phase: phase))
      adaptation.learn(&progress, from: episodes, repetitions: nil)
      return episodes
    }
  }

  @Test("By episodes, each trial goes on with its own memory, and the next episode counts")
  func perEpisode() throws {
    let curve = try measurement().perEpisode([0, 1, 3], steps: 1, episodes: 4)
    #expect(curve.points == [0, 1, 3].map { .init(gradientSteps: 0, episodes: $0) })
    for index in tasks.indices {
      let returns = try trials(index, episodes: 4, side: 4).map(\.meanReturn)
      #expect(curve.returns[index] == [returns[0], returns[1], returns[3]])
      #expect(curve.experience[index] == Array(returns.prefix(3)))
      #expect(curve.outcomes[index].environmentSteps == 4 * 4 * 8)
    }
    #expect(
      try measurement(threads: 3).perEpisode([0, 1, 3], steps: 1, episodes: 4).returns
        == curve.returns)
  }

  @Test("Online, one trial is all there is")
  func online() throws {
    let curve = try measurement().online(3)
    #expect(curve.points == (0..<3).map { .init(gradientSteps: 0, episodes: $0) })
    for index in tasks.indices {
      #expect(
        curve.returns[index] == (try trials(index, episodes: 3, side: 1).map(\.meanReturn)))
    }
  }
}
