import Differentiation
import Randomness
import Testing

@Suite("Products of matrices, by whichever kernels there are for their sides")
struct ProductTests {
  @Test(
    "They are the sums that define them, for one row and for many, plain and turned, anew and added",
    arguments: [1, 5, 96, 257], [16, 64, 100, 128])
  func sums(rows: Int, columns: Int) {
    for inner in [2, 25, 128, 300] {
      for isTurned in [false, true] {
        let left = values(isTurned ? Shape(inner, rows) : Shape(rows, inner), seed: 1)
        let right = values(Shape(inner, columns), seed: 2)
        let before = values(Shape(rows, columns), seed: 3)
        for isAdded in [false, true] {
          let found = Tensor<Float>(Shape(rows, columns)) { out in
            out.initialize(from: before.elements, count: rows * columns)
            left.withElements { left in
              right.withElements { right in
                guard let left = left.baseAddress, let right = right.baseAddress else { return }
                Float.kernels.product(
                  isTurned ? 1 : 0, 0, rows, columns, inner, left, right, isAdded ? 1 : 0, out)
              }
            }
          }
          var error = 0.0
          for row in 0..<rows {
            for column in stride(from: 0, to: columns, by: 7) {
              var sum = isAdded ? Double(before[row, column]) : 0
              for index in 0..<inner {
                let factor = isTurned ? left[index, row] : left[row, index]
                sum += Double(factor) * Double(right[index, column])
              }
              error = max(error, abs(Double(found[row, column]) - sum))
            }
          }
          #expect(error < 1e-4, "inner \(inner), turned \(isTurned), added \(isAdded)")
        }
      }
    }
  }

  private func values(_ shape: Shape, seed: UInt64) -> Tensor<Float> {
    var random = RandomStream(seed: seed, purpose: .verification)
    return Tensor(shape, (0..<shape.count).map { _ in random.uniform(in: -1...1) as Float })
  }
}
