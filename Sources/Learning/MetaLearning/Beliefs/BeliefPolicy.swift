internal import Differentiation
internal import Models
internal import Policies
internal import Rollouts

/// A policy that acts by a belief, in two: what infers the belief, and an actor that is shown it beside the observation.
struct BeliefPolicy {
  /// What infers the belief, and puts the actor's outputs out.
  let network: BeliefNetwork
  /// Shown observation and belief. Its parameters are the last ones of the whole policy.
  let actor: Policy

  /// The two parts of a policy whose network is a belief network.
  init(_ policy: Policy) {
    guard let network = policy.network as? BeliefNetwork else {
      preconditionFailure("a policy without a belief has no such parts")
    }
    self.network = network
    actor = Policy(
      network: network.head, distribution: policy.distribution, hasValue: policy.hasValue)
  }

  /// The parameters of what infers, `[1, parameter]`, among all.
  func beliefParameters<Scalar>(_ parameters: Tensor<Scalar>) -> Tensor<Scalar> {
    let count = network.beliefLayout.count
    return parameters.view(from: 0, shape: Shape(1, count))
  }

  /// Trials as the actor saw them.
  func shown(_ trials: Trials, parameters: Tensor<Float>) -> Trials {
    let tensors = network.beliefLayout.tensors(of: beliefParameters(parameters))
    let beliefs = network.encoder.point(tensors, trials.inputs, cache: .empty).outputs
    return trials.shown(network.shown(Variable(trials.inputs.rows), Variable(beliefs)).value)
  }
}
