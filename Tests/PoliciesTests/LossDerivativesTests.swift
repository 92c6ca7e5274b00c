import Derivatives
import Differentiation
import Models
import Policies
import Randomness
import Testing

/// A perceptron that has nothing but its recorded operations, as a network of somebody else's may.
private struct RecordedPerceptron: Network {
  let perceptron: MultilayerPerceptron
  var inputWidth: Int { perceptron.inputWidth }
  var outputWidth: Int { perceptron.outputWidth }
  var parameters: [(name: String, shape: Shape)] { perceptron.parameters }

  func initialParameters(
    _ random: inout RandomStream, outputGain: Float
  ) -> [Tensor<Float>] {
    perceptron.initialParameters(&random, outputGain: outputGain)
  }

  func outputs<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Variable<Scalar>
  ) -> Variable<Scalar> {
    perceptron(parameters, inputs)
  }
}

/// Backpropagation and its tangent, written out or by the record, against the record of the whole loss.
@Suite struct LossDerivativesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let network: MultilayerPerceptron
    let policy: Policy
    let products: HessianProducts
    let areHiddenKnown: Bool

    var testDescription: String {
      "\(network.layerSizes) \(network.activation) \(products)"
        + (policy.network is RecordedPerceptron ? " by the record" : "")
        + (policy.context == nil ? "" : " with a context")
        + (areHiddenKnown ? " known" : "")
    }

    static let all = [[3, 2], [3, 7, 2], [2, 9, 6, 2], [1, 5, 4, 6, 3]].flatMap { sizes in
      Activation.allCases.flatMap { activation in
        [ActionDistribution.gaussian(minimumLogStandardDeviation: -0.5), .categorical]
          .flatMap { distribution in
            [
              (HessianProducts.few, false, 0, false), (.many, false, 0, false),
              (.many, true, 0, false), (.few, false, 3, false), (.many, false, 3, false),
              (.many, false, 0, true),
            ].filter { !$0.1 || activation.isMonotone }.map {
              let network = MultilayerPerceptron(layerSizes: sizes, activation: activation)
              return Case(
                network: network,
                policy: Policy(
                  network: $3 ? RecordedPerceptron(perceptron: network) : network,
                  distribution: distribution, contextSize: $2), products: $0, areHiddenKnown: $1)
            }
          }
      }
    }
  }

  /// More than one block of rows, and not a whole number of them.
  private let rows = 600

  @Test("Gradient and Hessian products are those of the recorded computation", arguments: Case.all)
  func derivatives(test: Case) {
    let policy = test.policy
    let observations = values(Shape(rows, policy.network.inputWidth), seed: 1)
    let parameters = values(Shape(1, policy.layout.count), seed: 2, scale: 0.5)
    let targets = Variable(
      values(Shape(rows, policy.network.outputWidth), seed: 3))
    // Curved in the outputs, and across location and deviation.
    let loss = { (outputs: DistributionOutputs<Double>) -> Variable<Double> in
      let errors = (outputs.location - targets).squared
      guard let logs = outputs.logStandardDeviation else {
        return (outputs.location.logSoftmax() * errors).mean()
      }
      return (errors * logs.scaled(by: -2).exponential.broadcast(toRows: rows)).mean() + logs.sum()
    }
    let recorded = { (tensors: [Variable<Double>]) in
      loss(policy.outputs(tensors, Sequences(observations)))
    }
    let evaluation = PolicyEvaluation(
      policy, parameters: parameters, inputs: Sequences(observations),
      cache: test.areHiddenKnown ? hidden(test, parameters, observations) : .empty)
    let found = LossDerivatives(at: evaluation, products: test.products, of: loss)
    #expect(abs(found.loss - policy.layout.value(of: recorded, at: parameters).scalar) < 1e-12)
    #expect(
      relativeError(found.gradient, policy.layout.gradient(of: recorded, at: parameters)) < 1e-12)
    for seed in UInt64(4)...5 {
      let vector = values(parameters.shape, seed: seed)
      let expected = policy.layout.hessianProduct(of: recorded, at: parameters, times: vector)
      #expect(relativeError(found.hessianProduct(vector), expected) < 1e-12)
    }
  }

  @Test("The Fisher product is the Hessian of the divergence at the policy", arguments: Case.all)
  func fisherProduct(test: Case) {
    let policy = test.policy
    let observations = values(Shape(rows, policy.network.inputWidth), seed: 11)
    let parameters = values(Shape(1, policy.layout.count), seed: 12, scale: 0.5)
    let outputs = policy.outputs(policy.layout.constants(of: parameters), Sequences(observations))
    let divergence = { (tensors: [Variable<Double>]) in
      policy.distribution.divergence(
        from: outputs, to: policy.outputs(tensors, Sequences(observations))
      ).mean()
    }
    let vector = values(parameters.shape, seed: 13)
    let expected = policy.layout.hessianProduct(of: divergence, at: parameters, times: vector)
    let evaluation = PolicyEvaluation(
      policy, parameters: parameters, inputs: Sequences(observations),
      cache: test.areHiddenKnown ? hidden(test, parameters, observations) : .empty)
    let found = OutputJacobian(at: evaluation).fisherProduct(vector)
    #expect(relativeError(found, expected) < 1e-12)
  }

  private func hidden(
    _ test: Case, _ parameters: Tensor<Double>, _ observations: Tensor<Double>
  ) -> ForwardCache<Double> {
    let tensors = test.policy.layout.constants(of: parameters)
    var values = Variable(observations)
    return ForwardCache(
      (0..<test.network.layerCount - 1).map { layer in
        let sums = affine(values, tensors[2 * layer], tensors[2 * layer + 1])
        values = test.network.activation(sums)
        return values.value
      })
  }
}
