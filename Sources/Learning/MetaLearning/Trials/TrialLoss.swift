internal import Adaptation
package import Differentiation
internal import Models
internal import Parallel
internal import Policies
internal import Rollouts

/// Trials of some tasks with what a critic says of them, by the parameters that collected them.
struct JudgedTrials {
  let trials: Trials
  /// `log π` of each step, `[step, 1]`.
  let logProbabilities: Tensor<Float>
  /// `[step]`, not normalized.
  let advantages: [Double]
  /// What the critic learns to predict: its value and the advantage, `[step]`.
  let returns: [Double]

  init(
    _ trials: Trials, _ policy: Policy, parameters: Tensor<Float>, scale: ValueScale,
    discount: Double, lambda: Double
  ) {
    let outputs = PolicyEvaluation(policy, parameters: parameters, inputs: trials.inputs).outputs
    guard let predictions = outputs.value else {
      preconditionFailure("trials are judged by a policy with a value head")
    }
    let values = predictions.value.elements.map(scale.value(ofPrediction:))
    self.trials = trials
    logProbabilities =
      policy.distribution.logProbabilities(outputs, of: trials.actions).value
    advantages = trials.advantages(over: values, discount: discount, lambda: lambda)
    returns = zip(values, advantages).map { $0 + $1 }
  }
}

/// Some of the trials, ready for a loss.
package struct TrialBatch<Scalar: TensorScalar> {
  /// Sequences of whole trials, with advantages that are normalized over all tasks.
  let batch: Batch<Scalar>
  /// What the critic is to predict, in its own units, `[step, 1]`.
  let targets: Tensor<Scalar>

  /// The batch in another precision.
  func converted<Other: TensorScalar>(to type: Other.Type) -> TrialBatch<Other> {
    TrialBatch<Other>(batch: batch.converted(to: type), targets: targets.converted(to: type))
  }
}

extension TrialBatch<Float> {
  /// Some of the trials.
  ///
  /// - Parameters:
  ///   - judged: The trials.
  ///   - members: The indices of those that are taken.
  ///   - advantages: Of all tasks.
  ///   - scale: What the critic's predictions are in units of.
  init(
    _ judged: JudgedTrials, _ members: [Int], advantages: ReturnMoments, scale: ValueScale
  ) {
    let inputs = judged.trials.inputs
    let rows = members.flatMap { inputs.starts[$0]..<inputs.starts[$0 + 1] }
    let column = { (value: (Int) -> Double) in
      Tensor(Shape(rows.count, 1), rows.map { Float(value($0)) })
    }
    let taken = judged.trials.taking(members)
    batch = Batch(
      inputs: taken.inputs, actions: taken.actions,
      advantages: column { advantages.standardized(judged.advantages[$0]) },
      oldLogProbabilities: Variable(judged.logProbabilities).rows(at: rows).value)
    targets = column { scale.prediction(ofValue: judged.returns[$0]) }
  }
}

/// The loss of an actor and a critic on whole trials: clipped likelihood ratios, squared errors of values, entropy.
///
/// Source: Schulman et al., "Proximal policy optimization algorithms", 2017, equations 7 and 9.
package struct TrialLoss: Sendable {
  private let policy: Policy
  private let clip: Double
  private let own: TrialSettings

  /// What the divergence from the policy that collected is recorded by.
  static let divergenceName = "meanKL"

  /// The loss as settings weigh it.
  init(_ policy: Policy, _ outer: OuterSettings) {
    self.policy = policy
    clip = outer.clip
    own = outer.trials
  }

  /// The loss and its gradient.
  ///
  /// - Parameters:
  ///   - parameters: The policy's, `[1, parameter]`.
  ///   - trials: What was collected.
  /// - Returns: The gradient, `[1, parameter]`, and what the loss consists of.
  func gradient<Scalar: TensorScalar>(
    at parameters: Tensor<Scalar>, on trials: TrialBatch<Scalar>
  ) -> LossGradient<Scalar> {
    let batch = trials.batch
    let evaluation = PolicyEvaluation(policy, parameters: parameters, inputs: batch.inputs)
    var valueError = 0.0
    var divergence = 0.0
    let derivatives = LossDerivatives(at: evaluation, products: .none) { outputs in
      let error = squaredError(outputs, trials.targets)
      valueError = Double(error.value.scalar)
      divergence = meanDivergence(outputs, on: batch)
      let entropy = policy.distribution.entropy(outputs).mean()
      return clippedLoss(policy, outputs, clip: Scalar(clip), on: batch)
        + error.scaled(by: Scalar(own.valueWeight))
        + entropy.scaled(by: Scalar(-own.entropyWeight))
    }
    return LossGradient(
      gradient: derivatives.gradient, loss: Double(derivatives.loss),
      terms: [Self.divergenceName: divergence, "valueError": valueError])
  }

  private func squaredError<Scalar>(
    _ outputs: DistributionOutputs<Scalar>, _ targets: Tensor<Scalar>
  ) -> Variable<Scalar> {
    guard let value = outputs.value else { preconditionFailure("the policy has no value head") }
    return (value - Variable(targets)).squared.mean()
  }

  /// An estimate from the actions taken that is never negative: the mean of `r - 1 - log r` (Schulman 2020).
  private func meanDivergence<Scalar>(
    _ outputs: DistributionOutputs<Scalar>, on batch: Batch<Scalar>
  ) -> Double {
    let logs = policy.distribution.logProbabilities(outputs.detached, of: batch.actions)
    guard let old = batch.oldLogProbabilities else { return 0 }
    let change = logs - Variable(old)
    return Double((change.exponential - change).mean().value.scalar) - 1
  }
}
