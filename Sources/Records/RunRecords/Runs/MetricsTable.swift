/// The metrics of several runs as one table: a row for each iteration of each run, a column for each key.
///
/// The runs' files are read line by line, once for the columns and once for the rows, and never held whole.
public struct MetricsTable: Sendable {
  /// A run, and what is told of it in each of its rows.
  public struct Run: Sendable {
    let metricsPath: String
    let labels: [String]

    /// A run in a table.
    ///
    /// - Parameters:
    ///   - directory: Where its metrics stand, and how it is named in the table.
    ///   - facts: Its facts.
    ///   - environment: The environment that it is trained in.
    ///   - method: How it is trained.
    public init(_ directory: RunDirectory, facts: RunFacts, environment: String, method: String) {
      metricsPath = directory.metricsPath
      labels = [directory.path, facts.name, environment, method, "\(facts.seed)"]
    }
  }

  /// What the cells of a column hold.
  public enum Kind: String, Sendable {
    /// Any text.
    case text
    /// Whole numbers.
    case integer
    /// Numbers in double precision.
    case number
    /// `true` or `false`.
    case flag
  }

  /// A column; its cell is nil where an iteration lacks the key, or the number isn't finite.
  private struct Column {
    let name: String
    let kind: Kind
    let cell: @Sendable (IterationMetrics) -> String?
  }

  private static let labels: [(name: String, kind: Kind)] = [
    ("run", .text), ("name", .text), ("environment", .text), ("method", .text), ("seed", .integer),
  ]

  private let runs: [Run]
  /// The rows of each run: of one that goes on meanwhile, no more are written.
  private let counts: [Int]
  private let measured: [Column]

  /// Reads which columns there are.
  ///
  /// - Parameter runs: In the order of the rows.
  /// - Throws: `RecordError` of kind `unreadable` that names the run without metrics, or the line that is damaged.
  public init(_ runs: [Run]) throws {
    var keys = Keys()
    counts = try runs.map { run in
      var count = 0
      try MetricsFile.forEachLine(of: run.metricsPath) { metrics in
        keys.note(metrics)
        count += 1
      }
      guard count > 0 else {
        throw RecordError.unreadable("\(run.metricsPath): holds no iteration yet")
      }
      return count
    }
    self.runs = runs
    measured = keys.columns(besides: Self.labels.map(\.name))
  }

  /// The columns with what their cells hold, in order.
  public var columns: [(name: String, kind: Kind)] {
    Self.labels + measured.map { ($0.name, $0.kind) }
  }

  /// Writes the table as CSV: numbers with all their digits, an empty cell for what is missing or not finite.
  ///
  /// - Parameter write: Takes the text part by part.
  /// - Throws: `RecordError` if the metrics can't be read, or what `write` throws.
  public func writeCSV(_ write: ([UInt8]) throws -> Void) throws {
    var text = csvLine(columns.map(\.name)) + "\n"
    for (run, count) in zip(runs, counts) {
      let beginning = csvLine(run.labels)
      var left = count
      try MetricsFile.forEachLine(of: run.metricsPath) { metrics in
        guard left > 0 else { return }
        left -= 1
        let cells = measured.map { $0.cell(metrics) ?? "" }
        text += "\(beginning),\(csvLine(cells))\n"
        guard text.utf8.count > 1 << 16 else { return }
        try write(Array(text.utf8))
        text = ""
      }
    }
    try write(Array(text.utf8))
  }

  /// Which keys the iterations of all runs have.
  private struct Keys {
    private var returns = 0
    private var further: Set<String> = []
    private var (hasLoss, hasKL, hasLineSearch, hasAcceptance) = (false, false, false, false)

    mutating func note(_ metrics: IterationMetrics) {
      returns = max(returns, metrics.returns.count)
      for key in metrics.extra.keys where !further.contains(key) { further.insert(key) }
      hasLoss = hasLoss || metrics.outerLoss != nil
      hasKL = hasKL || metrics.meanKL != nil
      hasLineSearch = hasLineSearch || metrics.lineSearchSteps != nil
      hasAcceptance = hasAcceptance || metrics.accepted != nil
    }

    func columns(besides labels: [String]) -> [Column] {
      var columns = [
        Column(name: "iteration", kind: .integer) { "\($0.iteration)" },
        Column(name: "seconds", kind: .number) { number($0.seconds) },
        Column(name: "environmentSteps", kind: .integer) { "\($0.environmentSteps)" },
      ]
      columns += (0..<returns).map { step in
        Column(name: "returns\(step)", kind: .number) {
          step < $0.returns.count ? number($0.returns[step]) : nil
        }
      }
      if hasLoss {
        columns.append(Column(name: "outerLoss", kind: .number) { number($0.outerLoss) })
      }
      if hasKL { columns.append(Column(name: "meanKL", kind: .number) { number($0.meanKL) }) }
      if hasLineSearch {
        columns.append(
          Column(name: "lineSearchSteps", kind: .integer) { $0.lineSearchSteps.map(String.init) })
      }
      if hasAcceptance {
        columns.append(Column(name: "accepted", kind: .flag) { $0.accepted.map { "\($0)" } })
      }
      let taken = Set(labels + columns.map(\.name))
      return columns
        + further.sorted().map { key in
          // A method may have called its metric as a column is called already.
          Column(name: taken.contains(key) ? "metrics.\(key)" : key, kind: .number) {
            number($0.extra[key])
          }
        }
    }
  }
}

/// A number with as many digits as tell it from all others.
private func number(_ value: Double?) -> String? { value.flatMap { $0.isFinite ? "\($0)" : nil } }
