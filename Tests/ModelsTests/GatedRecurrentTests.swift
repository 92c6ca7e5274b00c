import Differentiation
import Models
import Randomness
import Testing

@Suite("Gated recurrent networks, written out")
struct GatedRecurrentTests {
  private let network = GatedRecurrentNetwork(inputs: 3, units: [4, 5], outputs: 2)

  @Test(
    "Outputs and gradient are those of the record: sequences of unequal lengths, with and without memory",
    arguments: [[0, 7], [0, 3, 8, 9, 14], [0, 2, 4, 6]], [false, true])
  func backpropagation(starts: [Int], remembers: Bool) throws {
    let rows = try #require(starts.last)
    let inputs = Sequences(
      values(Shape(rows, 3), seed: 1), starts: starts,
      memory: remembers ? values(Shape(starts.count - 1, 9), seed: 2) : nil)
    let parameters = network.parameters.enumerated().map { index, entry in
      values(entry.shape, seed: 10 + UInt64(index))
    }
    let weights = values(Shape(rows, 2), seed: 3)
    let tracked = parameters.map { Variable.tracked($0) }
    let outputs = network.outputs(tracked, inputs)
    let expected = gradient(of: (outputs * Variable(weights)).sum(), withRespectTo: tracked)

    let point = network.point(parameters, inputs, cache: .empty)
    #expect(difference(point.outputs, outputs.value) < 1e-13)
    let found = point.curvature(cotangent: weights, products: .none).gradient
    #expect(found.count == expected.count)
    for (found, expected) in zip(found, expected) {
      #expect(found.shape == expected.value.shape)
      #expect(difference(found, expected.value) < 1e-12)
    }
  }

  /// The norm of the difference over that of the expected values.
  private func difference(_ found: Tensor<Double>, _ expected: Tensor<Double>) -> Double {
    found.adding(expected, scaledBy: -1).norm / max(expected.norm, 1e-3)
  }

  private func values(_ shape: Shape, seed: UInt64) -> Tensor<Double> {
    var random = RandomStream(seed: seed, purpose: .verification)
    return Tensor(shape, (0..<shape.count).map { _ in random.normal() as Double })
  }
}
