public import Differentiation
public import Policies
public import Rollouts

/// Adaptation by what a policy remembers: it learns while it acts, and no parameter changes.
public struct MemoryAdaptation: Adaptation {
  private let policy: Policy
  private let parameters: Tensor<Float>

  /// What is known of a task.
  public struct Progress {
    /// What is remembered, `[episode, memory]`; nil for nothing.
    var memory: Tensor<Float>?
  }

  /// Adaptation of a policy that remembers.
  ///
  /// - Parameters:
  ///   - policy: The policy.
  ///   - parameters: Its parameters, `[1, parameter]`.
  public init(_ policy: Policy, parameters: Tensor<Float>) {
    (self.policy, self.parameters) = (policy, parameters)
  }

  /// It learns inside episodes.
  public var learnsWithinEpisodes: Bool { true }

  /// Nothing is remembered.
  public func begin() -> Progress { Progress() }

  /// The policy with what it remembers.
  public func actor(_ progress: Progress) -> Actor {
    Actor(policy, parameters: parameters, memory: progress.memory)
  }

  /// The actor's own episodes serve.
  public func explorer(_ progress: Progress) -> Actor? { nil }

  /// Takes what was remembered after the episodes, each of which goes on as one of the next.
  public func learn(_ progress: inout Progress, from episodes: Episodes, repetitions: Int?) {
    progress.memory = episodes.memory
  }

  /// What is remembered, where anything is.
  public func arrays(of progress: Progress) -> [String: Tensor<Float>]? {
    progress.memory.map { ["memory": $0] } ?? [:]
  }

  /// What was remembered.
  public func progress(of arrays: [String: Tensor<Float>]) -> Progress? {
    guard let memory = arrays["memory"] else { return arrays.isEmpty ? begin() : nil }
    guard arrays.count == 1, memory.shape.columns == policy.memoryWidth else { return nil }
    return Progress(memory: memory)
  }
}
