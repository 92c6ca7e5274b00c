import EnvironmentKit
import Foundation
import Navigation
import Randomness
import Testing

/// One world driven directly, as a test reads best.
struct Driven<World: Environment> {
  var world: World
  let horizon: Int
  private(set) var random: RandomStream
  private(set) var observation: [Float]
  private let names: [String: Int]

  init(_ parameters: World.Parameters, task: World.Task, seed: UInt64 = 1) throws {
    world = try World(parameters: parameters)
    let specification = try World.specification(parameters: parameters)
    horizon = specification.horizon
    names = Dictionary(
      uniqueKeysWithValues: specification.observation.enumerated().map { ($1.name, $0) })
    observation = [Float](repeating: .nan, count: specification.observationWidth)
    random = RandomStream(seed: seed, purpose: .environment)
    reset(task, seed: seed)
  }

  mutating func reset(_ task: World.Task, seed: UInt64 = 1) {
    random = RandomStream(seed: seed, purpose: .environment)
    var next = observation
    var span = next.mutableSpan
    world.reset(task: task, random: &random, observation: &span)
    observation = next
  }

  @discardableResult
  mutating func step(_ first: Float, _ second: Float) -> Transition {
    let action = [first, second]
    var next = observation
    var span = next.mutableSpan
    let transition = world.step(action: action.span, random: &random, observation: &span)
    observation = next
    return transition
  }

  subscript(name: String) -> Float {
    guard let index = names[name] else { return .nan }
    return observation[index]
  }

  var position: SIMD2<Float> { [self["x"], self["y"]] }

  /// Observations, rewards and ends of the actions, as bits.
  mutating func bits(of actions: [SIMD2<Float>]) -> [UInt32] {
    observation.map(\.bitPattern)
      + actions.flatMap { action in
        let transition = step(action.x, action.y)
        return observation.map(\.bitPattern)
          + [transition.reward.bitPattern, transition.terminated ? 1 : 0]
      }
  }
}

/// Actions of every size, the same for the same seed.
func randomActions(_ count: Int, seed: UInt64 = 1) -> [SIMD2<Float>] {
  var random = RandomStream(seed: seed, purpose: .actions)
  return (0..<count).map { _ in
    [random.uniform(in: -1.5...1.5), random.uniform(in: -1.5...1.5)]
  }
}

/// Pushes to one side for a while, then to another: what reaches walls and top speeds.
func extremeActions(_ count: Int, seed: UInt64 = 1) -> [SIMD2<Float>] {
  var random = RandomStream(seed: seed, purpose: .actions)
  var actions: [SIMD2<Float>] = []
  let ends: [Float] = [-1, 1, 0, -.infinity, .infinity, .nan]
  while actions.count < count {
    let action = SIMD2(ends[random.index(below: 6)], ends[random.index(below: 6)])
    actions += [SIMD2<Float>](repeating: action, count: 1 + random.index(below: 25))
  }
  return Array(actions.prefix(count))
}

/// Steps on through episodes of many tasks, and expects each observation to be within its bounds.
func expectSound<World: Environment>(
  _ type: World.Type, _ given: [String: ParameterValue] = [:], steps: Int
) throws {
  let environment = try EnvironmentDefinition(World.self).make(parameters: given)
  let worlds = try environment.makeWorlds(count: 1)
  let specification = environment.specification
  var observation = [Float](repeating: 0, count: specification.observationWidth)
  var rewards: [Float] = [0]
  var ends = [true]
  let actions = [randomActions(steps / 2), extremeActions(steps - steps / 2)].joined()
  var age = 0
  var episode = 0
  for action in actions {
    var next = observation.mutableSpan
    if ends[0] || age == specification.horizon {
      let split = TaskSplit.allCases[episode % 4]
      let task = try environment.sampleTasks(split: split, count: 1, seed: 1, iteration: episode)
      try worlds.setTask(task[0])
      let streams = [RandomStream(seed: 1, episode: episode, purpose: .environment)]
      try worlds.reset(worlds: [0].span, streams: streams.span, observations: &next)
      age = 0
      episode += 1
    }
    var reward = rewards.mutableSpan
    var end = ends.mutableSpan
    try worlds.step(
      worlds: [0].span, actions: [action.x, action.y].span, observations: &next,
      rewards: &reward, terminated: &end)
    age += 1
    for (component, value) in zip(specification.observation, observation)
    where !(component.range.lowerBound - 1e-4...component.range.upperBound + 1e-4).contains(value) {
      Issue.record("\(component.name) is \(value) after action \(action) in episode \(episode)")
      return
    }
    guard rewards[0].isFinite, abs(rewards[0]) < 10 else {
      Issue.record("the reward is \(rewards[0]) in episode \(episode)")
      return
    }
  }
}

/// The tasks of a split, decoded.
func tasks<World: Environment>(
  _ type: World.Type, _ split: TaskSplit, _ parameters: [String: ParameterValue] = [:],
  count: Int = 500
) throws -> [World.Task] {
  try EnvironmentDefinition(World.self).make(parameters: parameters)
    .sampleTasks(split: split, count: count, seed: 1)
    .map { try JSONDecoder().decode(World.Task.self, from: Data($0.json.utf8)) }
}

/// Expects one line that names the key.
func expectError(
  _ key: String, containing part: String = "", _ body: () throws -> Void,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let error = #expect(
    throws: EnvironmentError.self, sourceLocation: sourceLocation, performing: body)
  #expect(error?.key == key, sourceLocation: sourceLocation)
  #expect(error?.message.contains("'\(key)'") == true, sourceLocation: sourceLocation)
  #expect(
    part.isEmpty || error?.message.contains(part) == true, "\(String(describing: error))",
    sourceLocation: sourceLocation)
  #expect(error?.message.contains("\n") == false, sourceLocation: sourceLocation)
}
