import Adaptation
import Differentiation
import MetaLearning
import Models
import Policies

/// A Markov decision process so small that all of its episodes can be listed: two states, two actions that
/// choose the next state, and a reward for each pair.
struct EnumerableProcess {
  let horizon: Int
  /// `[state][action]`
  private let rewards = [[0.3, -1.0], [2.0, 0.5]]
  let policy = Policy(
    network: MultilayerPerceptron(layerSizes: [1, 2], activation: .tanh),
    distribution: .categorical)

  /// Where derivatives are taken.
  let parameters = Tensor<Double>(Shape(1, 4), [0.4, -0.3, 0.2, -0.5])

  /// Every episode, each a batch whose advantages are the rewards still to come.
  var episodes: [Batch<Double>] {
    (0..<1 << horizon).map { code in
      let actions = (0..<horizon).map { code >> $0 & 1 }
      let states = [0] + actions.dropLast()
      let rewards = zip(states, actions).map { self.rewards[$0][$1] }
      let toCome = rewards.indices.map { rewards[$0...].reduce(0, +) }
      return Batch(
        inputs: Sequences(Tensor(Shape(horizon, 1), states.map(Double.init))),
        actions: .discrete(actions), advantages: Tensor(Shape(horizon, 1), toCome))
    }
  }

  func episodeReturn(_ episode: Batch<Double>) -> Double { episode.advantages[0, 0] }

  /// `log P(episode)`.
  func logProbability(
    _ episode: Batch<Double>, _ parameters: [Variable<Double>]
  ) -> Variable<Double> {
    let outputs = policy.outputs(parameters, episode.inputs)
    return policy.distribution.logProbabilities(outputs, of: episode.actions).sum()
  }

  func probability(_ episode: Batch<Double>, _ parameters: Tensor<Double>) -> Double {
    logProbability(episode, policy.layout.constants(of: parameters)).exponential.value.scalar
  }

  /// J: the sum over all episodes of their probability times their return.
  func expectedReturn(_ parameters: [Variable<Double>]) -> Variable<Double> {
    episodes.reduce(Variable(0)) { sum, episode in
      sum + logProbability(episode, parameters).exponential.scaled(by: episodeReturn(episode))
    }
  }

  func expectedReturn(_ parameters: Tensor<Double>) -> Double {
    expectedReturn(policy.layout.constants(of: parameters)).value.scalar
  }

  /// The gradient of a number at some parameters.
  func gradient(
    at parameters: Tensor<Double>, _ function: ([Variable<Double>]) -> Variable<Double>
  ) -> Tensor<Double> {
    let tracked = policy.layout.tracked(of: parameters)
    return policy.layout.vector(
      of: Differentiation.gradient(of: function(tracked), withRespectTo: tracked))
  }

  /// The Hessian of a number at ``parameters``, times a vector.
  func hessianProduct(
    _ vector: Tensor<Double>, _ function: ([Variable<Double>]) -> Variable<Double>
  ) -> Tensor<Double> {
    let tracked = policy.layout.tracked(of: parameters)
    let slopes = Differentiation.gradient(
      of: function(tracked), withRespectTo: tracked, recording: true)
    return policy.layout.vector(
      of: Linearization(of: slopes, withRespectTo: tracked)
        .pullback(policy.layout.constants(of: vector)))
  }

  /// The surrogate of an episode, as a sum over steps that rises with the return.
  func surrogate(
    _ estimator: Estimator, _ episode: Batch<Double>, _ parameters: [Variable<Double>]
  ) -> Variable<Double> {
    policyGradientLoss(
      estimator, policy, policy.outputs(parameters, episode.inputs), on: episode
    ).scaled(by: -Double(horizon))
  }

  /// The expectation over episodes at ``parameters``.
  func expectation(_ value: (Batch<Double>) -> Tensor<Double>) -> Tensor<Double> {
    episodes.reduce(Tensor(parameters.shape, repeating: 0)) { sum, episode in
      sum.adding(value(episode), scaledBy: probability(episode, parameters))
    }
  }
}
