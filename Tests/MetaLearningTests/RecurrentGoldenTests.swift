import Adaptation
import Differentiation
import Foundation
import Models
import Policies
import Testing

/// A recurrent policy's loss over trials of unequal length, with its gradient and a product with its Hessian through all of
/// time, computed in double precision by another system.
private struct RecurrentCase: Decodable {
  struct Trial: Decodable {
    let inputs: [[Double]]
    let actions: [[Double]]
    let advantages: [Double]
  }
  struct Parameters: Decodable {
    let inputWeight: [[Double]]
    let hiddenWeight: [[Double]]
    let inputBias: [Double]
    let hiddenBias: [Double]
    let headWeight: [[Double]]
    let headBias: [Double]
    let logStandardDeviation: [Double]

    /// As the policy lays them out.
    var flat: [Double] {
      inputWeight.flatMap(\.self) + hiddenWeight.flatMap(\.self) + inputBias + hiddenBias
        + headWeight.flatMap(\.self) + headBias + logStandardDeviation
    }
  }
  struct CurvatureProduct: Decodable {
    let vector: Parameters
    let product: Parameters
  }
  struct Expected: Decodable {
    let logProbabilities: [[Double]]
    let loss: Double
    let gradient: Parameters
    let hessianProduct: CurvatureProduct
  }

  let name: String
  let inputs: Int
  let units: Int
  let actions: Int
  let parameters: Parameters
  let trials: [Trial]
  let expected: Expected

  var policy: Policy {
    Policy(
      network: GatedRecurrentNetwork(inputs: inputs, units: [units], outputs: actions),
      distribution: .gaussian(minimumLogStandardDeviation: -20))
  }

  var batch: Batch<Double> {
    MetaLearningTests.batch(
      trials.map {
        .init(observations: $0.inputs, actions: $0.actions, advantages: $0.advantages)
      }, Double.self)
  }
}

@Suite struct RecurrentGoldenTests {
  @Test("A recurrent policy's loss, gradient and curvature are another system's")
  func goldenCases() throws {
    let all: [RecurrentCase] = try cases(in: "gru")
    #expect(all.count >= 2)
    for golden in all {
      let (policy, batch) = (golden.policy, golden.batch)
      let point = Tensor(Shape(1, policy.layout.count), golden.parameters.flat)
      let evaluation = PolicyEvaluation(policy, parameters: point, inputs: batch.inputs)
      let found = LossDerivatives(at: evaluation, products: .few) {
        policyGradientLoss(.logLikelihood, policy, $0, on: batch)
      }
      let logs = policy.distribution.logProbabilities(evaluation.outputs, of: batch.actions)
      let expected = golden.expected
      let vector = Tensor(point.shape, expected.hessianProduct.vector.flat)
      let errors = [
        abs(found.loss - expected.loss),
        relativeError(logs.value.elements, expected.logProbabilities.flatMap(\.self)),
        relativeError(found.gradient.elements, expected.gradient.flat),
        relativeError(
          found.hessianProduct(vector).elements, expected.hessianProduct.product.flat),
      ]
      #expect(errors.allSatisfy { $0 < 1e-9 }, "\(golden.name): \(errors)")
    }
  }
}
