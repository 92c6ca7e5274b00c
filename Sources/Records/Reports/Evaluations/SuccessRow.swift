internal import EnvironmentKit
internal import Statistics

/// How often fresh episodes succeed at one point of a curve.
public struct SuccessRow: Sendable, Codable {
  /// The gradient steps taken.
  public let gradientSteps: Int
  /// The episodes that they learned from.
  public let episodes: Int
  /// The interquartile mean over tasks.
  public let iqm: Double
  /// Its interval, low and high: tasks are drawn anew within each kind (the stratified bootstrap of Agarwal et al. 2021),
  /// or from all together where kinds have different numbers of them.
  public let ci95: [Double]
  /// The share of each kind of task; absent where tasks name none.
  public let kinds: [String: Double]?

  /// Sums up a curve.
  ///
  /// - Parameters:
  ///   - curve: What was measured.
  ///   - tasks: On which tasks.
  ///   - seed: Of the bootstrap.
  /// - Returns: A row for each point; nil where some task tells nothing of success.
  static func rows(
    of curve: AdaptationCurve, tasks: [AnyTask], seed: Int
  ) -> [SuccessRow]? {
    guard !curve.outcomes.contains(where: \.successRates.isEmpty) else { return nil }
    var strata: [String: [Int]] = [:]
    for (index, task) in tasks.enumerated() { strata[task.kind ?? "", default: []].append(index) }
    let names = strata.keys.sorted()
    let counts = Set(strata.values.map(\.count))
    return curve.points.enumerated().map { place, point in
      let rate = { (task: Int) in curve.outcomes[task].successRates[place] }
      // Kinds of different size have no table; then all tasks are drawn from together.
      let columns = counts.count == 1 ? names.map { strata[$0] ?? [] } : [Array(tasks.indices)]
      let scores = Scores(
        columns[0].indices.map { row in columns.map { rate($0[row]) } })
      let interval = Bootstrap(.runsWithinTasks, seed: UInt64(seed)).interval(
        of: scores, \.interquartileMean)
      return SuccessRow(
        gradientSteps: point.gradientSteps, episodes: point.episodes,
        iqm: scores.interquartileMean, ci95: [interval.low, interval.high],
        kinds: names == [""]
          ? nil : strata.mapValues { Scores([$0.map(rate)]).mean })
    }
  }
}
