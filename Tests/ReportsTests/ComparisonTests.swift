import Reports
import Statistics
import Testing

@Suite struct ComparisonTests {
  /// `[run, task, point]`: two runs on three tasks.
  private var methods: [MethodResult] {
    [
      methodResult(
        "x", [[[-40, -10], [-20, -6], [-30, -8]], [[-42, -12], [-22, -4], [-26, -8]]]),
      methodResult("x-pretrained", [[[-40, -30], [-20, -30], [-30, -30]]]),
      methodResult("x-oracle", [[[-1, -1], [-2, -2], [-3, -3]]]),
    ]
  }

  private var comparison: Comparison {
    Comparison(methods, gap: .init(pretrained: "x-pretrained", oracle: "x-oracle"), seed: 1)
  }

  @Test("Rows hold each method's statistics at each of its points")
  func rows() {
    let names = ["x", "x", "x-pretrained", "x-pretrained", "x-oracle", "x-oracle"]
    #expect(comparison.rows.map(\.method) == names)
    let row = comparison.rows[1]
    #expect(row.point == .init(gradientSteps: 1, episodes: 20))
    let scores = Scores([[-10, -6, -8], [-12, -4, -8]])
    #expect(row.mean.value == scores.mean && row.mean.value == -8)
    #expect(row.median.value == scores.median)
    #expect(row.interquartileMean.value == scores.interquartileMean)
    #expect(row.mean.interval == Bootstrap(seed: 1).interval(of: scores, \.mean))
  }

  @Test("The gap lies between the pretrained policy and the oracle as they are")
  func gap() throws {
    // From -30 to -2: -8 closes 22 of 28.
    let closed = try #require(comparison.rows[1].gapClosed)
    #expect(abs(closed.value - 22.0 / 28) < 1e-12)
    #expect(closed.interval.low < closed.value && closed.value < closed.interval.high)
    // No score of the method is above the oracle's mean, so its gap is what isn't closed.
    let gap = try #require(comparison.rows[1].optimalityGap)
    #expect(abs(gap.value - 6.0 / 28) < 1e-12)
    let none = Comparison(methods, gap: nil, seed: 1)
    #expect(none.rows.allSatisfy { $0.gapClosed == nil && $0.optimalityGap == nil })
    let absent = Comparison(methods, gap: .init(pretrained: "a", oracle: "b"), seed: 1)
    #expect(absent.rows[1].gapClosed == nil)
  }

  @Test("Summaries tell of whole curves: area, episodes to a return, regret against the oracle")
  func summaries() throws {
    // Means -30 and -8; 0.9 of the way from -30 to -2 is -4.8, which only the oracle reaches.
    #expect(abs(try #require(comparison.threshold) + 4.8) < 1e-12)
    #expect(comparison.summaries.map(\.episodesToThreshold) == [nil, nil, 0])
    #expect(abs(comparison.summaries[0].areaUnderCurve.value + 19) < 1e-12)
    #expect(comparison.optimum == [-1, -2, -3])
    let easier = Comparison(methods, gap: nil, threshold: -9, seed: 1)
    #expect(easier.summaries.map(\.episodesToThreshold) == [20, nil, 0])
    #expect(easier.summaries.allSatisfy { $0.cumulativeRegret.isEmpty })
  }

  @Test("A known optimum stands beside the methods as one that has nothing to learn")
  func optimum() {
    let optimum = MethodResult(name: "optimum", returns: [-1, -2, -3], besides: methods[0])
    #expect(optimum.points == methods[0].points && optimum.trainingSteps.isEmpty)
    let comparison = Comparison(
      [methods[0], methods[1], optimum], gap: .init(pretrained: "x-pretrained", oracle: "optimum"),
      seed: 1)
    #expect(comparison.rows.last?.gapClosed?.value == 1)
  }

  @Test("The first method is held against each other one at the last point")
  func improvements() {
    #expect(comparison.improvements.map(\.method) == ["x-pretrained", "x-oracle"])
    #expect(comparison.improvements.map(\.probability.value) == [1, 0])
  }

  @Test("Profiles fall from the lowest score to the highest")
  func profiles() {
    let own = comparison.profiles.filter { $0.method == "x" }
    #expect(own.count == 41 && own[0].threshold == -42 && own[40].threshold == -1)
    #expect(own[0].share.value == 1 && own[40].share.value == 0)
    #expect(zip(own, own.dropFirst()).allSatisfy { $0.share.value >= $1.share.value })
  }

  @Test("Files have a line for each row, and quote what needs it")
  func files() {
    let lines = comparison.curvesCSV.split(separator: "\n")
    #expect(lines.count == 7)
    #expect(lines[0].split(separator: ",").count == 19)
    #expect(lines[2].hasPrefix("x,1,20,-8.0,"))
    #expect(comparison.improvementsCSV.contains("\nx,x-oracle,0.0,0.0,0.0\n"))
    #expect(comparison.profilesCSV.split(separator: "\n").count == 1 + 3 * 41)
    let odd = Comparison([methodResult("a,\"b\"", [[[1, 2]]])], gap: nil, seed: 1)
    #expect(odd.curvesCSV.contains("\n\"a,\"\"b\"\"\",0,0,1.0,1.0,1.0,"))
  }
}
