import Derivatives
import Differentiation
import Models
import Policies
import Randomness
import Testing

@Suite struct PolicySamplerTests {
  private func policy(_ activation: Activation, _ distribution: ActionDistribution) -> Policy {
    Policy(
      network: MultilayerPerceptron(layerSizes: [3, 17, 9, 4], activation: activation),
      distribution: distribution, contextSize: 2)
  }

  private func sample(
    _ sampler: PolicySampler, _ observations: Tensor<Float>, _ noise: [Float]
  ) -> [Float] {
    var actions = [Float](repeating: .nan, count: noise.count)
    var nothing: Float = 0
    let rows = observations.shape.rows
    observations.withElements { seen in
      noise.withUnsafeBufferPointer { noise in
        actions.withUnsafeMutableBufferPointer { actions in
          guard let seen = seen.baseAddress, let noise = noise.baseAddress,
            let actions = actions.baseAddress
          else { return }
          sampler.sample(
            rows: rows, observations: seen, memory: &nothing, noise: noise, actions: actions)
        }
      }
    }
    return actions
  }

  @Test(
    "A Gaussian action is the policy's mean plus its deviation times the noise",
    arguments: Activation.allCases, [1, 3, 20])
  func gaussian(activation: Activation, rows: Int) {
    let policy = policy(activation, .gaussian(minimumLogStandardDeviation: -0.5))
    let sampler = PolicySampler(policy: policy, capacity: 20)
    #expect(sampler.noiseWidth == 4 && sampler.noiseIsNormal)
    let parameters = values(Shape(1, policy.layout.count), seed: 60).converted(to: Float.self)
    sampler.set(policy, parameters: parameters)
    let observations = values(Shape(rows, 3), seed: 61).converted(to: Float.self)
    let noise = values(Shape(rows, 4), seed: 62).converted(to: Float.self)
    let outputs = policy.outputs(
      policy.layout.constants(of: parameters), Sequences(observations))
    let deviation = outputs.logStandardDeviation?.exponential.broadcast(toRows: rows).value
    let expected = outputs.location.value.adding(
      noise.multiplied(by: deviation ?? Tensor(noise.shape, repeating: .nan)))
    let found = Tensor(noise.shape, sample(sampler, observations, noise.elements))
    #expect(relativeError(found, expected) < 1e-6)
  }

  @Test("New parameters take the place of the old ones")
  func setParametersAgain() {
    let policy = policy(.tanh, .gaussian(minimumLogStandardDeviation: -3))
    let shape = Shape(1, policy.layout.count)
    let second = values(shape, seed: 64).converted(to: Float.self)
    let used = PolicySampler(policy: policy, capacity: 5)
    let fresh = PolicySampler(policy: policy, capacity: 5)
    let observations = values(Shape(5, 3), seed: 65).converted(to: Float.self)
    let noise = values(Shape(5, 4), seed: 66).converted(to: Float.self).elements
    used.set(policy, parameters: values(shape, seed: 63).converted(to: Float.self))
    let before = sample(used, observations, noise)
    used.set(policy, parameters: second)
    fresh.set(policy, parameters: second)
    let after = sample(used, observations, noise)
    #expect(after == sample(fresh, observations, noise))
    #expect(after != before)
  }

  @Test("Categorical actions come as often as the softmax says", arguments: Activation.allCases)
  func categorical(activation: Activation) {
    let policy = policy(activation, .categorical)
    let rows = 2000
    let sampler = PolicySampler(policy: policy, capacity: rows)
    #expect(sampler.noiseWidth == 1 && !sampler.noiseIsNormal)
    let parameters = values(Shape(1, policy.layout.count), seed: 67, scale: 0.4)
      .converted(to: Float.self)
    sampler.set(policy, parameters: parameters)
    let seen = values(Shape(1, 3), seed: 68).converted(to: Float.self)
    let logits = policy.outputs(policy.layout.constants(of: parameters), Sequences(seen)).location
    let shares = logits.logSoftmax().exponential.value.elements.map { Double($0) }
    let observations = Tensor(Shape(rows, 3), (0..<rows).flatMap { _ in seen.elements })
    var random = RandomStream(seed: 69, purpose: .actions)
    var counts = [Double](repeating: 0, count: 4)
    let draws = 50 * rows
    for _ in 0..<50 {
      let noise = (0..<rows).map { _ -> Float in random.uniform() }
      for action in sample(sampler, observations, noise) { counts[Int(action)] += 1 }
    }
    for (count, share) in zip(counts, shares) {
      let error = (share * (1 - share) / Double(draws)).squareRoot()
      #expect(abs(count / Double(draws) - share) < 4 * error)
    }
  }

  @Test("The ends of the uniform range choose the first and the last action")
  func categoricalEnds() {
    let (policy, parameters) = constantPolicy(location: [0.3, -1, 0.2])
    let sampler = PolicySampler(policy: policy, capacity: 2)
    sampler.set(policy, parameters: parameters.converted(to: Float.self))
    let observations = Tensor<Float>(Shape(2, 1), repeating: 0)
    #expect(sample(sampler, observations, [0, 1 - 0x1p-24]) == [0, 2])
  }
}
