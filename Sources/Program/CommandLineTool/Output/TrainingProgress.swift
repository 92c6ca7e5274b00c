internal import MetaLearning

/// Shows on standard error how training goes: a bar on a terminal, lines elsewhere.
struct TrainingProgress {
  private let first: Int
  private let total: Int
  private let score: String
  private let isQuiet: Bool
  private let isTerminal = standardErrorIsTerminal
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var lastLine: ContinuousClock.Instant?

  /// Progress from iteration `first` (exclusive) to `total`.
  ///
  /// - Parameters:
  ///   - first: The iterations that were done before.
  ///   - total: The iterations in all.
  ///   - score: What a return is: `return`, or of examples another name.
  ///   - isQuiet: Whether nothing is shown.
  init(first: Int, total: Int, score: String, isQuiet: Bool) {
    (self.first, self.total, self.isQuiet) = (first, total, isQuiet)
    self.score = shown(score)
    start = clock.now
  }

  /// Shows an iteration; where nobody watches, at most every five seconds, the first and the last.
  mutating func show(_ report: IterationReport) {
    guard !isQuiet else { return }
    let now = clock.now
    let elapsed = (now - start) / .seconds(1)
    let left = elapsed / Double(report.iteration - first) * Double(total - report.iteration)
    let returns = [report.returns.first, report.returns.last].compactMap { $0 }
      .filter { !$0.isNaN }.map { fixed($0) }
    let state = "\(score) \(returns.joined(separator: " -> ")), \(duration(left)) left"
    if isTerminal {
      writeStandardError("\r" + bar(report.iteration, of: total, state) + "\u{1B}[K")
    } else if report.iteration == total || (lastLine.map { now - $0 >= .seconds(5) } ?? true) {
      lastLine = now
      writeStandardError("iteration \(report.iteration)/\(total): \(state)\n")
    }
  }

  /// Ends the bar's line.
  func end() {
    if isTerminal && !isQuiet { writeStandardError("\n") }
  }

}
