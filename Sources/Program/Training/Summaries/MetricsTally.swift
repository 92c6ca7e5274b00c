public import RunRecords

/// What the metrics of a run come to, added up line by line.
public struct MetricsTally: Sendable {
  /// The last iteration.
  public private(set) var iterations = 0
  /// The environment steps of all of them.
  public private(set) var environmentSteps = 0
  private var bestValidation: Double?
  private var lastReturns: [[Double]] = []
  private var lastSeconds: [Double] = []

  /// The iterations that the time of the next ones is judged by.
  private static let timedIterations = 20

  /// Adds up metrics.
  ///
  /// - Parameter metrics: The lines that there are already.
  public init(_ metrics: [IterationMetrics] = []) {
    for line in metrics { add(line) }
  }

  /// Adds the next line.
  ///
  /// - Parameter line: The metrics of an iteration.
  public mutating func add(_ line: IterationMetrics) {
    iterations = line.iteration
    environmentSteps += line.environmentSteps
    if let score = line.extra[Validation.key], score.isFinite {
      bestValidation = max(score, bestValidation ?? score)
    }
    lastReturns.append(line.returns)
    if lastReturns.count > RunSummary.Score.trainingIterations { lastReturns.removeFirst() }
    lastSeconds.append(line.seconds)
    if lastSeconds.count > Self.timedIterations { lastSeconds.removeFirst() }
  }

  /// How good the run is; nil before anything was measured.
  public var score: RunSummary.Score? {
    if let bestValidation { return .init(value: bestValidation, isOfValidation: true) }
    return mean(lastReturns.compactMap(\.last)).map { .init(value: $0, isOfValidation: false) }
  }

  /// The mean return after 0, 1, ... adaptation steps, over the last iterations; not a number where there was none.
  public var adaptation: [Double] {
    (0..<(lastReturns.last?.count ?? 0)).map { step in
      mean(lastReturns.compactMap { $0.count > step ? $0[step] : nil }) ?? .nan
    }
  }

  /// The seconds that the iterations left will take, as the last ones took; nil where nothing is known.
  ///
  /// - Parameter total: The iterations in all.
  /// - Returns: Seconds, at least 0.
  public func secondsLeft(of total: Int) -> Double? {
    let last = lastSeconds.filter(\.isFinite).sorted()
    guard !last.isEmpty else { return nil }
    return last[last.count / 2] * max(0, Double(total) - Double(iterations))
  }
}

/// The mean of what is finite; nil of nothing.
private func mean(_ values: [Double]) -> Double? {
  let finite = values.filter(\.isFinite)
  return finite.isEmpty ? nil : finite.reduce(0, +) / Double(finite.count)
}
