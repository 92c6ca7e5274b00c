import Statistics
import Testing

@testable import EnvironmentKit
@testable import Reports

@Suite struct SuccessRowTests {
  private func curve(_ rates: [[Double]]) -> AdaptationCurve {
    AdaptationCurve(
      points: [.init(gradientSteps: 0, episodes: 0), .init(gradientSteps: 1, episodes: 10)],
      outcomes: rates.enumerated().map { task, rates in
        var outcome = AdaptationCurve.TaskOutcome(task: task)
        outcome.returns = [0, 0]
        outcome.successRates = rates
        return outcome
      })
  }

  private func tasks(_ kinds: [String?]) throws -> [AnyTask] {
    try kinds.map { kind in
      let json = kind.map { #"{"kind":"\#($0)"}"# } ?? "{}"
      return try #require(try AnyTask(json: json, environment: "test"))
    }
  }

  @Test("Goals are drawn anew within their kind, so that what kinds differ in widens no interval")
  func strata() throws {
    let kinds = ["a", "b", "a", "b", "a", "b", "a", "b"]
    let rates = kinds.map { $0 == "a" ? [0.0, 1.0] : [0.0, 0.0] }
    let rows = try #require(SuccessRow.rows(of: curve(rates), tasks: tasks(kinds), seed: 1))
    #expect(rows.map(\.episodes) == [0, 10] && rows.map(\.gradientSteps) == [0, 1])
    #expect(rows[1].kinds == ["a": 1, "b": 0] && rows[1].iqm == 0.5 && rows[1].ci95 == [0.5, 0.5])
    // Without kinds the same rates are drawn from together, and the interval is wide.
    let mixed = try #require(
      SuccessRow.rows(of: curve(rates), tasks: tasks(kinds.map { _ in nil }), seed: 1))
    #expect(mixed[1].kinds == nil && mixed[1].iqm == 0.5)
    #expect(mixed[1].ci95[0] < 0.3 && mixed[1].ci95[1] > 0.7)
  }

  @Test("Kinds of different size, and tasks that tell nothing")
  func uneven() throws {
    let rates = [[0.0, 1], [0, 1], [0, 0]]
    let rows = try #require(
      SuccessRow.rows(of: curve(rates), tasks: tasks(["a", "a", "b"]), seed: 1))
    #expect(rows[1].kinds == ["a": 1, "b": 0])
    let silent = try tasks([nil, nil, nil, nil])
    #expect(SuccessRow.rows(of: curve(rates + [[]]), tasks: silent, seed: 1) == nil)
  }
}
