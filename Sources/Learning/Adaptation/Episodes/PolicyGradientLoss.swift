public import Differentiation
internal import Models
public import Policies

/// The surrogate whose gradient is REINFORCE's (Williams 1992).
public enum Estimator: String, CaseIterable, Codable, Sendable {
  /// `-mean(log π · A)`. Differentiated twice it drops the credit due to the distribution the episodes
  /// were sampled from (Rothfuss et al. 2019, section 5): biased, of low variance.
  case logLikelihood
  /// `-mean(exp(log π - stopped log π) · A)`: the same first gradient, and a second one that keeps each
  /// step's own score, without the products of different steps' (Rothfuss et al. 2019, section 5: low
  /// variance curvature).
  case likelihoodRatio
  /// `-mean((exp(w - stopped w) - exp(v - stopped v)) · A)` with w the sum of `log π` over the steps of
  /// an episode so far and v the same before this step: the gradient of any order is unbiased, at the
  /// price of a higher variance (DiCE, Foerster et al. 2018; with the baseline inside the advantages,
  /// Farquhar et al. 2019, equation 8 at λ = 1).
  case dice
}

/// A loss on one task's batch as a function of the policy's outputs.
///
/// - Parameters:
///   - estimator: The surrogate.
///   - policy: The policy.
///   - outputs: What it puts out for the batch's observations.
///   - batch: What was collected, with its advantages, and with the log probabilities of who collected it
///     unless that was this policy with these outputs.
/// - Returns: A number, `[1, 1]`.
public func policyGradientLoss<Scalar>(
  _ estimator: Estimator, _ policy: Policy, _ outputs: DistributionOutputs<Scalar>,
  on batch: Batch<Scalar>
) -> Variable<Scalar> {
  let logProbabilities = policy.distribution.logProbabilities(outputs, of: batch.actions)
  let ratios = logProbabilities - Variable(batch.oldLogProbabilities ?? logProbabilities.value)
  let score: Variable<Scalar>
  switch estimator {
  case .logLikelihood: score = logProbabilities
  case .likelihoodRatio: score = ratios.exponential
  case .dice:
    let sums = ratios.cumulativeSum(inRuns: batch.inputs.starts)
    score = sums.exponential - (sums - ratios).exponential
  }
  return (score * Variable(batch.advantages)).mean().scaled(by: -1)
}
