import Randomness
import Testing

@testable import Studies

@Suite struct ImportanceTests {
  private let places = (0..<24).map { Double($0 % 4) }

  @Test("An axis that tells everything has all, one that tells nothing none")
  func extremes() {
    #expect(Importance.share(places.map { ($0, $0) }) > 0.99)
    #expect(Importance.share(places.enumerated().map { ($1, Double($0 / 4)) }) < 0.05)
    #expect(Importance.share(places.map { ($0, 1) }) == 0)
    #expect(Importance.share(places.map { (1, $0) }) == 0)
    #expect(Importance.share([]) == 0)
  }

  @Test("Chance alone comes to nothing on average, and a valley is seen though it has no slope")
  func chance() {
    var random = RandomStream(key: 3)
    var shares: [Double] = []
    for _ in 0..<400 {
      let points = (0..<24).map { _ -> (place: Double, score: Double) in
        (random.uniform(in: 0.0...1), random.uniform(in: 0.0...1))
      }
      shares.append(Importance.share(points))
    }
    // Where it would be below 0 it is taken as 0, so that a little is left.
    #expect(shares.reduce(0, +) / 400 < 0.08)
    let valley = (0..<24).map { index -> (place: Double, score: Double) in
      let place = Double(index) / 23
      return (place, -(place - 0.5) * (place - 0.5))
    }
    #expect(Importance.share(valley) > 0.5)
  }
}
