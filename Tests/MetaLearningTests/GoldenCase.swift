import Adaptation
import Differentiation
import Foundation
import MetaLearning
import Models
import Policies

/// A meta-gradient computed in double precision by another system; the fields are described in
/// `Fixtures/golden/README.md`.
struct GoldenCase: Decodable, CustomStringConvertible, Sendable {
  struct Parameters: Decodable, Sendable {
    let weights: [[[Double]]]
    let biases: [[Double]]
    let logStandardDeviation: [Double]

    /// As a flat vector.
    var flat: [Double] {
      zip(weights, biases).flatMap { $0.flatMap(\.self) + $1 } + logStandardDeviation
    }
  }
  struct Episode: Decodable, Sendable {
    let observations: [[Double]]
    let actions: [[Double]]
    let advantages: [Double]
  }
  struct CurvatureProduct: Decodable, Sendable {
    let vector: [Double]
    let product: [Double]
  }
  struct Expected: Decodable, Sendable {
    let outerLoss: Double
    let metaGradient: [Double]
    let meanKLHessianProduct: CurvatureProduct
  }
  struct Task: Decodable, Sendable {
    let adaptation: [[Episode]]
    let query: [Episode]
  }

  let name: String
  let layerSizes: [Int]
  let activation: Activation
  let innerStepSizes: [Double]
  let estimator: Estimator
  let firstOrder: Bool
  let parameters: Parameters
  let tasks: [Task]
  let expected: Expected

  var description: String { name }

  /// Every case in the fixtures' folder.
  static func all() throws -> [GoldenCase] { try cases(in: "golden") }

  var policy: Policy {
    Policy(
      network: MultilayerPerceptron(layerSizes: layerSizes, activation: activation),
      distribution: .gaussian(minimumLogStandardDeviation: -20))
  }

  /// The initial parameters as a flat vector.
  var initial: [Double] { parameters.flat }

  /// Loss, meta-gradient and curvature product as this system computes them.
  func computed<Scalar: TensorScalar>(
    as type: Scalar.Type
  ) -> (loss: Double, gradient: [Double], product: [Double]) {
    let policy = policy
    let vector = expected.meanKLHessianProduct.vector.map { Scalar($0) }
    let adapted = tasks.map { adaptedTask($0, policy, type) }
    let surrogates = adapted.map { $0.surrogate() }
    let share = 1 / Double(tasks.count)
    let mean = { (tensors: [Tensor<Scalar>]) in
      tensors.dropFirst().reduce(tensors[0]) { $0.adding($1) }.elements.map { Double($0) * share }
    }
    let products = adapted.map {
      $0.curvatureProduct(Tensor(Shape(1, vector.count), vector))
    }
    return (
      surrogates.reduce(0) { $0 + Double($1.loss) } * share, mean(surrogates.map(\.gradient)),
      mean(products)
    )
  }

  private func adaptedTask<Scalar: TensorScalar>(
    _ task: Task, _ policy: Policy, _ type: Scalar.Type
  ) -> TrustRegionTask<Scalar> {
    var chain = AdaptationChain<Scalar>()
    var current = Tensor<Scalar>(Shape(1, initial.count), initial.map { Scalar($0) })
    for (episodes, stepSize) in zip(task.adaptation, innerStepSizes) {
      let batch = batch(episodes, type)
      let step = AdaptationStep(
        from: current, stepSizes: Tensor(current.shape, repeating: Scalar(stepSize)),
        policy: policy, estimator: estimator, on: batch, products: firstOrder ? .none : .many)
      chain.append(step)
      current = step.after
    }
    return TrustRegionTask(
      policy: policy, chain: chain, adapted: current, query: batch(task.query, type))
  }

}

/// The cases of a folder of fixtures, in the order of their names.
func cases<Case: Decodable>(in folder: String) throws -> [Case] {
  let folder = Bundle.module.resourceURL?.appending(path: "Fixtures/\(folder)")
  let files = try FileManager.default.contentsOfDirectory(
    at: folder ?? URL(filePath: "."), includingPropertiesForKeys: nil)
  return try files.filter { $0.pathExtension == "json" }
    .sorted { $0.path < $1.path }
    .map { try JSONDecoder().decode(Case.self, from: Data(contentsOf: $0)) }
}

/// Episodes as a batch, one behind the other.
func batch<Scalar: TensorScalar>(
  _ episodes: [GoldenCase.Episode], _ type: Scalar.Type
) -> Batch<Scalar> {
  let tensor = { (rows: [[Double]]) in
    Tensor<Scalar>(Shape(rows.count, rows[0].count), rows.flatMap { $0.map { Scalar($0) } })
  }
  return Batch(
    inputs: Sequences(
      tensor(episodes.flatMap(\.observations)),
      starts: episodes.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.advantages.count) }),
    actions: .continuous(tensor(episodes.flatMap(\.actions))),
    advantages: tensor(episodes.flatMap(\.advantages).map { [$0] }))
}

/// The norm of the difference over the norm of the expected values.
func relativeError(_ found: [Double], _ expected: [Double]) -> Double {
  let difference = zip(found, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  return (difference / expected.reduce(0) { $0 + $1 * $1 }).squareRoot()
}
