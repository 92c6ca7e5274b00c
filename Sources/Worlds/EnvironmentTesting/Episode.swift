internal import EnvironmentKit

/// What an environment gave in one episode.
struct Episode {
  let task: AnyTask
  let index: Int
  let observationWidth: Int
  /// `[step, component]`, the first of them from the reset.
  var observations: [Float] = []
  /// `[step]`.
  var rewards: [Float] = []
  var terminated = false

  /// The number of steps taken.
  var length: Int { rewards.count }

  /// The first thing in which another episode with the same actions differs: bits count.
  func difference(
    from other: Episode, _ specification: EnvironmentSpecification
  ) -> (quantity: String, component: String?, step: Int)? {
    for step in 0...max(length, other.length) {
      if step > min(length, other.length) {
        return ("one ends after \(length) steps, the other after \(other.length)", nil, step)
      }
      for component in 0..<observationWidth {
        let index = step * observationWidth + component
        if observations[index].bitPattern != other.observations[index].bitPattern {
          let values = "\(observations[index]) and \(other.observations[index])"
          return ("an observation is \(values)", specification.observation[component].name, step)
        }
      }
      if step > 0, rewards[step - 1].bitPattern != other.rewards[step - 1].bitPattern {
        let values = "\(rewards[step - 1]) and \(other.rewards[step - 1])"
        return ("the reward is \(values)", nil, step)
      }
    }
    guard terminated == other.terminated else {
      return ("one terminates, the other doesn't", nil, length)
    }
    return nil
  }

  /// A finding about this episode.
  func finding(_ problem: String, component: String? = nil, step: Int? = nil) -> ConformanceFinding
  {
    ConformanceFinding(
      problem: problem, component: component, task: task.json, episode: index, step: step)
  }
}
