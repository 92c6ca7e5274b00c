internal import EnvironmentKit

// What an environment writes into the memory it is handed.

extension Subject {
  func checkWritten() throws -> Outcome {
    let unwritten = Probe.unwritten.bitPattern
    return try survey { episode, _ in
      if let index = episode.observations.firstIndex(where: { $0.bitPattern == unwritten }) {
        let (step, component) = place(index)
        return episode.finding(
          "a component of the observation isn't written", component: component, step: step)
      }
      if let index = episode.rewards.firstIndex(where: { $0.bitPattern == unwritten }) {
        return episode.finding("the reward isn't written", step: index + 1)
      }
      return nil
    }
  }

  func checkBounds() throws -> Outcome {
    let ranges = specification.observation.map(\.range)
    return try survey { episode, pattern in
      for (index, value) in episode.observations.enumerated() {
        // What isn't a number, or isn't written, has checks of its own.
        let range = ranges[index % ranges.count]
        if value.isNaN || range.contains(value) { continue }
        let (step, component) = place(index)
        return episode.finding(
          "an observation is \(value) under \(pattern.rawValue) actions, expected in \(range)",
          component: component, step: step)
      }
      return nil
    }
  }

  func checkFinite() throws -> Outcome { try survey(nonFinite) }

  /// The first number of an episode that is none.
  func nonFinite(_ episode: Episode, _ pattern: ActionPattern) -> ConformanceFinding? {
    if let index = episode.observations.firstIndex(where: { !$0.isFinite }) {
      let (step, component) = place(index)
      return episode.finding(
        "an observation is \(episode.observations[index]) under \(pattern.rawValue) actions",
        component: component, step: step)
    }
    if let index = episode.rewards.firstIndex(where: { !$0.isFinite }) {
      return episode.finding(
        "the reward is \(episode.rewards[index]) under \(pattern.rawValue) actions",
        step: index + 1)
    }
    return nil
  }

  /// The time step and the component of an element of an episode's observations.
  private func place(_ index: Int) -> (step: Int, component: String) {
    let width = specification.observationWidth
    return (index / width, specification.observation[index % width].name)
  }
}
