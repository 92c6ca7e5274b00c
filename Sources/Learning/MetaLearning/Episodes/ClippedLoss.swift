public import Adaptation
public import Differentiation
internal import Models
public import Policies

/// The outer loss of proximal meta-policy search: clipped likelihood ratios, so that several updates can be
/// made on the same episodes.
///
/// `-mean(min(r A, clip(r, 1 - ε, 1 + ε) A))` with `r = π / old π`.
///
/// Source: Rothfuss, Lee, Clavera, Asfour and Abbeel, "ProMP: Proximal meta-policy search", 2019, equation 12;
/// Schulman et al., "Proximal policy optimization algorithms", 2017, equation 7.
///
/// - Parameters:
///   - policy: The policy.
///   - outputs: What it puts out for the batch's observations.
///   - clip: ε.
///   - batch: What was collected, with its advantages and the log probabilities of who collected it.
/// - Returns: A number, `[1, 1]`.
public func clippedLoss<Scalar>(
  _ policy: Policy, _ outputs: DistributionOutputs<Scalar>, clip: Scalar, on batch: Batch<Scalar>
) -> Variable<Scalar> {
  let logProbabilities = policy.distribution.logProbabilities(outputs, of: batch.actions)
  let old = batch.oldLogProbabilities ?? logProbabilities.value
  let ratio = (logProbabilities - Variable(old)).exponential
  let low = Variable(Tensor(ratio.shape, repeating: 1 - clip))
  let high = Variable(Tensor(ratio.shape, repeating: 1 + clip))
  let clipped = (low + (ratio - low).rectified()).minimum(high)
  let advantages = Variable(batch.advantages)
  return (ratio * advantages).minimum(clipped * advantages).mean().scaled(by: -1)
}
