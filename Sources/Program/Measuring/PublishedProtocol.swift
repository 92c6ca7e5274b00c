/// A protocol that papers measure by.
public enum PublishedProtocol: String, CaseIterable, Sendable {
  /// 40 tasks, and 40 episodes for each of three steps, the later ones half as long as the first (Finn, Abbeel and
  /// Levine 2017, section 5.3 and its code). Whose size is to be chosen, as a baseline's, has it chosen on validation tasks.
  case finn2017
  /// 10 episodes to adapt to and 3 more to measure, 40 goals of each kind of task (Yu et al. 2019, and Meta-World's own
  /// evaluation).
  case metaworld

  /// The episodes of experience of a curve per episode, ascending from 0; nil for the usual ones.
  var episodeCounts: [Int]? { self == .metaworld ? [0, 10] : nil }

  /// The factors on the last step size to choose among beyond the steps of training; nil for those of the configuration.
  var laterStepFactors: [Double]? { self == .finn2017 ? [0.5] : nil }

  /// Whether tasks are so many of each kind, where these are listed.
  var goesByKinds: Bool { self == .metaworld }
}
