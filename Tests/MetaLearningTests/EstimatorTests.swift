import Adaptation
import Differentiation
import MetaLearning
import Models
import Policies
import Testing

/// One state and two actions: π(1) = p = 1 / (1 + e⁻ˣ) for logits (0, x). Everything is known.
@Suite struct EstimatorTests {
  private let policy = Policy(
    network: MultilayerPerceptron(layerSizes: [1, 2], activation: .tanh),
    distribution: .categorical)

  /// Both derivatives of the expected loss with respect to x, by weighing each action by its
  /// probability.
  private func derivatives(_ estimator: Estimator) -> (first: Double, second: Double) {
    let (p, rewards) = (0.3, [2.0, 5.0])
    let x = 0.3 / 0.7
    let point = Tensor(
      Shape(1, 4), [0, 0, 0, Variable(Tensor(scalar: x)).logarithm.value.scalar])
    let weights = [1 - p, p]
    // A mean over two rows: factor 2 makes it the expectation.
    let batch = Batch(
      inputs: Sequences(Tensor(Shape(2, 1), repeating: 0.0)), actions: .discrete([0, 1]),
      advantages: Tensor(Shape(2, 1), (0..<2).map { 2 * weights[$0] * rewards[$0] }))
    let evaluation = PolicyEvaluation(
      policy, parameters: point, inputs: batch.inputs)
    let derivatives = LossDerivatives(at: evaluation, products: .few) {
      policyGradientLoss(estimator, policy, $0, on: batch)
    }
    let unit = Tensor(Shape(1, 4), [0.0, 0, 0, 1])
    return (derivatives.gradient[0, 3], derivatives.hessianProduct(unit)[0, 3])
  }

  @Test("Both estimators have the gradient of the expected return", arguments: Estimator.allCases)
  func first(estimator: Estimator) {
    // d/dx -(2 (1 - p) + 5 p) = -3 p (1 - p)
    #expect(abs(derivatives(estimator).first + 3 * 0.3 * 0.7) < 1e-13)
  }

  @Test("The likelihood ratio has the curvature of the expected return")
  func likelihoodRatio() {
    // d²/dx² -3 p = -3 p (1 - p) (1 - 2 p)
    #expect(abs(derivatives(.likelihoodRatio).second + 3 * 0.21 * 0.4) < 1e-13)
  }

  @Test("The log-likelihood's curvature leaves the credit of the sampling distribution out")
  func logLikelihood() {
    // -E[A d²/dx² log π] = (2 (1 - p) + 5 p) p (1 - p)
    #expect(abs(derivatives(.logLikelihood).second - 2.9 * 0.21) < 1e-13)
  }
}
