import Adaptation
import Differentiation
import MetaLearning
import Testing

@Suite struct ConjugateGradientTests {
  private let size = 12

  /// `B Bᵀ + I`
  private func matrix() -> Tensor<Double> {
    let factor = Variable(values(Shape(size, size), seed: 70))
    let identity = Tensor<Double>(
      Shape(size, size), (0..<size * size).map { $0 % (size + 1) == 0 ? 1 : 0 })
    return product(factor, factor, transposeRight: true).value.adding(identity)
  }

  private func apply(_ matrix: Tensor<Double>, _ vector: Tensor<Double>) -> Tensor<Double> {
    product(Variable(vector), Variable(matrix)).value
  }

  @Test("As many iterations as unknowns solve a positive definite system")
  func solves() {
    let matrix = matrix()
    let exact = values(Shape(1, size), seed: 71)
    let solution = conjugateGradient(apply(matrix, exact), iterations: 2 * size) {
      apply(matrix, $0)
    }.solution
    #expect(relativeError(solution, exact) < 1e-9)
  }

  @Test("The quadratic form is xᵀAx of the solution returned", arguments: [1, 3, 12])
  func quadraticForm(iterations: Int) {
    let matrix = matrix()
    let b = values(Shape(1, size), seed: 72)
    let (solution, form) = conjugateGradient(b, iterations: iterations) { apply(matrix, $0) }
    let expected = solution.dot(apply(matrix, solution))
    #expect(abs(form - expected) < 1e-9 * expected)
  }

  @Test("k iterations minimize ½xᵀAx - bᵀx no worse than k - 1")
  func descends() {
    let matrix = matrix()
    let b = values(Shape(1, size), seed: 73)
    let heights = (0...size).map { iterations in
      let x = conjugateGradient(b, iterations: iterations) { apply(matrix, $0) }.solution
      return x.dot(apply(matrix, x)) / 2 - x.dot(b)
    }
    for (before, after) in zip(heights, heights.dropFirst()) { #expect(after <= before + 1e-12) }
  }

  @Test("A right side of 0 gives 0 without a product")
  func zero() {
    let zero = Tensor<Double>(Shape(1, size), repeating: 0)
    let (solution, form) = conjugateGradient(zero, iterations: 10) { _ in
      Issue.record("a product was asked for")
      return zero
    }
    #expect(solution.elements == zero.elements && form == 0)
  }
}

@Suite struct AdamTests {
  @Test("The first two directions are those computed by hand")
  func twoUpdates() {
    var state = AdamState(count: 3)
    let first = state.direction(for: Tensor(Shape(1, 3), [1, -200, 0])).elements
    // m̂ = g and v̂ = g²: the sign alone.
    for (found, expected) in zip(first, [1, -1, 0] as [Float]) {
      #expect(abs(found - expected) < 1e-6)
    }
    let second = state.direction(for: Tensor(Shape(1, 3), [3, 100, 2])).elements
    // m̂ = (0.09 g₁ + 0.1 g₂) / 0.19, v̂ = (0.000999 g₁² + 0.001 g₂²) / 0.001999
    let expected: [Double] = [
      (0.39 / 0.19) / (0.009999 / 0.001999).squareRoot(),
      (-8 / 0.19) / (49.96 / 0.001999).squareRoot(),
      (0.2 / 0.19) / (0.004 / 0.001999).squareRoot(),
    ]
    for (found, expected) in zip(second, expected) { #expect(abs(Double(found) - expected) < 1e-5) }
    #expect(state.updates == 2)
  }
}
