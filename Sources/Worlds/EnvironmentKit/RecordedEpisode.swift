/// An episode as it was seen: what pictures, films and replays are drawn from.
public struct RecordedEpisode: Sendable, Equatable {
  /// The world after its reset and after each step; none for an environment that has no scenes.
  public let scenes: [Scene]
  /// What an environment without scenes has drawn of itself; empty where it draws nothing either.
  public let pictures: EpisodePictures
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
  ///   - pictures: Up to the moment after the last reward, or none.
  ///   - rewards: The reward of each step.
  ///   - terminated: Whether it ended by the environment's own rule.
  ///   - succeeded: Whether it is a success, where that is known.
  public init(
    scenes: [Scene], pictures: EpisodePictures = EpisodePictures(), rewards: [Float],
    terminated: Bool, succeeded: Bool? = nil
  ) {
    (self.scenes, self.pictures, self.rewards) = (scenes, pictures, rewards)
    (self.terminated, self.succeeded) = (terminated, succeeded)
  }

  /// Whether there is something to see.
  public var isSeen: Bool { !scenes.isEmpty || !pictures.isEmpty }

  /// The last moment that can be shown: after the last step, where every scene is there.
  public var lastMoment: Int { scenes.isEmpty ? rewards.count : scenes.count - 1 }

  /// The moment that stands for a moment where pictures are not of every one.
  public func shownMoment(_ moment: Int) -> Int {
    scenes.isEmpty ? pictures.shownMoment(moment) : moment
  }

  /// How it ended, in a word: `success` or `failure` where the environment says what success is, otherwise `ended`
  /// by its own rule or `time limit`.
  public var ending: String {
    if let succeeded { return succeeded ? "success" : "failure" }
    return terminated ? "ended" : "time limit"
  }

  /// Where the agent was at each moment, in m.
  public var track: [SIMD2<Float>] { scenes.compactMap(\.agent) }

  /// The undiscounted return up to each moment, one more than rewards.
  public var returns: [Double] {
    rewards.reduce(into: [0]) { sums, reward in sums.append(sums[sums.count - 1] + Double(reward)) }
  }
}

/// What is seen of a group's first world while an episode goes on.
public struct EpisodeView {
  /// The scenes so far, where the environment has some.
  public private(set) var scenes: [Scene] = []
  /// The pictures so far, where it has no scenes and draws itself.
  public private(set) var pictures = EpisodePictures()
  private var moment = 0

  /// Nothing seen yet.
  public init() {}

  /// Looks at the next moment.
  ///
  /// - Parameters:
  ///   - worlds: The group.
  ///   - isLast: Whether the episode has ended.
  /// - Throws: `WorldFailure` where the world can't be drawn.
  public mutating func look(
    at worlds: any WorldGroup, isLast: Bool
  ) throws(WorldFailure) {
    if let scene = worlds.scene(of: 0) {
      scenes.append(scene)
    } else if isLast || pictures.isWanted(moment), let picture = try worlds.picture(of: 0) {
      pictures.add(picture, at: moment)
    }
    moment += 1
  }
}
