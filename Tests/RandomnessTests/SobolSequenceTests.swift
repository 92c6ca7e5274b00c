import Randomness
import Testing

@Suite struct SobolSequenceTests {
  @Test("Points are those of another implementation, in all dimensions")
  func reference() {
    var sequence = SobolSequence(dimensions: 16)
    let points = (0..<64).map { _ in sequence.next() }
    // scipy.stats.qmc.Sobol(16, scramble=False)
    #expect(points[1] == Array(repeating: 0.5, count: 16))
    #expect(Array(points[4].prefix(6)) == [0.375, 0.375, 0.625, 0.875, 0.375, 0.125])
    #expect(points[5].map { $0 * 8 } == [7, 7, 1, 3, 7, 5, 7, 3, 3, 1, 3, 7, 7, 1, 7, 3])
    #expect(
      points[37].map { $0 * 64 } == [59, 41, 37, 59, 49, 19, 11, 51, 39, 11, 1, 5, 37, 55, 7, 31])
  }

  @Test("Each half, quarter and eighth of every axis gets as many points, shifted or not")
  func evenness() {
    for random in [nil, RandomStream(key: 7)] {
      var sequence = SobolSequence(dimensions: 16, shiftedBy: random)
      let points = (0..<64).map { _ in sequence.next() }
      for dimension in 0..<16 {
        let places = points.map { Int($0[dimension] * 64) }
        #expect(Set(places).count == 64)
      }
    }
  }

  @Test("A seed gives the same points each time, another seed others")
  func seeds() {
    let first = [RandomStream(key: 1), RandomStream(key: 1), RandomStream(key: 2)].map { random in
      var sequence = SobolSequence(dimensions: 3, shiftedBy: random)
      return sequence.next()
    }
    #expect(first[0] == first[1])
    #expect(first[0] != first[2])
  }
}
