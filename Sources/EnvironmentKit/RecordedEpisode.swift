/// An episode as it was seen: what pictures, films and replays are drawn from.
public struct RecordedEpisode: Sendable, Equatable {
  /// The world after its reset and after each step; none for an environment that doesn't show itself.
  public let scenes: [Scene]
  /// The reward of each step.
  public let rewards: [Float]
  /// Whether it ended by the environment's own rule rather than by the time limit.
  public let terminated: Bool

  /// Creates a recorded episode.
  ///
  /// - Parameters:
  ///   - scenes: One more than rewards, or none.
  ///   - rewards: The reward of each step.
  ///   - terminated: Whether it ended by the environment's own rule.
  public init(scenes: [Scene], rewards: [Float], terminated: Bool) {
    (self.scenes, self.rewards, self.terminated) = (scenes, rewards, terminated)
  }

  /// Where the agent was at each moment, in m.
  public var track: [SIMD2<Float>] { scenes.compactMap(\.agent) }

  /// The undiscounted return up to each moment, as many as there are scenes.
  public var returns: [Double] {
    rewards.reduce(into: [0]) { sums, reward in sums.append(sums[sums.count - 1] + Double(reward)) }
  }
}
