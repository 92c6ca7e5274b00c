internal import Foundation
internal import RunRecords

/// What adds up over a run, or tells of its last iteration.
struct Totals {
  private(set) var environmentSteps = 0
  private var (tried, accepted) = (0, 0)
  private var returns: [Double] = []

  /// Takes up the lines of a run so far.
  init(_ lines: [IterationMetrics]) {
    for line in lines { count(line) }
  }

  /// Adds an iteration, whose line learns of the sums.
  mutating func add(_ line: inout IterationMetrics) {
    count(line)
    line.extra["totalEnvironmentSteps"] = Double(environmentSteps)
    if tried > 0 { line.extra["acceptedShare"] = Double(accepted) / Double(tried) }
  }

  private mutating func count(_ line: IterationMetrics) {
    environmentSteps += line.environmentSteps
    if let isAccepted = line.accepted {
      tried += 1
      accepted += isAccepted ? 1 : 0
    }
    returns = line.returns
  }

  /// The last iteration in a line of the log.
  var text: String {
    returns.isEmpty
      ? "" : ", returns \(returns.map { String(format: "%.2f", $0) }.joined(separator: " -> "))"
  }
}
