public import EnvironmentKit
public import Parallel

/// What is asked about a run: how fast it adapts, after how much training, to which tasks, and by what protocol that
/// is measured.
public struct EvaluationRequest: Sendable {
  /// Which of the run's checkpoints.
  public var checkpoint = CheckpointChoice.newest
  /// Where tasks come from.
  public var split = TaskSplit.test
  /// How many tasks, at least 1.
  public var tasks = 40
  /// The seed of tasks and episodes, at least 0.
  public var seed = 1
  /// Gradient steps, at least 0, or 1 by episodes; nil for as many as in training and at least 3, or 1 by episodes. Online
  /// there is one after each episode, so that it has to be nil.
  public var steps: Int?
  /// Episodes for each step, and to measure with, or all episodes there are online, or examples of each class to adapt to;
  /// nil for as many as in training.
  public var episodes: Int?
  /// What it is measured after.
  public var kind = CurveKind.perStep
  /// Whose protocol it is; nil for one's own.
  public private(set) var published: PublishedProtocol?
  /// Whether the step sizes of training serve, with nothing chosen on validation tasks.
  public var asTrained = false
  /// Threads, 0 for one on each processor, nil for the run's own; results don't depend on it.
  public var threads: Int?
  /// The processes that share the tasks, of which this is the leader; nil for this one alone.
  public var crew: Crew?
  /// The folder that tasks of files are read from; nil for the one of training.
  public var data: String?
  /// Whether a library, or data, may have changed since the run began.
  public var allowsChanges = false
  /// Whether the facts of a run that was killed are put right on the way.
  public var settlesFacts = true

  /// The episodes of experience after which a curve per episode is measured, ascending from 0.
  package static let episodeCounts = [0, 1, 2, 3, 5, 10, 20, 40]

  /// Asks how the newest checkpoint adapts to 40 test tasks, step by step.
  public init() {}

  /// Asks what a published protocol asks; everything else stays as it is.
  ///
  /// - Parameter published: The protocol.
  public mutating func follow(_ published: PublishedProtocol) {
    self.published = published
    tasks = 40
    switch published {
    case .finn2017: (kind, steps, episodes) = (.perStep, 3, 40)
    case .metaworld: (kind, steps, episodes) = (.perEpisode, nil, 3)
    }
  }

  func requireRanges() {
    precondition(tasks >= 1, "tasks is \(tasks), expected at least 1")
    precondition(seed >= 0, "seed is \(seed), expected at least 0")
    let least = kind == .perEpisode ? 1 : 0
    precondition(steps ?? least >= least, "steps is \(steps ?? 0), expected at least \(least)")
    precondition(episodes ?? 1 >= 1, "episodes is \(episodes ?? 0), expected at least 1")
    precondition(threads ?? 0 >= 0, "threads is \(threads ?? 0), expected at least 0")
  }

  /// What a curve is measured after.
  public enum CurveKind: Sendable {
    /// Each gradient step, on fresh episodes.
    case perStep
    /// Numbers of episodes of experience, from which all steps learn, on fresh episodes.
    case perEpisode
    /// Each episode, which counts as it goes and is learned from before the next: there are none besides.
    case online
  }

  /// Which checkpoint of a run.
  public enum CheckpointChoice: Sendable {
    /// The newest sound one.
    case newest
    /// The best on validation tasks.
    case best
    /// The one of an iteration.
    case iteration(Int)
  }
}
