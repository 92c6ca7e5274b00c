import EnvironmentKit
import Foundation
import Locomotion
import Randomness

/// One world driven directly, as a test reads best.
struct Driven<World: Environment> {
  var world: World
  var random: RandomStream
  private(set) var observation: [Float]

  init(
    _ type: World.Type, _ parameters: World.Parameters = .init(), task: World.Task, seed: UInt64 = 1
  ) throws {
    world = try World(parameters: parameters)
    random = RandomStream(seed: seed, purpose: .environment)
    let width = try World.specification(parameters: parameters).observationWidth
    observation = [Float](repeating: .nan, count: width)
    reset(task: task, seed: seed)
  }

  mutating func reset(task: World.Task, seed: UInt64 = 1) {
    random = RandomStream(seed: seed, purpose: .environment)
    var observation = observation
    var span = observation.mutableSpan
    world.reset(task: task, random: &random, observation: &span)
    self.observation = observation
  }

  mutating func step(_ action: [Float]) -> Transition {
    var observation = observation
    var span = observation.mutableSpan
    let transition = world.step(action: action.span, random: &random, observation: &span)
    self.observation = observation
    return transition
  }

  /// Everything that `steps` steps of actions give, until a fall.
  mutating func trace(steps: Int, actions: (Int) -> [Float]) -> [[Float]] {
    var trace = [observation]
    for index in 0..<steps {
      let transition = step(actions(index))
      trace.append(observation + [transition.reward, transition.terminated ? 1 : 0])
      if transition.terminated { break }
    }
    return trace
  }
}

/// Actions that fill [-1, 1] evenly and are the same for the same step.
func actions(_ count: Int, step: Int, salt: Int = 0) -> [Float] {
  var random = RandomStream(seed: UInt64(salt), episode: step, purpose: .actions)
  return random.uniforms(count, in: -1...1)
}

extension LocomotionTask {
  static func velocity(_ velocity: Float) -> LocomotionTask {
    var task = LocomotionTask()
    task.velocity = velocity
    return task
  }

  static func changed(_ change: (inout LocomotionTask) -> Void) -> LocomotionTask {
    var task = LocomotionTask()
    change(&task)
    return task
  }
}

extension LocomotionParameters {
  static func changed(_ change: (inout LocomotionParameters) -> Void) -> LocomotionParameters {
    var parameters = LocomotionParameters()
    change(&parameters)
    return parameters
  }

  static func family(_ family: TaskFamily) -> LocomotionParameters { .changed { $0.task = family } }
}

extension AnyTask {
  /// The task as this module has it.
  func decoded() throws -> LocomotionTask {
    try JSONDecoder().decode(LocomotionTask.self, from: Data(json.utf8))
  }
}

extension WalkerParameters {
  /// BipedalWalker itself.
  static let original = WalkerParameters.changed { _ in }

  /// Those of BipedalWalker, changed.
  static func changed(_ change: (inout WalkerParameters) -> Void) -> WalkerParameters {
    var parameters = WalkerParameters()
    parameters.task = .original
    change(&parameters)
    return parameters
  }
}
