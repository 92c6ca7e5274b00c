import Differentiation
import Testing

@Suite struct OrthonormalTests {
  @Test("Rows become what Gram and Schmidt's process makes of them")
  func rows() {
    let rows = [[3.0, 0, 4], [1, 2, 1], [0, -1, 5]]
    var expected: [[Double]] = []
    for row in rows {
      let rest = expected.reduce(row) { row, other in
        let share = zip(row, other).reduce(0) { $0 + $1.0 * $1.1 }
        return zip(row, other).map { $0 - share * $1 }
      }
      let length = rest.reduce(0) { $0 + $1 * $1 }.squareRoot()
      expected.append(rest.map { $0 / length })
    }
    let found = Tensor(Shape(3, 3), rows.flatMap(\.self)).orthonormalized()
    let difference = found.adding(Tensor(Shape(3, 3), expected.flatMap(\.self)), scaledBy: -1)
    #expect(difference.norm < 1e-14)
  }
}
