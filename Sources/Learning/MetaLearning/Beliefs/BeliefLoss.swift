internal import Differentiation
internal import Models
internal import Parallel

/// The bound that beliefs are learned by: how well samples of each belief predict the whole trial, less how far the belief
/// is from the one before it.
///
///     E_t [ Σᵢ ½ |rᵢ - r̂(m, sᵢ, aᵢ, sᵢ₊₁)|² + ½ |sᵢ₊₁ - ŝ(m, sᵢ, aᵢ)|² + KL(q_t || q_{t-1}) ]     m ~ q_t
///
/// is less that bound up to a constant, with a weight on each term; the belief before the first is standard normal.
///
/// Source: Zintgraf et al., "VariBAD", 2020, equations 8 to 10, with normal distributions of variance 1 for what is
/// predicted.
struct BeliefLoss: Sendable {
  private let network: BeliefNetwork
  private let own: BeliefSettings

  init(_ network: BeliefNetwork, _ settings: BeliefSettings) {
    (self.network, own) = (network, settings)
  }

  /// The loss and its gradient.
  ///
  /// - Parameters:
  ///   - parameters: As laid out by ``BeliefNetwork/beliefLayout``, `[1, parameter]`.
  ///   - sample: What it is estimated from.
  /// - Returns: The gradient, and each term without its weight, a mean over moments: half the squared errors of a trial's
  ///   rewards and of its observations, and the divergence from the belief before, in nats.
  func gradient<Scalar: TensorScalar>(
    at parameters: Tensor<Scalar>, on sample: BeliefSample<Scalar>
  ) -> LossGradient<Scalar> {
    let layout = network.beliefLayout
    let tensors = layout.tensors(of: parameters)
    let encoded = network.encoder.parameters.count
    let encoder = network.encoder.point(tensors, sample.inputs, cache: .empty)
    let beliefs = Variable.tracked(encoder.outputs)
    let decoders = tensors[encoded...].map { Variable.tracked($0) }
    let terms = terms(beliefs, tensors[..<encoded].map { Variable($0) } + decoders, sample)
    let loss = terms.map { $0.value.scaled(by: Scalar($0.weight)) }.reduce(
      Variable(Tensor(Shape(1, 1), repeating: 0)), +)
    let slopes = Differentiation.gradient(of: loss, withRespectTo: [beliefs] + decoders)
    let ofEncoder = encoder.curvature(cotangent: slopes[0].value, products: .none).gradient
    let number = { (value: Variable<Scalar>) in Double(value.value.scalar) }
    return LossGradient(
      gradient: layout.vector(of: ofEncoder.map { Variable($0) } + slopes.dropFirst()),
      loss: number(loss),
      terms: Dictionary(uniqueKeysWithValues: terms.map { ($0.name, number($0.value)) })
        .merging(["beliefLoss": number(loss)]) { $1 })
  }

  /// The terms, each a mean over moments; what is predicted without a weight is left out.
  private func terms<Scalar>(
    _ beliefs: Variable<Scalar>, _ parameters: [Variable<Scalar>], _ sample: BeliefSample<Scalar>
  ) -> [(name: String, value: Variable<Scalar>, weight: Double)] {
    let count = sample.moments.count
    let (means, logVariances) = parts(beliefs.rows(at: sample.moments))
    let spread = logVariances.scaled(by: 0.5).exponential
    let latent = (means + spread * Variable(sample.noise)).rows(at: sample.momentOfStep)
    let happened = Variable(sample.happened)
    let half = 0.5 / Scalar(count)
    func error(_ found: Variable<Scalar>, _ expected: Variable<Scalar>) -> Variable<Scalar> {
      ((found - expected).squared.sumOverColumns() * Variable(sample.weights)).sum()
        .scaled(by: half)
    }
    var terms: [(name: String, value: Variable<Scalar>, weight: Double)] = []
    if own.rewardWeight > 0 {
      let found = network.rewards(parameters, latent: latent, happened: happened)
      terms.append(("rewardError", error(found, Variable(sample.rewards)), own.rewardWeight))
    }
    if own.transitionWeight > 0 {
      let found = network.observationsAfter(parameters, latent: latent, happened: happened)
      let width = happened.shape.columns
      let after = happened.columns(width - network.observationWidth..<width)
      terms.append(("transitionError", error(found, after), own.transitionWeight))
    }
    let (oldMeans, oldLogVariances) = parts(before(sample, beliefs))
    let moved = (means - oldMeans).squared + logVariances.exponential
    let divergence =
      (oldLogVariances - logVariances + moved * oldLogVariances.scaled(by: -1).exponential).sum()
      .scaled(by: half) - Variable(Tensor(Shape(1, 1), [Scalar(network.latentSize) / 2]))
    return terms + [("beliefDivergence", divergence, own.divergenceWeight)]
  }

  /// The belief before each moment, `[moment, 2 latent]`: 0, which is standard normal, before the first of a trial.
  private func before<Scalar>(
    _ sample: BeliefSample<Scalar>, _ beliefs: Variable<Scalar>
  ) -> Variable<Scalar> {
    let count = sample.moments.count
    guard !sample.later.isEmpty else {
      return Variable(Tensor(Shape(count, beliefs.shape.columns), repeating: 0))
    }
    return beliefs.rows(at: sample.later.map { sample.moments[$0] - 1 })
      .placed(atRows: sample.later, of: count)
  }

  /// Means and log variances.
  private func parts<Scalar>(
    _ beliefs: Variable<Scalar>
  ) -> (Variable<Scalar>, Variable<Scalar>) {
    let size = network.latentSize
    return (beliefs.columns(0..<size), beliefs.columns(size..<2 * size))
  }
}
