public import Differentiation
internal import Models
public import Policies
public import Rollouts

/// Adaptation by latent variables that are inferred from episodes: before each of its episodes a policy draws them from
/// what is known, acts by them to its end, and then more is known.
///
/// Source: Rakelly et al., "Efficient off-policy meta-reinforcement learning via probabilistic context variables", 2019,
/// algorithm 2.
public struct LatentAdaptation: Adaptation {
  private let policy: Policy
  private let network: LatentNetwork
  private let parameters: Tensor<Float>

  /// What is known of a task.
  public struct Progress {
    /// Of each trial; nil before the first episode.
    var posterior: LatentPosterior<Float>?
  }

  /// Adaptation of a policy that acts by latent variables.
  ///
  /// - Parameters:
  ///   - policy: The policy; its network is a `LatentNetwork`.
  ///   - parameters: Its parameters, `[1, parameter]`.
  public init(_ policy: Policy, parameters: Tensor<Float>) {
    guard let network = policy.network as? LatentNetwork else {
      preconditionFailure("a policy without latent variables has none to infer")
    }
    (self.policy, self.network, self.parameters) = (policy, network, parameters)
  }

  /// Episodes side by side are trials of their own.
  public var learnsWithinEpisodes: Bool { true }

  /// Nothing has happened.
  public func begin() -> Progress { Progress() }

  /// The policy, with latent variables drawn from what is known.
  public func actor(_ progress: Progress) -> Actor {
    let known = progress.posterior ?? LatentPosterior(standardNormal: network.latentSize)
    return Actor(
      policy, parameters: parameters, memory: known.mean.value,
      memoryDeviation: known.deviation.value)
  }

  /// The actor's own episodes serve.
  public func explorer(_ progress: Progress) -> Actor? { nil }

  /// Adds what the steps of each episode say to what is known of its trial.
  public func learn(_ progress: inout Progress, from episodes: Episodes, repetitions: Int?) {
    let part = network.encoderPart
    let tensors = Array(policy.layout.tensors(of: parameters)[part.tensors])
    let encoded = part.network.outputs(
      tensors.map { Variable($0) }, Variable(episodes.transitions.context))
    let found = LatentPosterior(encoded, starts: episodes.starts)
    progress.posterior = progress.posterior?.multiplied(by: found) ?? found
  }

  /// The sums that the posterior is made of, where there is one.
  public func arrays(of progress: Progress) -> [String: Tensor<Float>]? {
    progress.posterior.map {
      ["precision": $0.precision.value, "weightedMean": $0.weightedMean.value]
    } ?? [:]
  }

  /// The posterior of these sums.
  public func progress(of arrays: [String: Tensor<Float>]) -> Progress? {
    guard !arrays.isEmpty else { return begin() }
    guard arrays.count == 2, let precision = arrays["precision"], let mean = arrays["weightedMean"],
      precision.shape == mean.shape, precision.shape.columns == network.latentSize,
      precision.elements.allSatisfy({ $0 > 0 })
    else { return nil }
    return Progress(
      posterior: LatentPosterior(precision: Variable(precision), weightedMean: Variable(mean)))
  }
}
