import Randomness
import Testing

@Suite struct FillTests {
  private let start = RandomStream(seed: 11, iteration: 4, purpose: .verification)

  @Test(arguments: [0, 1, 2, 3, 4, 5, 12, 13, 31, 32, 33, 100, 1027])
  func `a fill of uniforms is the repeated single draw`(count: Int) {
    for skipped in 0..<5 {
      var single = start
      for _ in 0..<skipped { let _: Float = single.uniform() }
      var filled = single
      #expect(
        filled.uniforms(count, in: -2...3) == (0..<count).map { _ in single.uniform(in: -2...3) })
      #expect(filled.next() == single.next())
    }
  }

  @Test(arguments: [0, 1, 2, 3, 4, 5, 12, 13, 31, 32, 33, 100, 1027])
  func `a fill of normals is the repeated single draw`(count: Int) {
    for skipped in 0..<5 {
      var single = start
      for _ in 0..<skipped { let _: Float = single.uniform() }
      let _: Float = single.normal()
      var filled = single
      #expect(filled.normals(count) == (0..<count).map { _ in single.normal() })
      #expect(filled.next() == single.next())
    }
  }

  @Test func `cutting a long fill changes no bit`() {
    var whole = start
    let expected = whole.normals(4096)
    for cut in [1, 2, 7, 12, 16, 33, 1000] {
      var parts = start
      var values: [Float] = []
      while values.count < 4096 { values += parts.normals(min(cut, 4096 - values.count)) }
      #expect(values == expected)
    }
  }

  @Test func `double draws are the float draws before rounding`() {
    var single = start
    var double = start
    var values = [Double](repeating: 0, count: 4096)
    double.fill(&values) { $0.fillNormal(&$1) }
    for (narrow, wide) in zip(single.normals(4096), values) {
      // The first word's rounding to 24 bits shows where its logarithm is near 0.
      #expect(abs(Double(narrow) - wide) < 1e-4)
    }
    double.fill(&values) { $0.fillUniform(&$1) }
    for (narrow, wide) in zip(single.uniforms(4096), values) {
      #expect(abs(Double(narrow) - wide) < 0x1p-23)
    }
  }

  @Test func `a uniform after half a normal pair reuses no word`() {
    var stream = start
    let _: Float = stream.normal()
    let mixed: Float = stream.uniform()
    var reference = start
    let _ = reference.next()
    let third: Float = reference.uniform()
    #expect(mixed == third)
  }

  @Test func `uniforms stay inside a range that rounding could leave`() {
    var stream = start
    let range: ClosedRange<Float> = 1...(1 as Float).nextUp
    #expect(stream.uniforms(1000, in: range).allSatisfy(range.contains))
  }
}

extension RandomStream {
  fileprivate mutating func fill(
    _ values: inout [Double], with draw: (inout RandomStream, inout MutableSpan<Double>) -> Void
  ) {
    var span = values.mutableSpan
    draw(&self, &span)
  }
}
