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

  private let references = Comparison.References(pretrained: "x-pretrained", oracle: "x-oracle")

  private var comparison: Comparison {
    Comparison(methods, references: references, seed: 1)
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
    let none = Comparison(methods, seed: 1)
    #expect(none.rows.allSatisfy { $0.gapClosed == nil && $0.optimalityGap == nil })
    let absent = Comparison(methods, references: .init(pretrained: "a", oracle: "b"), seed: 1)
    #expect(absent.rows[1].gapClosed == nil && absent.gapReference == nil)
  }

  @Test("Of a gap that is none nobody closes a share, and a note says so")
  func noGap() throws {
    for oracle in [-30.0, -31] {
      var methods = methods
      let place = try #require(methods.firstIndex { $0.name == "x-oracle" })
      let flat = [[[oracle, oracle], [oracle, oracle], [oracle, oracle]]]
      methods[place] = methodResult("x-oracle", flat)
      methods[1] = methodResult("x-pretrained", [[[-30, -20], [-30, -10], [-30, -30]]])
      let comparison = Comparison(methods, references: references, seed: 1)
      #expect(comparison.gapReference == nil && comparison.threshold == nil)
      #expect(comparison.rows.allSatisfy { $0.gapClosed == nil && $0.optimalityGap == nil })
      #expect(comparison.notes.contains { $0.contains("x-oracle is no better than x-pretrained") })
      #expect(!comparison.curvesCSV.contains("nan") && !comparison.curvesCSV.contains("inf"))
    }
  }

  @Test("A share is also told against the pretrained policy after as many steps")
  func afterAsManySteps() throws {
    var methods = methods
    methods[1] = methodResult("x-pretrained", [[[-40, -20], [-20, -10], [-30, -30]]])
    let row = Comparison(methods, references: references, seed: 1).rows[1]
    // As it is from -30 to -2, after a step from -20: -8 closes 22 of 28, and 12 of 18.
    #expect(abs(try #require(row.gapClosed).value - 22.0 / 28) < 1e-12)
    #expect(abs(try #require(row.gapClosedAfterAsManySteps).value - 12.0 / 18) < 1e-12)
  }

  @Test("The ends of the gap are 0 and 1 whatever runs are drawn, because these are their own")
  func ends() throws {
    let methods = [
      methods[0],
      methodResult("x-pretrained", [[[-40, -30], [-20, -30]], [[-30, -30], [-28, -30]]]),
      methodResult("x-oracle", [[[-1, -1], [-2, -2]], [[-3, -1], [-2, -2]]]),
    ].map { method in
      MethodResult(
        name: method.name,
        curves: method.curves.map {
          AdaptationCurve(points: $0.points, outcomes: Array($0.outcomes.prefix(2)))
        }, trainingSteps: method.trainingSteps)
    }
    let rows = Comparison(methods, references: references, seed: 1).rows
    for (row, share) in [(rows[2], 0.0), (rows[4], 1)] {
      let closed = try #require(row.gapClosed)
      #expect(abs(closed.value - share) < 1e-12)
      #expect(abs(closed.interval.low - share) < 1e-9 && abs(closed.interval.high - share) < 1e-9)
    }
    #expect(try #require(rows[3].gapClosedAfterAsManySteps).value == 0)
  }

  @Test("Summaries tell of whole curves: area, episodes to a return, regret against the oracle")
  func summaries() throws {
    // Means -30 and -8; 0.9 of the way from -30 to -2 is -4.8, which only the oracle reaches.
    #expect(abs(try #require(comparison.threshold) + 4.8) < 1e-12)
    #expect(comparison.summaries.map(\.episodesToThreshold) == [nil, nil, 0])
    #expect(abs(comparison.summaries[0].areaUnderCurve.value + 19) < 1e-12)
    #expect(comparison.optimum == [-1, -2, -3])
    let easier = Comparison(methods, threshold: -9, seed: 1)
    #expect(easier.summaries.map(\.episodesToThreshold) == [20, nil, 0])
    #expect(easier.summaries.allSatisfy { $0.cumulativeRegret.isEmpty })
  }

  @Test("A known optimum stands beside the methods as one that has nothing to learn")
  func optimum() {
    let optimum = MethodResult(name: "optimum", returns: [-1, -2, -3], besides: methods[0])
    #expect(optimum.points == methods[0].points && optimum.trainingSteps.isEmpty)
    var references = references
    references.optimum = "optimum"
    // It is the upper end, whatever an oracle has learned.
    let poor = methodResult("x-oracle", [[[-21, -1], [-22, -2], [-23, -3]]])
    let comparison = Comparison(
      [methods[0], methods[1], poor, optimum], references: references, seed: 1)
    #expect(comparison.rows.last?.gapClosed?.value == 1 && comparison.gapReference == "optimum")
    #expect(comparison.optimum == [-1, -2, -3])
    let closed = comparison.rows[1].gapClosed?.value ?? 0
    #expect(abs(closed - 22.0 / 28) < 1e-12)
    #expect(comparison.curvesCSV.split(separator: "\n")[2].hasSuffix(",optimum"))
    #expect(comparison.oracleBeatenBy == ["x"])
    #expect(
      comparison.notes.first
        == "x-oracle is beaten by x: it is a poor oracle, and shares are of the way to optimum")
  }

  @Test("An oracle that is beaten is named, with what that means for shares")
  func poorOracle() {
    let poor = methodResult("x-oracle", [[[-9, -1], [-9, -1], [-9, -1]]])
    let comparison = Comparison([methods[0], methods[1], poor], references: references, seed: 1)
    #expect(comparison.gapReference == "x-oracle" && comparison.oracleBeatenBy == ["x"])
    #expect(
      comparison.notes.first
        == "x-oracle is beaten by x: shares above 1 say that the oracle is poor")
    #expect((comparison.rows[1].gapClosed?.value ?? 0) > 1)
    #expect(self.comparison.oracleBeatenBy.isEmpty)
  }

  @Test("Budgets that differ by more than a twentieth are told, and methods of one run")
  func notes() {
    func trained(_ name: String, _ steps: [Int]) -> MethodResult {
      MethodResult(
        name: name, curves: steps.map { _ in methods[0].curves[0] }, trainingSteps: steps)
    }
    let alike = [trained("a", [1000, 1020]), trained("b", [960, 980]), trained("c", [0, 0])]
    #expect(Comparison(alike, seed: 1).notes.isEmpty)
    let different = Comparison([trained("a", [1000, 1020]), trained("b", [1300])], seed: 1)
    #expect(
      different.notes == [
        "budgets differ: b was trained on 1300 environment steps, 29 % more than a with 1010",
        "one run only, so that intervals cover other tasks but no other seeds: b",
      ])
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
    #expect(lines[0].split(separator: ",").count == 23)
    #expect(lines[2].hasPrefix("x,1,20,-8.0,"))
    #expect(comparison.improvementsCSV.contains("\nx,x-oracle,0.0,0.0,0.0\n"))
    #expect(comparison.profilesCSV.split(separator: "\n").count == 1 + 3 * 41)
    let odd = Comparison([methodResult("a,\"b\"", [[[1, 2]]])], seed: 1)
    #expect(odd.curvesCSV.contains("\n\"a,\"\"b\"\"\",0,0,1.0,1.0,1.0,"))
  }
}
