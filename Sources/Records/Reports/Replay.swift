public import EnvironmentKit

/// What an agent did on one task, before adaptation and after each gradient step.
public struct Replay: Sendable {
  /// The task's index among those measured.
  public let task: Int
  /// The task in words.
  public let caption: String
  /// An episode for each number of gradient steps from 0, with scenes or pictures.
  public let episodes: [RecordedEpisode]

  /// A replay of recorded episodes; nil for an environment that doesn't show itself.
  ///
  /// - Parameters:
  ///   - task: The task's index among those measured.
  ///   - value: The task, which stands for itself where no scene has it in words.
  ///   - episodes: For each number of gradient steps from 0.
  public init?(task: Int, value: ParameterValue, episodes: [RecordedEpisode]) {
    guard let first = episodes.first, first.isSeen else { return nil }
    self.task = task
    caption = first.scenes.first?.caption ?? value.rounded.text
    self.episodes = episodes
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
