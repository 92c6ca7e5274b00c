import Foundation
import Statistics
import Testing

/// What the package rliable computes of the same scores; `Fixtures/reference.py` made it.
private struct Reference: Decodable {
  let thresholds: [Double]
  let cases: [Case]

  struct Case: Decodable {
    let x: [[Double]]
    let y: [[Double]]
    let aggregates: [Double]
    let profile: [Double]
    let improvement: Double
    let runs: Intervals
    let runsAndTasks: Intervals
    let improvementOfRuns: Intervals
  }

  /// `[end, statistic]`.
  struct Intervals: Decodable {
    let ends: [[Double]]
    let errors: [[Double]]

    /// How far intervals are from these, in Monte-Carlo errors.
    func deviation(of found: [Interval]) -> Double {
      let distances = found.indices.flatMap { index in
        [(0, found[index].low), (1, found[index].high)].map { end, value in
          abs(value - ends[end][index]) / max(errors[end][index], 1e-9)
        }
      }
      return distances.max() ?? .infinity
    }
  }

  static func read() throws -> Reference {
    let file = try #require(
      Bundle.module.url(forResource: "rliable", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
  }
}

private func aggregates(_ scores: Scores) -> [Double] {
  [scores.mean, scores.median, scores.interquartileMean, scores.optimalityGap()]
}

@Suite struct StatisticsTests {
  @Test("Aggregates, profiles and probabilities of improvement are those of rliable")
  func points() throws {
    let reference = try Reference.read()
    #expect(reference.cases.count == 3)
    for example in reference.cases {
      let (x, y) = (Scores(example.x), Scores(example.y))
      let pairs =
        Array(zip(aggregates(x), example.aggregates))
        + zip(x.performanceProfile(reference.thresholds), example.profile)
        + [(x.probabilityOfImprovement(over: y), example.improvement)]
      #expect(pairs.count == 12)
      #expect(pairs.allSatisfy { abs($0 - $1) < 1e-9 }, "\(pairs)")
    }
  }

  @Test(
    "Where runs are drawn within tasks, intervals are those of rliable up to resampling's own error",
    arguments: 0..<3)
  func intervals(index: Int) throws {
    let example = try Reference.read().cases[index]
    let (x, y) = (Scores(example.x), Scores(example.y))
    for (resampling, expected) in [
      (Bootstrap.Resampling.runsWithinTasks, example.runs),
      (.tasksAndRunsWithin, example.runsAndTasks),
    ] {
      let found = Bootstrap(resampling, seed: 1).intervals(of: [x]) { aggregates($0[0]) }
      #expect(expected.deviation(of: found) < 4, "\(resampling): \(found)")
    }
    let improvement = Bootstrap(.runsWithinTasks, seed: 1).intervals(of: [x, y]) {
      [$0[0].probabilityOfImprovement(over: $0[1])]
    }
    #expect(example.improvementOfRuns.deviation(of: improvement) < 4, "\(improvement)")
  }

  @Test("The interquartile mean drops a quarter of the scores, whole ones, at each end")
  func interquartileMean() {
    #expect(Scores([[100, 1, 2, 3, 4, 5, 6, -100]]).interquartileMean == 3.5)
    #expect(Scores([[9, 1, 2], [6, -50, 2]]).interquartileMean == 2.75)
    #expect(Scores([[9, 1, 2, 6, -50]]).interquartileMean == 3)
    #expect(Scores([[4, 1, 1]]).interquartileMean == 2)
  }

  @Test("The interval of many tasks is that of the normal approximation")
  func manyTasks() {
    // Equally spread over 0..<1: deviation 1 / √12.
    let scores = Scores([(0..<1000).map { (Double($0) + 0.5) / 1000 }])
    let interval = Bootstrap(seed: 3).interval(of: scores, \.mean)
    let half = 1.959964 / (12.0 * 1000).squareRoot()
    #expect(abs(interval.low - (0.5 - half)) < 0.1 * half)
    #expect(abs(interval.high - (0.5 + half)) < 0.1 * half)
  }

  @Test("Scores that agree leave no interval, and neither beats the other")
  func equalScores() {
    for scores in [Scores([[-2.5]]), Scores([[-2.5, -2.5], [-2.5, -2.5], [-2.5, -2.5]])] {
      #expect(aggregates(scores) == [-2.5, -2.5, -2.5, 3.5])
      #expect(
        Bootstrap(seed: 1).interval(of: scores, \.median) == Interval(low: -2.5, high: -2.5))
      #expect(scores.probabilityOfImprovement(over: scores) == 0.5)
    }
  }

  @Test("The same seed gives the same interval, another seed another")
  func seeds() {
    let scores = Scores([[-3.0, 1, 4, 1, -5, 9, 2, 6]])
    let of = { Bootstrap(seed: $0).interval(of: scores, \.mean) }
    #expect(of(1) == of(1))
    #expect(of(1) != of(2))
  }
}
