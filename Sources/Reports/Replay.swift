public import EnvironmentKit

/// What an agent did on one task, before adaptation and after each gradient step.
public struct Replay: Sendable {
  /// The task's index among those measured.
  public let task: Int
  /// The task in words.
  public let caption: String
  /// An episode for each number of gradient steps from 0, with scenes.
  public let episodes: [RecordedEpisode]

  /// A replay of recorded episodes; nil for an environment that doesn't show itself.
  ///
  /// - Parameters:
  ///   - task: The task's index among those measured.
  ///   - episodes: For each number of gradient steps from 0.
  public init?(task: Int, episodes: [RecordedEpisode]) {
    guard let scene = episodes.first?.scenes.first else { return nil }
    self.task = task
    caption = scene.caption
    self.episodes = episodes
  }
}

extension RecordedEpisode {
  /// Where goals are that are shown as discs, in m.
  var goals: [SIMD2<Float>] {
    (scenes.first?.shapes ?? []).filter { $0.role == .goal && $0.points.count == 1 }
      .map { $0.points[0] }
  }
}
