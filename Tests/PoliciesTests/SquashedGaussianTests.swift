import Derivatives
import Differentiation
import Foundation
import Models
import Testing

@testable import Policies

@Suite("Squashed Gaussian")
struct SquashedGaussianTests {
  private let policy = Policy(
    network: MultilayerPerceptron(layerSizes: [3, 5, 4], activation: .tanh),
    distribution: .squashedGaussian)

  @Test("Its density over actions is one: it integrates to 1 and is the derivative of its share")
  func density() {
    // Of one component with mean 0.3 and log deviation -0.4, on a fine grid of the noise.
    let count = 20_001
    let noise = Tensor<Double>(Shape(count, 1), (0..<count).map { -8 + 16 * Double($0) / 20_000 })
    let location = Tensor<Double>(
      Shape(count, 2), (0..<count).flatMap { _ in [0.3, -0.4] })
    let outputs = DistributionOutputs(
      location: Variable(location), logStandardDeviation: nil, value: nil)
    let drawn = ActionDistribution.squashedGaussian.squashedActions(outputs, noise: noise)
    let (actions, logs) = (drawn.actions.value.elements, drawn.logProbabilities.value.elements)
    var (total, mean) = (0.0, 0.0)
    for index in 1..<count {
      let width = actions[index] - actions[index - 1]
      let density = 0.5 * (exp(logs[index]) + exp(logs[index - 1]))
      total += width * density
      mean += width * density * 0.5 * (actions[index] + actions[index - 1])
    }
    #expect(abs(total - 1) < 1e-4)
    let expected = zip(noise.elements, actions).reduce(0.0) {
      $0 + $1.1 * exp(-$1.0 * $1.0 / 2) / (2 * Double.pi).squareRoot() * 16 / 20_000
    }
    #expect(abs(mean - expected) < 1e-4)
    #expect(actions.allSatisfy { abs($0) <= 1 })
  }

  @Test("What is drawn is the mean plus the deviation that the network puts out times the noise")
  func sampling() {
    let parameters = values(Shape(1, policy.layout.count), seed: 1).converted(to: Float.self)
    let sampler = PolicySampler(policy: policy, capacity: 7)
    #expect(sampler.noiseWidth == 2 && sampler.noiseIsNormal && policy.actionWidth == 2)
    sampler.set(policy, parameters: parameters)
    let observations = values(Shape(7, 3), seed: 2).converted(to: Float.self)
    let noise = values(Shape(7, 2), seed: 3).converted(to: Float.self)
    let outputs = policy.outputs(
      policy.layout.constants(of: parameters), Sequences(observations))
    let expected = policy.distribution.squashedActions(outputs, noise: noise).actions.value
    var (memory, actions): ([Float], [Float]) = ([], [Float](repeating: 0, count: 14))
    observations.withElements { observations in
      noise.withElements { noise in
        guard let seen = observations.baseAddress, let drawn = noise.baseAddress else { return }
        actions.withUnsafeMutableBufferPointer { actions in
          memory.withUnsafeMutableBufferPointer { memory in
            let place = memory.baseAddress ?? UnsafeMutablePointer(bitPattern: 8)!
            sampler.sample(
              rows: 7, observations: seen, memory: place, noise: drawn,
              actions: actions.baseAddress!)
          }
          sampler.squash(rows: 7, actions: actions.baseAddress!)
        }
      }
    }
    for (found, value) in zip(actions, expected.elements) { #expect(abs(found - value) < 1e-6) }
  }

  @Test("Deviations that are too large or too small count as the bound, without a gradient")
  func bounds() {
    let location = Variable.tracked(Tensor<Double>(Shape(3, 2), [0, 5, 0, -30, 0, 1]))
    let outputs = DistributionOutputs(location: location, logStandardDeviation: nil, value: nil)
    let distribution = ActionDistribution.squashedGaussian
    let entropy = distribution.entropy(outputs)
    let constant = 0.5 * (1 + log(2 * Double.pi))
    for (found, expected) in zip(entropy.value.elements, [2.0, -20, 1]) {
      #expect(abs(found - expected - constant) < 1e-12)
    }
    let slopes = gradient(of: entropy.sum(), withRespectTo: [location])[0].value.elements
    #expect(slopes == [0, 0, 0, 0, 0, 1])
  }
}
