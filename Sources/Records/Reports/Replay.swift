public import EnvironmentKit

/// What an agent did on one task, before adaptation and after each gradient step or episode.
public struct Replay: Sendable {
  /// The task's index among those measured.
  public let task: Int
  /// The task in words.
  public let caption: String
  /// An episode for each number of gradient steps, or of episodes before it, from 0, with scenes or pictures.
  public let episodes: [RecordedEpisode]
  /// What lies between them: a gradient step or an episode.
  let unit: String

  /// A replay of recorded episodes; nil for an environment that doesn't show itself.
  ///
  /// - Parameters:
  ///   - task: The task's index among those measured.
  ///   - value: The task, which stands for itself where no scene has it in words.
  ///   - episodes: For each number of gradient steps, or of episodes before it, from 0.
  ///   - hasSteps: Whether it adapts by gradient steps rather than within episodes.
  public init?(
    task: Int, value: ParameterValue, episodes: [RecordedEpisode], hasSteps: Bool = true
  ) {
    guard let first = episodes.first, first.isSeen else { return nil }
    self.task = task
    caption = first.scenes.first?.caption ?? value.rounded.text
    self.episodes = episodes
    unit = hasSteps ? "gradient step" : "episode"
  }

  /// What the agent has had before one of the episodes, in words.
  func label(_ number: Int) -> String {
    number == 0 ? "before adaptation" : "after \(counted(number, unit))"
  }
}

extension Replay {
  /// Whether it can be drawn from scenes, moment by moment; it has pictures otherwise.
  var hasScenes: Bool { !episodes[0].scenes.isEmpty }
}

extension RecordedEpisode {
  /// Where goals are that are shown as discs, in m.
  var goals: [SIMD2<Float>] {
    (scenes.first?.shapes ?? []).filter { $0.role == .goal && $0.points.count == 1 }
      .map { $0.points[0] }
  }
}
