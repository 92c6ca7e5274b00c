import Derivatives
import Differentiation
import Models
import Policies
import Testing

/// A policy with parameters, observations and actions to differentiate at.
struct PolicyCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let policy: Policy
  let actions: Actions<Double>
  let observations = values(Shape(6, 3), seed: 2)

  init(_ activation: Activation, _ distribution: ActionDistribution) {
    let isCategorical = distribution == .categorical
    testDescription = "\(distribution) over \(activation)"
    policy = Policy(
      network: MultilayerPerceptron(
        layerSizes: [3, 5, isCategorical || distribution == .squashedGaussian ? 4 : 2],
        activation: activation),
      distribution: distribution)
    actions =
      isCategorical
      ? .discrete([0, 3, 1, 2, 2, 0]) : .continuous(values(Shape(6, 2), seed: 3))
  }

  /// Parameters; different seeds differ a little.
  func point(_ seed: UInt64) -> Tensor<Double> {
    let shape = Shape(1, policy.layout.count)
    return values(shape, seed: 4, scale: 0.6).adding(values(shape, seed: seed, scale: 0.1))
  }

  func outputs(_ parameters: [Variable<Double>]) -> DistributionOutputs<Double> {
    policy.outputs(parameters, Sequences(observations))
  }

  var logProbabilities: ParameterFunction {
    let weights = Variable(values(Shape(6, 1), seed: 5))
    return { [self] in
      (policy.distribution.logProbabilities(outputs($0), of: actions) * weights).sum()
    }
  }

  /// The mean divergence from fixed parameters.
  func divergence(from old: Tensor<Double>) -> ParameterFunction {
    let fixed = outputs(policy.layout.constants(of: old))
    return { [self] in policy.distribution.divergence(from: fixed, to: outputs($0)).mean() }
  }

  /// The mean divergence to fixed parameters.
  func divergence(to new: Tensor<Double>) -> ParameterFunction {
    let fixed = outputs(policy.layout.constants(of: new))
    return { [self] in policy.distribution.divergence(from: outputs($0), to: fixed).mean() }
  }
}

private let distributions = [
  ActionDistribution.gaussian(minimumLogStandardDeviation: -20), .squashedGaussian, .categorical,
]

let policyCases = Activation.allCases.flatMap { activation in
  distributions.map { PolicyCase(activation, $0) }
}

@Suite struct DistributionDerivativeTests {
  private func expectDerivatives(_ test: PolicyCase, of function: ParameterFunction) {
    let policy = test.policy
    let point = test.point(20)
    let slopes = policy.layout.gradient(of: function, at: point)
    let expected = differences(at: point) { policy.layout.value(of: function, at: $0) }
    #expect(relativeError(slopes, expected) < 1e-8)
    let vector = values(point.shape, seed: 30)
    let product = policy.layout.hessianProduct(of: function, at: point, times: vector)
    let change = difference(at: point, along: vector) {
      policy.layout.gradient(of: function, at: $0)
    }
    #expect(relativeError(product, change) < 1e-8)
  }

  @Test("Log-probabilities: both derivatives agree with differences", arguments: policyCases)
  func logProbabilities(test: PolicyCase) {
    expectDerivatives(test, of: test.logProbabilities)
  }

  @Test("Divergence to a policy: both derivatives agree with differences", arguments: policyCases)
  func divergenceFromFixed(test: PolicyCase) {
    expectDerivatives(test, of: test.divergence(from: test.point(21)))
  }

  @Test("Divergence from a policy: both derivatives agree with differences", arguments: policyCases)
  func divergenceToFixed(test: PolicyCase) {
    expectDerivatives(test, of: test.divergence(to: test.point(21)))
  }

  /// Observations that are the rows of an identity make the outputs parameters: the weights.
  @Test(
    "The Fisher product is the Hessian of the mean divergence in output space",
    arguments: distributions)
  func fisherProduct(distribution: ActionDistribution) {
    let (rows, width) = (4, distribution == .squashedGaussian ? 4 : 3)
    let policy = Policy(
      network: MultilayerPerceptron(layerSizes: [rows, width], activation: .tanh),
      distribution: distribution)
    let identity = Tensor<Double>(
      Shape(rows, rows), (0..<rows * rows).map { $0 % (rows + 1) == 0 ? 1 : 0 })
    let point = values(Shape(1, policy.layout.count), seed: 40)
    let outputs = policy.outputs(policy.layout.constants(of: point), Sequences(identity))
    let divergence: ParameterFunction = {
      policy.distribution.divergence(
        from: outputs.detached, to: policy.outputs($0, Sequences(identity))
      ).mean()
    }
    var tangents = policy.layout.constants(of: values(point.shape, seed: 41))
    tangents[1] = Variable(Tensor(Shape(1, width), repeating: 0))
    let change = difference(at: point, along: policy.layout.vector(of: tangents)) {
      policy.layout.gradient(of: divergence, at: $0)
    }
    var expected = policy.layout.tensors(of: change)
    // The biases move all rows at once; they are no outputs.
    expected.remove(at: 1)
    tangents.remove(at: 1)
    let products = policy.distribution.fisherProduct(outputs, tangents)
    #expect(products.count == expected.count)
    for (product, tensor) in zip(products, expected) {
      #expect(relativeError(product.value, tensor) < 1e-8)
    }
  }
}
