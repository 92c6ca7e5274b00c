import EnvironmentKit
import Experiments
import Foundation
import Randomness
import RunRecords
import Synchronization
import Testing

/// A world that tells which tasks its episodes were of.
private struct WatchedWorld: Environment {
  struct Task: Codable, Sendable, Equatable { var value: Double }

  struct Parameters: EnvironmentParameters {
    func validate() {}
  }

  struct Values: TaskDistribution {
    func sample(split: TaskSplit, random: inout RandomStream) -> Task {
      Task(value: random.uniform())
    }
  }

  /// The values of all tasks that an episode began of.
  static let seen = Mutex<Set<Double>>([])

  static let name = "watched"
  static let summary = "A world that tells which tasks its episodes were of"

  init(parameters: Parameters) {}

  static func specification(parameters: Parameters) throws -> EnvironmentSpecification {
    try EnvironmentSpecification(
      observation: [Component("x", unit: "m", range: -1...1)],
      action: .continuous([Component("push", range: -1...1)]), horizon: 2, startsVary: false,
      terminationIsSuccess: false)
  }

  static func tasks(parameters: Parameters) -> Values { Values() }

  mutating func reset(
    task: Task, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) {
    Self.seen.withLock { _ = $0.insert(task.value) }
    observation[0] = 0
  }

  mutating func step(
    action: Span<Float>, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) -> Transition {
    observation[0] = 0
    return Transition(reward: action[0], terminated: false)
  }
}

@Suite(.serialized) struct TrainedTasksTests {
  private func experiment(pool: Int? = nil) throws -> Experiment {
    var configuration = Configuration()
    configuration.environment.name = WatchedWorld.name
    configuration.environment.trainingTasks = pool
    configuration.policy.hiddenSizes = [2]
    configuration.inner.episodes = 2
    configuration.outer.method = .adam
    configuration.outer.tasks = 4
    configuration.run.seed = 5
    configuration.run.threads = 1
    var environments = EnvironmentRegistry()
    try environments.register(WatchedWorld.self)
    return try Experiment(configuration, source: "test", environments: environments)
  }

  /// The tasks of each iteration that a learner's episodes were of.
  private func trained(_ experiment: Experiment, iterations: Int) throws -> [Set<Double>] {
    let learner = try experiment.makeLearner()
    return try (0..<iterations).map { _ in
      WatchedWorld.seen.withLock { $0 = [] }
      _ = try learner.iterate()
      return WatchedWorld.seen.withLock { $0 }
    }
  }

  private func values(_ tasks: [AnyTask]) throws -> [Double] {
    try tasks.map {
      try JSONDecoder().decode(WatchedWorld.Task.self, from: Data($0.json.utf8)).value
    }
  }

  @Test("Every task of a gap is one that training drew, spread over its iterations, none twice")
  func drawn() throws {
    let experiment = try experiment()
    let iterations = try trained(experiment, iterations: 3)
    let all = iterations.reduce(Set<Double>()) { $0.union($1) }
    #expect(all.count == 12)
    for count in [1, 3, 5, 12] {
      let chosen = try values(experiment.trainedTasks(count, upTo: 3))
      #expect(chosen.count == count && Set(chosen).count == count && all.isSuperset(of: chosen))
    }
    let three = try values(experiment.trainedTasks(3, upTo: 3))
    #expect(zip(iterations, three).allSatisfy { $0.contains($1) })
    // Fewer than asked for are all of them, and later iterations don't count.
    let early = try values(experiment.trainedTasks(400, upTo: 2))
    #expect(early.count == 8 && Set(early) == iterations[0].union(iterations[1]))
    #expect(try experiment.trainedTasks(400, upTo: 0).isEmpty)
  }

  @Test("With a pool training draws nothing else, and neither does its gap")
  func pool() throws {
    let pooled = try experiment(pool: 3)
    let seen = try trained(pooled, iterations: 8).reduce(Set<Double>()) { $0.union($1) }
    #expect(seen.count == 3)
    #expect(try Set(values(pooled.trainedTasks(20, upTo: 8))) == seen)
    let unlimited = try experiment()
    let first = try unlimited.problem.sampleTasks(split: .train, count: 3, seed: 5)
    #expect(try Set(values(first)) == seen)
    // What is tested on stays as it was.
    let test = try pooled.problem.sampleTasks(split: .test, count: 6, seed: 5)
    #expect(try test == unlimited.problem.sampleTasks(split: .test, count: 6, seed: 5))
  }

  @Test("A pool of tasks is read from a configuration, and refused where it is empty")
  func key() throws {
    let read = try Configuration(yaml: "environment: {trainingTasks: 10}", source: "test")
    #expect(read.environment.trainingTasks == 10)
    let old = try Configuration(yaml: "environment: {name: point-navigation}", source: "test")
    #expect(old.environment.trainingTasks == nil)
    #expect(throws: RecordError.self) {
      try Configuration(yaml: "environment: {trainingTasks: 0}", source: "test")
    }
  }
}
