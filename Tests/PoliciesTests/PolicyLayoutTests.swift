import Differentiation
import EnvironmentKit
import Policies
import Randomness
import Testing

@Suite struct PolicyLayoutTests {
  private func specification(_ action: ActionSpace) throws -> EnvironmentSpecification {
    try EnvironmentSpecification(
      observation: ["x", "y", "z"].map { Component($0) }, action: action, horizon: 5)
  }

  private var settings: PolicySettings {
    var settings = PolicySettings()
    settings.hiddenSizes = [5, 4]
    settings.initialLogStandardDeviation = -0.5
    settings.outputGain = 0.01
    return settings
  }

  @Test("Continuous actions give a Gaussian: weights and biases layer by layer, then log σ")
  func gaussianLayout() throws {
    let moves = ["a", "b"].map { Component($0, range: -1...1) }
    let policy = Policy(for: try specification(.continuous(moves)), settings: settings)
    #expect(policy.distribution == .gaussian(minimumLogStandardDeviation: -3))
    #expect(
      policy.layout.entries.map(\.name) == [
        "layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias",
        "layers.2.weight", "layers.2.bias", "logStandardDeviation",
      ])
    #expect(
      policy.layout.entries.map(\.shape) == [
        Shape(3, 5), Shape(1, 5), Shape(5, 4), Shape(1, 4), Shape(4, 2), Shape(1, 2), Shape(1, 2),
      ])
    #expect(policy.layout.entries.map(\.start) == [0, 15, 20, 40, 44, 52, 54])
    #expect(policy.layout.count == 56)
  }

  @Test("Discrete actions give a categorical: one logit for each choice and nothing more")
  func categoricalLayout() throws {
    let policy = Policy(for: try specification(.discrete(["l", "m", "r"])), settings: settings)
    #expect(policy.distribution == .categorical)
    #expect(policy.layout.entries.last?.name == "layers.2.bias")
    #expect(policy.layout.entries.last?.shape == Shape(1, 3))
  }

  @Test("Initial weights keep within Glorot's bound, biases are 0, log σ is as set")
  func initialParameters() throws {
    let moves = ["a", "b"].map { Component($0, range: -1...1) }
    let policy = Policy(for: try specification(.continuous(moves)), settings: settings)
    var random = RandomStream(seed: 3, purpose: .initialization)
    let tensors = policy.layout.tensors(
      of: policy.initialParameters(&random, settings: settings))
    for (layer, gain) in [Float(1), 1, 0.01].enumerated() {
      let weights = tensors[2 * layer]
      let bound = gain * (6 / Float(weights.shape.rows + weights.shape.columns)).squareRoot()
      let largest = weights.elements.reduce(0) { max($0, abs($1)) }
      #expect(largest <= bound && largest > bound / 2)
      #expect(tensors[2 * layer + 1].elements.allSatisfy { $0 == 0 })
    }
    #expect(tensors[6].elements == [-0.5, -0.5])
  }

  @Test("The same stream gives the same initial parameters, another stream others")
  func initialParametersRepeat() throws {
    let policy = Policy(for: try specification(.discrete(["l", "r"])), settings: settings)
    let draw = { (seed: UInt64) in
      var random = RandomStream(seed: seed, purpose: .initialization)
      return policy.initialParameters(&random, settings: settings).elements
    }
    #expect(draw(1) == draw(1))
    #expect(draw(1) != draw(2))
  }
}
