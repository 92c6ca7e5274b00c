import Differentiation
import EnvironmentKit
import PointNavigation
import Policies
import Randomness
import Rollouts
import Testing

/// A collector with the policy and parameters it is tried with.
struct Setup {
  let environment: AnyEnvironment
  let policy: Policy
  let parameters: Tensor<Float>
  let collector: Collector

  init<World: Environment>(
    _ type: World.Type, _ settings: [String: ParameterValue] = [:], capacity: Int = 8,
    network kind: NetworkName = .perceptron, _ change: (inout PolicySettings) -> Void = { _ in }
  ) throws {
    environment = try EnvironmentDefinition(type).make(parameters: settings)
    var network = PolicySettings()
    network.hiddenSizes = [6]
    network.network = kind
    change(&network)
    policy = try Policy(
      for: environment.specification, settings: network, networks: .builtIn)
    var random = RandomStream(seed: 17, purpose: .initialization)
    parameters = policy.initialParameters(&random, settings: network)
    collector = try Collector(environment: environment, policy: policy, capacity: capacity)
  }

  func task(_ index: Int = 0) throws -> AnyTask {
    try environment.sampleTasks(split: .train, count: index + 1, seed: 3)[index]
  }

  func collect(
    _ count: Int = 8, seed: UInt64 = 1, task index: Int = 0, phase: Int = 0,
    memory: Tensor<Float>? = nil
  ) throws -> Episodes {
    try collector.collect(
      count, task: try task(index), by: Actor(policy, parameters: parameters, memory: memory),
      name: CollectionName(seed: seed, iteration: 2, task: index, phase: phase))
  }
}

extension Setup {
  /// Expects that what was done in episodes collected by default is the policy's mean plus its deviation times the stream's
  /// normal draws.
  func expectActions(of episodes: Episodes) {
    guard case .continuous(let actions) = episodes.actions else {
      Issue.record("actions are not continuous")
      return
    }
    let means = policy.outputs(policy.layout.constants(of: parameters), episodes.inputs)
      .location.value
    let horizon = environment.specification.horizon
    for episode in 0..<episodes.count {
      var stream = RandomStream(
        seed: 1, iteration: 2, task: 0, phase: 0, episode: episode, purpose: .actions)
      let noise = stream.normals(2 * horizon)
      for (time, step) in episodes.steps(of: episode).enumerated() {
        for column in 0..<2 {
          // log σ starts at 0.
          let expected = means[step, column] + noise[2 * time + column]
          #expect(abs(actions[step, column] - expected) < 1e-5)
        }
      }
    }
  }
}

/// Episodes of a scripted world.
func scripted(_ settings: [String: ParameterValue], episodes: Int = 8) throws -> Episodes {
  try Setup(ScriptedWorld.self, settings).collect(episodes)
}

extension Episodes {
  /// Everything of the episodes as comparable values.
  var contents: [[Float]] {
    var actionElements: [Float] = []
    if case .continuous(let values) = actions { actionElements = values.elements }
    if case .discrete(let indices) = actions { actionElements = indices.map { Float($0) } }
    return [
      observations.elements, actionElements, rewards, starts.map { Float($0) },
      terminated.map { $0 ? 1 : 0 }, finalObservations.elements,
    ]
  }
}

/// The largest absolute difference, over 1 or the largest expected size.
func difference(_ found: [Double], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  let size = expected.reduce(1) { max($0, abs($1)) }
  return zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } / size
}
