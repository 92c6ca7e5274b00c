public import Differentiation
public import Models
public import Policies
public import Rollouts

/// The time steps of all episodes that one policy collected on one task, ready for a loss.
///
/// Episodes of unequal length stand one behind the other without padding, so that every time step
/// weighs the same in a mean.
public struct Batch<Scalar: TensorScalar>: Sendable {
  /// What the policy saw, `[step, component]`, episode by episode.
  public let inputs: Sequences<Scalar>
  /// What was done in each step.
  public let actions: Actions<Scalar>
  /// How much better each action turned out than expected, `[step, 1]`.
  public let advantages: Tensor<Scalar>
  /// `log π` of the policy that collected the episodes, `[step, 1]`: what ratios are relative to. Without it
  /// a loss counts as taken at that very policy's parameters, where all ratios are 1.
  public let oldLogProbabilities: Tensor<Scalar>?

  /// A batch of as many observations as actions and advantages.
  public init(
    inputs: Sequences<Scalar>, actions: Actions<Scalar>, advantages: Tensor<Scalar>,
    oldLogProbabilities: Tensor<Scalar>? = nil
  ) {
    precondition(
      inputs.rows.shape.rows == advantages.count,
      "\(inputs.rows.shape.rows) observations and \(advantages.count) advantages do not match")
    self.inputs = inputs
    self.actions = actions
    self.advantages = advantages.reshaped(to: Shape(advantages.count, 1))
    self.oldLogProbabilities = oldLogProbabilities
  }

  /// The number of time steps.
  public var count: Int { inputs.rows.shape.rows }

  /// The first episodes, as if nothing else had been collected; but advantages stay as they are.
  ///
  /// - Parameter count: How many episodes, at most as many as there are.
  /// - Returns: Their part of the batch.
  public func prefix(episodes count: Int) -> Batch {
    let inputs = inputs.prefix(count)
    let rows = 0..<inputs.rows.shape.rows
    return Batch(
      inputs: inputs, actions: actions.prefix(rows.count), advantages: advantages.rows(rows),
      oldLogProbabilities: oldLogProbabilities?.rows(rows))
  }

  /// The batch in another precision.
  public func converted<Other: TensorScalar>(to type: Other.Type) -> Batch<Other> {
    let converted: Actions<Other> =
      switch actions {
      case .continuous(let values): .continuous(values.converted(to: type))
      case .discrete(let indices): .discrete(indices)
      }
    return Batch<Other>(
      inputs: inputs.converted(to: type), actions: converted,
      advantages: advantages.converted(to: type),
      oldLogProbabilities: oldLogProbabilities?.converted(to: type))
  }

  /// How uncertain the actions of the policy that collected were, in nats: an estimate without bias, from what it
  /// did. Nil where its log probabilities are not known.
  public var entropy: Double? {
    oldLogProbabilities.map { logs in
      -logs.elements.reduce(0) { $0 + Double($1) } / Double(max(logs.count, 1))
    }
  }

  /// The batch with the log probabilities of the policy that collected it.
  ///
  /// - Parameters:
  ///   - policy: Who acted.
  ///   - parameters: The policy's, `[1, parameter]`.
  ///   - cache: What its network kept there while acting; otherwise empty.
  /// - Returns: A batch whose losses may be taken at other parameters too.
  public func collected(
    by policy: Policy, with parameters: Tensor<Scalar>, cache: ForwardCache<Scalar> = .empty
  ) -> Batch {
    collected(
      by: policy,
      at: PolicyEvaluation(
        policy, parameters: parameters, inputs: inputs, cache: cache))
  }

  /// The same, where the policy's outputs for the batch's observations are there already.
  ///
  /// - Parameters:
  ///   - policy: Who acted.
  ///   - evaluation: Its outputs.
  /// - Returns: A batch whose losses may be taken at other parameters too.
  public func collected(by policy: Policy, at evaluation: PolicyEvaluation<Scalar>) -> Batch {
    Batch(
      inputs: inputs, actions: actions, advantages: advantages,
      oldLogProbabilities:
        policy.distribution.logProbabilities(evaluation.outputs, of: actions).value)
  }
}

extension Batch<Float> {
  /// Episodes with advantages, `[step]`.
  public init(_ episodes: Episodes, _ advantages: [Float]) {
    self.init(
      inputs: episodes.inputs, actions: episodes.actions,
      advantages: Tensor(Shape(advantages.count, 1), advantages))
  }
}
