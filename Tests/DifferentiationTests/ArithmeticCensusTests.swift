import Differentiation
import Testing

@Suite struct ArithmeticCensusTests {
  @Test("A census counts the products of a computation and its passes over memory")
  func counts() throws {
    // Other tests' products are counted, too; none has these sides.
    let left = Variable(Tensor<Float>(Shape(13, 170), repeating: 1))
    let right = Variable(Tensor<Float>(Shape(19, 170), repeating: 1))
    let (result, census) = ArithmeticCensus.during {
      _ = product(left, right, transposeRight: true)
      return product(left, right, transposeRight: true).hyperbolicTangent()
    }
    #expect(result.shape == Shape(13, 19))
    let found = census.products.filter { ($0.rows, $0.columns, $0.inner) == (13, 19, 170) }
    let kind = try #require(found.first)
    #expect(found.count == 1 && kind.count == 2)
    #expect(!kind.transposesLeft && kind.transposesRight)
    #expect(kind.operations == 2 * 2 * 13 * 19 * 170)
    #expect(census.bytes >= Double(4 * (2 * (13 * 170 + 19 * 170 + 2 * 13 * 19) + 2 * 13 * 19)))
    #expect(kind.seconds() > 0)
    let later = ArithmeticCensus.during { () }.census
    #expect(!later.products.contains { ($0.rows, $0.columns, $0.inner) == (13, 19, 170) })
  }
}
