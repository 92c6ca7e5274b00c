internal import Adaptation
internal import Differentiation
internal import Models
internal import Parallel
internal import Policies
internal import Rollouts

/// The losses of an encoder, two critics, a value and an actor on steps of some tasks:
///
///     critics, encoder   mean of (Q₁ - y)² + (Q₂ - y)², and the divergence of z's distribution, weighted
///                        y = reward + discount · V̄(s', z)      z inferred from steps of the task, drawn
///     value              mean of (V - min(Q₁, Q₂) + log π)²      of an action that the actor draws
///     actor              mean of log π - min(Q₁, Q₂)             through that action
///
/// Each moves the parameters of its own networks alone; value and actor take z as it is.
///
/// Source: Rakelly et al., "Efficient off-policy meta-reinforcement learning via probabilistic context variables", 2019,
/// section 5 and algorithm 1; Haarnoja et al., "Soft actor-critic", 2018, equations 5 to 13.
struct ActorCriticLoss: Sendable {
  private let policy: Policy
  private let network: LatentNetwork
  private let own: ReplaySettings
  private let discount: Double

  init(_ policy: Policy, _ network: LatentNetwork, _ settings: MetaLearningSettings) {
    (self.policy, self.network) = (policy, network)
    (own, discount) = (settings.outer.replay, settings.advantages.discount)
  }

  /// The losses and the gradient of their sum.
  ///
  /// - Parameters:
  ///   - parameters: The policy's, `[1, parameter]`.
  ///   - target: The parameters of V̄, laid out as the value's.
  ///   - batch: What is learned from.
  ///   - encoder: The parameters by which value, actor and V̄ are given z, `[1, parameter]`; nil for the same ones.
  /// - Returns: The gradient, that of the critics as the loss, and each loss by its name.
  func gradient<Scalar: TensorScalar>(
    at parameters: Tensor<Scalar>, target: Tensor<Scalar>, on batch: ReplayBatch<Scalar>,
    takingLatentBy encoder: Tensor<Scalar>? = nil
  ) -> LossGradient<Scalar> {
    let tracked = policy.layout.tensors(of: parameters).map { Variable.tracked($0) }
    let held = tracked.map(\.detached)
    let (steps, tasks) = (batch.steps, batch.taskOfStep)
    let observations = Variable(steps.observations)

    let known = posterior(tracked, batch)
    let latent = known.sample(noise: batch.latentNoise).rows(at: tasks)
    let latentAsItIs =
      encoder.map {
        posterior(policy.layout.constants(of: $0), batch).sample(noise: batch.latentNoise)
          .rows(at: tasks)
      } ?? latent.detached
    let found = observations.beside(latentAsItIs)

    let following = Variable(steps.following).beside(latentAsItIs)
    let later = network.value.fusedOutputs(
      targetLayout.constants(of: target), following)
    let goal =
      Variable(steps.rewards).scaled(by: Scalar(own.rewardScale))
      + (Variable(steps.goesOn) * later).scaled(by: Scalar(discount))
    let judged = observations.beside(Variable(steps.actions)).beside(latent)
    let errors = network.criticParts.map { (output($0, tracked, judged) - goal).squared.mean() }
    let criticLoss = errors[0] + errors[1]
    let divergence = known.divergence.mean()

    let drawn = policy.distribution.squashedActions(
      policy.outputs(of: output(network.headPart, tracked, found), held), noise: batch.actionNoise)
    let chosen = observations.beside(drawn.actions).beside(latentAsItIs)
    let values = network.criticParts.map { output($0, held, chosen) }
    let gain = values[0].minimum(values[1]) - drawn.logProbabilities
    let valueLoss = (output(network.valuePart, tracked, found) - gain.detached).squared.mean()
    let actorLoss = gain.mean().scaled(by: -1)

    let loss =
      criticLoss + divergence.scaled(by: Scalar(own.latentWeight)) + valueLoss + actorLoss
    let slopes = Differentiation.gradient(of: loss, withRespectTo: tracked)
    let number = { (value: Variable<Scalar>) in Double(value.value.scalar) }
    return LossGradient(
      gradient: policy.layout.vector(of: slopes), loss: number(criticLoss),
      terms: [
        "criticLoss": number(criticLoss), "valueLoss": number(valueLoss),
        "actorLoss": number(actorLoss), "latentDivergence": number(divergence),
        "policyEntropy": -number(drawn.logProbabilities.mean()),
      ])
  }

  /// Of V̄.
  private var targetLayout: ParameterLayout { ParameterLayout(network.value.parameters) }

  /// What the encoder infers of each task.
  private func posterior<Scalar>(
    _ parameters: [Variable<Scalar>], _ batch: ReplayBatch<Scalar>
  ) -> LatentPosterior<Scalar> {
    LatentPosterior(
      output(network.encoderPart, parameters, Variable(batch.context)),
      starts: batch.contextStarts)
  }

  private func output<Scalar>(
    _ part: LatentNetwork.Part, _ parameters: [Variable<Scalar>], _ inputs: Variable<Scalar>
  ) -> Variable<Scalar> {
    part.network.fusedOutputs(Array(parameters[part.tensors]), inputs)
  }
}
