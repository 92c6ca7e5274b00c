import Randomness
import Testing

@testable import Statistics

/// How often intervals hold the truth that they are about, where experiments are simulated.
@Suite struct CoverageTests {
  /// An experiment whose expected score is known.
  struct Experiment: CustomTestStringConvertible {
    var runs: Int
    /// The deviation of what a run's seed does to all of its scores, in units of the noise of one score.
    var runDeviation: Double
    /// The deviation of what a task does to all runs, in the same unit.
    var taskDeviation = 1.0
    let tasks = 40

    /// Scores with the mean `center`, of tasks with the given effects.
    func scores(
      _ center: Double, taskEffects: [Double], _ random: inout RandomStream
    ) -> Scores {
      Scores(
        (0..<runs).map { _ in
          let seed = center + runDeviation * random.normal()
          return taskEffects.map { seed + $0 + random.normal() }
        })
    }

    func taskEffects(_ random: inout RandomStream) -> [Double] {
      (0..<tasks).map { _ in taskDeviation * random.normal() }
    }

    /// The share of `count` repetitions whose interval holds the truth.
    func coverage(
      _ count: Int, truth: Double, _ resampling: Bootstrap.Resampling = .wholeRunsAndTasks,
      centers: [Double] = [0], _ statistic: ([Scores]) -> Double
    ) -> Double {
      let hits = (0..<count).count { repetition in
        var random = RandomStream(seed: 11, iteration: repetition, purpose: .verification)
        let effects = taskEffects(&random)
        let methods = centers.map { scores($0, taskEffects: effects, &random) }
        let bootstrap = Bootstrap(resampling, seed: UInt64(repetition), resamples: 400)
        let interval = bootstrap.intervals(of: methods) { [statistic($0)] }[0]
        return interval.low <= truth && truth <= interval.high
      }
      return Double(hits) / Double(count)
    }

    var testDescription: String { "\(runs) runs, \(runDeviation), \(taskDeviation)" }
  }

  static let experiments = [3, 5].flatMap { runs in
    [0, 0.5, 1].map { Experiment(runs: runs, runDeviation: $0) }
  }

  @Test(
    "95 % intervals of a mean hold it in about 95 of 100 experiments, with three runs and with five",
    arguments: experiments + [
      Experiment(runs: 2, runDeviation: 1), Experiment(runs: 3, runDeviation: 1, taskDeviation: 0),
      Experiment(runs: 3, runDeviation: 0.5, taskDeviation: 3),
    ])
  func mean(experiment: Experiment) {
    let coverage = experiment.coverage(600, truth: 0) { $0[0].mean }
    // The share's own standard error is 0.009.
    #expect((0.93...0.985).contains(coverage), "\(coverage)")
  }

  @Test("Medians, interquartile means and shares of a gap are held as well")
  func otherStatistics() {
    let experiment = Experiment(runs: 3, runDeviation: 0.5)
    let statistics: [(String, [Double], Double, ([Scores]) -> Double)] = [
      ("median", [0], 0, { $0[0].median }),
      ("interquartile mean", [0], 0, { $0[0].interquartileMean }),
      (
        "share of the gap", [6, 0, 10], 0.6,
        { ($0[0].mean - $0[1].mean) / ($0[2].mean - $0[1].mean) }
      ),
      ("probability of improvement", [0, 0], 0.5, { $0[0].probabilityOfImprovement(over: $0[1]) }),
    ]
    for (name, centers, truth, statistic) in statistics {
      let coverage = experiment.coverage(300, truth: truth, centers: centers, statistic)
      #expect((0.92...0.99).contains(coverage), "\(name): \(coverage)")
    }
  }

  @Test("Runs drawn within tasks miss what a seed does to all tasks; so it isn't the standard")
  func withinTasks() {
    for (deviation, limit) in [(0.5, 0.87), (1, 0.66)] {
      let experiment = Experiment(runs: 3, runDeviation: deviation)
      let coverage = experiment.coverage(300, truth: 0, .tasksAndRunsWithin) { $0[0].mean }
      #expect(coverage < limit, "\(coverage)")
    }
  }

  @Test("One run leaves percentiles over tasks; one run on one task leaves no width")
  func oneRun() {
    let scores = Scores([[-3.0, 1, 4, 1, -5, 9, 2, 6]])
    let standard = Bootstrap(seed: 1).interval(of: scores, \.mean)
    #expect(standard == Bootstrap(.tasksAndRunsWithin, seed: 1).interval(of: scores, \.mean))
    #expect(standard.low < standard.high)
    let single = Bootstrap(seed: 1).interval(of: Scores([[7]]), \.mean)
    #expect(single == Interval(low: 7, high: 7))
  }

  @Test("Several runs on one task have Student's interval")
  func oneTask() {
    // Mean 2, deviation 1: 4.303 / √3 to each side.
    let interval = Bootstrap(seed: 1).interval(of: Scores([[1], [2], [3]]), \.mean)
    // Of 400 draws of runs, the deviation is known to a few percent.
    #expect(abs(interval.low - (2 - 2.484)) < 0.25 && abs(interval.high - (2 + 2.484)) < 0.25)
  }

  @Test("Student's quantiles are those of the tables")
  func student() {
    for (freedom, quantile) in [
      (1, 12.706), (2, 4.3027), (2.5, 3.5747), (4, 2.7764), (10, 2.2281), (200, 1.9719),
    ] {
      let found = studentQuantile(level: 0.95, degreesOfFreedom: freedom)
      #expect(abs(found / quantile - 1) < 1e-3, "\(freedom): \(found)")
    }
    #expect(abs(studentQuantile(level: 0.8, degreesOfFreedom: 3) - 1.6377) < 1e-3)
  }
}
