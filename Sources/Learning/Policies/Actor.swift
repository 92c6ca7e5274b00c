public import Differentiation

/// Who acts in an episode: a policy with its parameters.
public struct Actor: Sendable {
  /// The policy.
  public let policy: Policy
  /// Its parameters, `[1, parameter]`.
  public let parameters: Tensor<Float>

  /// A policy with parameters that it lays out.
  public init(_ policy: Policy, parameters: Tensor<Float>) {
    (self.policy, self.parameters) = (policy, parameters)
  }
}
