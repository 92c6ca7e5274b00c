import EnvironmentKit
import Randomness
import Testing

@Suite struct WorldGroupTests {
  private let environment: AnyEnvironment
  init() throws { environment = try EnvironmentDefinition(LineWorld.self).make() }

  private func reset(_ group: any WorldGroup, _ worlds: [Int32]) throws -> [Float] {
    let streams = worlds.map {
      RandomStream(seed: 1, episode: Int($0), purpose: .environment)
    }
    var observations = [Float](repeating: .nan, count: worlds.count)
    var span = observations.mutableSpan
    try group.reset(worlds: worlds.span, streams: streams.span, observations: &span)
    return observations
  }

  private func step(_ group: any WorldGroup, _ worlds: [Int32], _ actions: [Float]) throws
    -> [Float]
  {
    var observations = [Float](repeating: .nan, count: worlds.count)
    var rewards = observations
    var terminated = [Bool](repeating: false, count: worlds.count)
    var observationSpan = observations.mutableSpan
    var rewardSpan = rewards.mutableSpan
    var terminatedSpan = terminated.mutableSpan
    try group.step(
      worlds: worlds.span, actions: actions.span, observations: &observationSpan,
      rewards: &rewardSpan, terminated: &terminatedSpan)
    return observations
  }

  @Test func `rows belong to the worlds that are named`() throws {
    let group = try environment.makeWorlds(count: 4)
    try group.setTask(try environment.task(json: #"{"target":1}"#))
    let start = try reset(group, [0, 1, 2, 3])
    #expect(Set(start).count == 4)
    #expect(try step(group, [3, 1], [1, 0]) == [start[3] + 0.25, start[1] - 0.25])
    #expect(try step(group, [0, 3], [1, 1]) == [start[0] + 0.25, start[3] + 0.25 + 0.25])
  }

  @Test func `an episode depends on its stream, not on its place`() throws {
    let group = try environment.makeWorlds(count: 4)
    try group.setTask(try environment.task(json: #"{"target":1}"#))
    let forward = try reset(group, [0, 1, 2, 3])
    #expect(try reset(group, [3, 2, 1, 0]) == forward.reversed())
  }

  @Test func `a task of another environment is refused`() throws {
    struct Other: Environment {
      static let name = "other-world"
      static let summary = "Another line"
      var world: LineWorld
      init(parameters: LineWorld.Parameters) { world = LineWorld(parameters: parameters) }
      static func specification(parameters: LineWorld.Parameters) throws -> EnvironmentSpecification
      {
        try LineWorld.specification(parameters: parameters)
      }
      static func tasks(parameters: LineWorld.Parameters) -> LineWorld.Targets { .init() }
      mutating func reset(
        task: LineWorld.Task, random: inout RandomStream, observation: inout MutableSpan<Float>
      ) { world.reset(task: task, random: &random, observation: &observation) }
      mutating func step(
        action: Span<Float>, random: inout RandomStream, observation: inout MutableSpan<Float>
      ) -> Transition { world.step(action: action, random: &random, observation: &observation) }
    }
    let other = try EnvironmentDefinition(Other.self).make()
    let group = try environment.makeWorlds(count: 1)
    #expect(throws: EnvironmentError.self) {
      try group.setTask(try other.task(json: #"{"target":1}"#))
    }
  }

  @Test func `no world at all is refused`() {
    #expect(throws: EnvironmentError.self) { try environment.makeWorlds(count: 0) }
  }

  @Test func `a speed measurement counts the same for any repetition`() throws {
    let first = try environment.measureStepRate(stepsPerWorld: 50, worldsPerThread: 8, threads: 2)
    let second = try environment.measureStepRate(stepsPerWorld: 50, worldsPerThread: 8, threads: 2)
    #expect(first.steps == 800)
    #expect(first.environments == 16)
    #expect(first.episodes == second.episodes)
    #expect(first.episodes >= 5 * 16)
    #expect(first.stepsPerSecond > 0)
    #expect(throws: EnvironmentError.self) { try environment.measureStepRate(stepsPerWorld: 0) }
  }

  @Test func `a measurement that lasts takes as many steps as that needs`() throws {
    let short = try environment.measureStepRate(lasting: 0.001, worldsPerThread: 8, threads: 2)
    let long = try environment.measureStepRate(lasting: 0.05, worldsPerThread: 8, threads: 2)
    #expect(short.steps >= 160 && long.steps % 16 == 0)
    #expect(long.seconds > 0.025 && long.stepsPerSecond > 0)
  }
}
