import Foundation
import Randomness
import Testing

/// Statistical tests with fixed seeds: they either always pass or never do.
@Suite struct DistributionTests {
  private let count = 200_000

  /// The greatest distance between the empirical and the expected distribution function.
  private func kolmogorovSmirnov(_ values: [Float], _ distribution: (Double) -> Double) -> Double {
    let sorted = values.sorted()
    return sorted.enumerated().reduce(0) { greatest, entry in
      let expected = distribution(Double(entry.element))
      let below = Double(entry.offset) / Double(sorted.count)
      let above = Double(entry.offset + 1) / Double(sorted.count)
      return max(greatest, abs(expected - below), abs(expected - above))
    }
  }

  private func moment(_ values: [Float], _ order: Int) -> Double {
    values.reduce(0) { $0 + pow(Double($1), Double(order)) } / Double(values.count)
  }

  @Test func `uniform draws have the moments of the uniform distribution`() {
    var stream = RandomStream(seed: 1, purpose: .verification)
    let values = stream.uniforms(count)
    #expect(abs(moment(values, 1) - 1 / 2) < 0.003)
    #expect(abs(moment(values, 2) - 1 / 3) < 0.003)
    #expect(abs(moment(values, 3) - 1 / 4) < 0.003)
    #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
  }

  @Test func `uniform draws follow the uniform distribution`() {
    var stream = RandomStream(seed: 2, purpose: .verification)
    // 1.95 / sqrt(n) is the 99.9 % quantile of the Kolmogorov-Smirnov distance.
    #expect(kolmogorovSmirnov(stream.uniforms(count)) { $0 } < 1.95 / Double(count).squareRoot())
  }

  @Test func `normal draws have the moments of the normal distribution`() {
    var stream = RandomStream(seed: 3, purpose: .verification)
    let values = stream.normals(count)
    #expect(abs(moment(values, 1)) < 0.01)
    #expect(abs(moment(values, 2) - 1) < 0.015)
    #expect(abs(moment(values, 3)) < 0.04)
    #expect(abs(moment(values, 4) - 3) < 0.1)
    #expect(values.allSatisfy { abs($0) < 6.67 })
  }

  @Test func `normal draws follow the normal distribution`() {
    var stream = RandomStream(seed: 4, purpose: .verification)
    let distance = kolmogorovSmirnov(stream.normals(count)) { erfc(-$0 / 2.0.squareRoot()) / 2 }
    #expect(distance < 1.95 / Double(count).squareRoot())
  }

  @Test(arguments: 1...8) func `normal draws are uncorrelated over short distances`(lag: Int) {
    var stream = RandomStream(seed: 5, purpose: .verification)
    let values = stream.normals(count)
    let products = zip(values, values.dropFirst(lag)).map { Double($0 * $1) }
    let squares = zip(values, values.dropFirst(lag)).map { Double($0 * $0 * $1 * $1) - 1 }
    #expect(abs(products.reduce(0, +) / Double(count)) < 0.01)
    #expect(abs(squares.reduce(0, +) / Double(count)) < 0.03)
  }
}
