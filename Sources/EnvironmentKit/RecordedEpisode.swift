/// An episode as it was seen: what pictures, films and replays are drawn from.
public struct RecordedEpisode: Sendable, Equatable {
  /// The world after its reset and after each step; none for an environment that doesn't show itself.
  public let scenes: [Scene]
  /// The reward of each step.
  public let rewards: [Float]
  /// Whether it ended by the environment's own rule rather than by the time limit.
  public let terminated: Bool
  /// Whether it is a success; nil where the environment doesn't say what success is.
  public let succeeded: Bool?

  /// Creates a recorded episode.
  ///
  /// - Parameters:
  ///   - scenes: One more than rewards, or none.
  ///   - rewards: The reward of each step.
  ///   - terminated: Whether it ended by the environment's own rule.
  ///   - succeeded: Whether it is a success, where that is known.
  public init(
    scenes: [Scene], rewards: [Float], terminated: Bool, succeeded: Bool? = nil
  ) {
    (self.scenes, self.rewards, self.terminated) = (scenes, rewards, terminated)
    self.succeeded = succeeded
  }

  /// How it ended, in a word: `success` or `failure` where the environment says what success is, otherwise `ended`
  /// by its own rule or `time limit`.
  public var ending: String {
    if let succeeded { return succeeded ? "success" : "failure" }
    return terminated ? "ended" : "time limit"
  }

  /// Where the agent was at each moment, in m.
  public var track: [SIMD2<Float>] { scenes.compactMap(\.agent) }

  /// The undiscounted return up to each moment, as many as there are scenes.
  public var returns: [Double] {
    rewards.reduce(into: [0]) { sums, reward in sums.append(sums[sums.count - 1] + Double(reward)) }
  }
}
