import EnvironmentKit
import Randomness

/// One world driven directly, as a test reads best.
struct Driven<World: Environment> {
  var world: World
  var random: RandomStream
  var observation: [Float] = [.nan, .nan]

  init(_ world: World, task: World.Task, seed: UInt64 = 1) {
    self.world = world
    random = RandomStream(seed: seed, purpose: .environment)
    var observation: [Float] = [.nan, .nan]
    var span = observation.mutableSpan
    self.world.reset(task: task, random: &random, observation: &span)
    self.observation = observation
  }

  mutating func step(_ x: Float, _ y: Float) -> Transition {
    let action = [x, y]
    var observation = observation
    var span = observation.mutableSpan
    let transition = world.step(action: action.span, random: &random, observation: &span)
    self.observation = observation
    return transition
  }

  var position: SIMD2<Float> { SIMD2(observation[0], observation[1]) }

  /// The undiscounted return of at most `horizon` steps of a policy that sees the position.
  mutating func play(horizon: Int = 100, _ policy: (SIMD2<Float>) -> SIMD2<Float>) -> Double {
    var total = 0.0
    for _ in 0..<horizon {
      let action = policy(position)
      let transition = step(action.x, action.y)
      total += Double(transition.reward)
      if transition.terminated { break }
    }
    return total
  }
}
