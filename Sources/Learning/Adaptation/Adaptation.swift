public import Differentiation
public import Policies
public import Rollouts

/// A way to become better at a task by acting in it: what training improves and evaluation measures.
///
/// A task begins with ``begin()``. Then episodes of the ``explorer(_:)`` are learned from, as often as a protocol
/// asks, and the ``actor(_:)`` shows what is known so far. Adaptation by gradient steps learns from many episodes at once;
/// one with a memory, or that infers its task, learns from each one in turn, and takes from it what it remembers.
public protocol Adaptation: Sendable {
  /// What is known of one task.
  associatedtype Progress

  /// Whether it learns from its episodes in turn: episodes side by side then are trials of their own, each of which goes on
  /// in one of the next episodes, and nothing is learned from repeating them.
  var learnsWithinEpisodes: Bool { get }

  /// The beginning of a task of which nothing is known.
  func begin() -> Progress

  /// Who acts by what is known.
  func actor(_ progress: Progress) -> Actor

  /// Who collects what is learned from next; nil where the actor's own episodes serve.
  func explorer(_ progress: Progress) -> Actor?

  /// Learns from episodes of the task.
  ///
  /// - Parameters:
  ///   - progress: What is known; becomes what is known after it.
  ///   - episodes: What the explorer, or the actor where there is none, collected with this progress.
  ///   - repetitions: How many gradient steps are taken on these episodes, at least 1; nil for one as training takes
  ///     it. Adaptation without such steps ignores it.
  func learn(_ progress: inout Progress, from episodes: Episodes, repetitions: Int?)

  /// What is known of a task, to be kept: arrays by name, which ``progress(of:)`` takes; nil where it can't be.
  func arrays(of progress: Progress) -> [String: Tensor<Float>]?

  /// What was known of a task when it was kept.
  ///
  /// - Parameter arrays: As ``arrays(of:)`` gave them.
  /// - Returns: What was known; nil for arrays of other names or shapes.
  func progress(of arrays: [String: Tensor<Float>]) -> Progress?
}

extension Adaptation {
  /// It learns between episodes.
  public var learnsWithinEpisodes: Bool { false }

  /// It can't be kept.
  public func arrays(of progress: Progress) -> [String: Tensor<Float>]? { nil }

  /// Nothing was kept.
  public func progress(of arrays: [String: Tensor<Float>]) -> Progress? { nil }
}
