import Evaluation
import Testing

@Suite struct CurveTests {
  private let curve = AdaptationCurve(
    returns: [[-40, -10, -4], [-20, -6, 0]], environmentSteps: 12)

  @Test("A curve gives each task's return after each step")
  func returns() {
    #expect(curve.steps == 2)
    #expect(curve.returns(afterStep: 1) == [-10, -6])
  }

  @Test("The area under the curve is the trapezoids' over the number of steps")
  func area() {
    // Means -30, -8, -2: (-19 - 5) / 2.
    #expect(abs(curve.areaUnderCurve + 12) < 1e-12)
    let point = AdaptationCurve(returns: [[-3], [-5]], environmentSteps: 2)
    #expect(point.areaUnderCurve == -4)
  }
}

@Suite struct CurveSummaryTests {
  @Test("The interquartile mean drops a quarter of the tasks, whole ones, at each end")
  func interquartileMean() {
    let eight = CurveSummary(of: [100, 1, 2, 3, 4, 5, 6, -100], seed: 1)
    #expect(eight.interquartileMean == 3.5)
    #expect(abs(eight.mean - 21.0 / 8) < 1e-12)
    #expect(CurveSummary(of: [9, 1, 2, 6, -50], seed: 1).interquartileMean == 3)
    #expect(CurveSummary(of: [4, 1, 1], seed: 1).interquartileMean == 2)
  }

  @Test("The interval is that of the normal approximation for many tasks")
  func interval() {
    // Equally spread over 0..<1: deviation 1 / √12.
    let values = (0..<1000).map { (Double($0) + 0.5) / 1000 }
    let summary = CurveSummary(of: values, seed: 3)
    let half = 1.959964 / (12.0 * 1000).squareRoot()
    #expect(abs(summary.confidence95.low - (0.5 - half)) < 0.1 * half)
    #expect(abs(summary.confidence95.high - (0.5 + half)) < 0.1 * half)
  }

  @Test("Tasks that agree leave no interval")
  func equalValues() {
    for values in [[-2.5], [-2.5, -2.5, -2.5, -2.5]] {
      let summary = CurveSummary(of: values, seed: 1)
      #expect(summary.mean == -2.5 && summary.interquartileMean == -2.5)
      #expect(summary.confidence95 == (-2.5, -2.5))
    }
  }

  @Test("The same seed gives the same interval, another seed another")
  func seeds() {
    let values = [-3.0, 1, 4, 1, -5, 9, 2, 6]
    #expect(CurveSummary(of: values, seed: 1) == CurveSummary(of: values, seed: 1))
    #expect(CurveSummary(of: values, seed: 1) != CurveSummary(of: values, seed: 2))
  }
}
