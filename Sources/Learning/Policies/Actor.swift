public import Differentiation

/// Who acts in episodes: a policy with its parameters, and what it remembers of the episodes before.
public struct Actor: Sendable {
  /// The policy.
  public let policy: Policy
  /// Its parameters, `[1, parameter]`.
  public let parameters: Tensor<Float>

  /// What it remembers before each episode, `[episode, memory]`; nil for nothing.
  public let memory: Tensor<Float>?

  /// Where what it remembers is drawn before each episode, its standard deviation about ``memory``, which is its mean
  /// then: `[episode, memory]`, or `[1, memory]` both for all episodes; nil where ``memory`` is as it is.
  public let memoryDeviation: Tensor<Float>?

  /// A policy with parameters that it lays out.
  public init(
    _ policy: Policy, parameters: Tensor<Float>, memory: Tensor<Float>? = nil,
    memoryDeviation: Tensor<Float>? = nil
  ) {
    (self.policy, self.parameters) = (policy, parameters)
    (self.memory, self.memoryDeviation) = (memory, memoryDeviation)
  }
}
