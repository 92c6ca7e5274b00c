public import Differentiation

/// Who acts in episodes: a policy with its parameters, and what it remembers of the episodes before.
public struct Actor: Sendable {
  /// The policy.
  public let policy: Policy
  /// Its parameters, `[1, parameter]`.
  public let parameters: Tensor<Float>

  /// What it remembers before each episode, `[episode, memory]`; nil for nothing.
  public let memory: Tensor<Float>?

  /// A policy with parameters that it lays out.
  public init(_ policy: Policy, parameters: Tensor<Float>, memory: Tensor<Float>? = nil) {
    (self.policy, self.parameters, self.memory) = (policy, parameters, memory)
  }
}
