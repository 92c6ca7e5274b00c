import Derivatives
import Differentiation
import Foundation
import Policies
import Testing

@Suite struct DistributionValueTests {
  @Test("A Gaussian log-probability is the sum of the components' normal log-densities")
  func gaussianLogProbability() {
    let (policy, parameters) = constantPolicy(
      location: [0.2, -1], logStandardDeviation: [0, log(2)])
    let found = policy.distribution.logProbabilities(
      policy.outputs(parameters, rows: 2),
      of: .continuous(Tensor(Shape(2, 2), [0.2, -1, 1.2, 2]))
    ).value.elements
    // -log 2π - log 2, and the same less 1²/2 and (3/2)²/2.
    #expect(abs(found[0] + 2.5310242469692907) < 1e-14)
    #expect(abs(found[1] + 2.5310242469692907 + 0.5 + 1.125) < 1e-14)
  }

  @Test("A categorical log-probability is the logarithm of the chosen share of the softmax")
  func categoricalLogProbability() {
    let (policy, parameters) = constantPolicy(
      location: [log(0.5), log(0.25), log(0.25)].map { $0 + 7 })
    let found = policy.distribution.logProbabilities(
      policy.outputs(parameters, rows: 3), of: .discrete([2, 0, 1])
    ).value.elements
    for (value, share) in zip(found, [0.25, 0.5, 0.25]) {
      #expect(abs(value - log(share)) < 1e-14)
    }
  }

  @Test("Logits far apart give finite log-probabilities")
  func extremeLogits() {
    let (policy, parameters) = constantPolicy(location: [1e4, 0, -1e4])
    let found = policy.distribution.logProbabilities(
      policy.outputs(parameters, rows: 3), of: .discrete([0, 1, 2])
    ).value.elements
    #expect(found == [0, -1e4, -2e4])
  }

  @Test("The divergence between normals is log(σ'/σ) + (σ² + (μ - μ')²) / 2σ'² - 1/2, summed")
  func gaussianDivergence() {
    let old = constantPolicy(location: [0, 3], logStandardDeviation: [0, -1])
    let new = constantPolicy(location: [1, 3], logStandardDeviation: [log(2), -1])
    let found = old.policy.distribution.divergence(
      from: old.policy.outputs(old.parameters, rows: 2),
      to: new.policy.outputs(new.parameters, rows: 2)
    ).value
    // log 2 + (1 + 1) / 8 - 1/2; the second component does not change.
    #expect(found.shape == Shape(2, 1))
    for value in found.elements { #expect(abs(value - 0.4431471805599453) < 1e-14) }
  }

  @Test("The divergence between categoricals is Σ p log(p / q)")
  func categoricalDivergence() {
    let old = constantPolicy(location: [log(0.5), log(0.25), log(0.25)])
    let new = constantPolicy(location: [log(0.25), log(0.5), log(0.25)].map { $0 - 3 })
    let found = old.policy.distribution.divergence(
      from: old.policy.outputs(old.parameters), to: new.policy.outputs(new.parameters))
    #expect(abs(found.value.scalar - 0.25 * log(2)) < 1e-14)
  }

  @Test("The Gaussian divergence is the mean log-ratio of drawn actions")
  func gaussianDivergenceByDraws() {
    let rows = 200_000
    let old = constantPolicy(location: [0.3, -0.5], logStandardDeviation: [-0.4, 0.2])
    let new = constantPolicy(location: [0.1, 0.1], logStandardDeviation: [0.1, 0.4])
    let distribution = old.policy.distribution
    let before = old.policy.outputs(old.parameters, rows: rows)
    let after = new.policy.outputs(new.parameters, rows: rows)
    let noise = values(Shape(rows, 2), seed: 11).elements
    let deviations = [exp(-0.4), exp(0.2)]
    let location = [0.3, -0.5]
    let actions = Actions.continuous(
      Tensor(
        Shape(rows, 2), noise.indices.map { location[$0 % 2] + deviations[$0 % 2] * noise[$0] }))
    let ratios =
      (distribution.logProbabilities(before, of: actions)
      - distribution.logProbabilities(after, of: actions)).value.elements
    let mean = ratios.reduce(0, +) / Double(rows)
    let variance = ratios.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows)
    let exact = distribution.divergence(from: before, to: after).value[0, 0]
    #expect(abs(mean - exact) < 4 * (variance / Double(rows)).squareRoot())
  }

  @Test("A distribution diverges from itself by zero")
  func noDivergence() {
    let gaussian = constantPolicy(location: [0.3, -2], logStandardDeviation: [-1.3, 0.7])
    let categorical = constantPolicy(location: [0.3, -2, 1])
    for (policy, parameters) in [gaussian, categorical] {
      let outputs = policy.outputs(parameters)
      let divergence = policy.distribution.divergence(from: outputs, to: outputs).value.scalar
      #expect(abs(divergence) < 1e-15)
    }
  }
}
