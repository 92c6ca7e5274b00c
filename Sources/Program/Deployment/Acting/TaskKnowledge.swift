internal import Adaptation
internal import Differentiation
internal import Policies
internal import Rollouts

/// What a policy knows of its task, whichever way it adapts.
protocol TaskKnowledge {
  /// Who acts by it.
  var actor: Actor { get }
  /// Who collects what is learned from next; nil where the actor serves.
  var explorer: Actor? { get }
  /// Whether episodes are learned from one after the other.
  var learnsWithinEpisodes: Bool { get }
  /// What is known, to be kept; nil where it can't be.
  var arrays: [String: Tensor<Float>]? { get }
  /// Learns from episodes of the task.
  mutating func learn(from episodes: Episodes, repetitions: Int?)
}

/// What one kind of adaptation knows.
private struct Known<Kind: Adaptation>: TaskKnowledge {
  let adaptation: Kind
  var progress: Kind.Progress

  var actor: Actor { adaptation.actor(progress) }
  var explorer: Actor? { adaptation.explorer(progress) }
  var learnsWithinEpisodes: Bool { adaptation.learnsWithinEpisodes }
  var arrays: [String: Tensor<Float>]? { adaptation.arrays(of: progress) }

  mutating func learn(from episodes: Episodes, repetitions: Int?) {
    adaptation.learn(&progress, from: episodes, repetitions: repetitions)
  }
}

/// What is known of a task.
///
/// - Parameters:
///   - adaptation: How a policy adapts.
///   - arrays: What was kept of what is known; nil for nothing.
/// - Returns: What is known; nil where the arrays are not this adaptation's.
func knowledge<Kind: Adaptation>(
  _ adaptation: Kind, _ arrays: [String: Tensor<Float>]?
) -> (any TaskKnowledge)? {
  guard let arrays else { return Known(adaptation: adaptation, progress: adaptation.begin()) }
  return adaptation.progress(of: arrays).map { Known(adaptation: adaptation, progress: $0) }
}
