internal import ArgumentParser
internal import Experiments
internal import MetaLearning
internal import RunRecords
internal import Tracking
internal import Training

/// `fledge export-metrics`.
struct ExportMetrics: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "export-metrics",
    abstract: "The metrics of runs as one table, for pandas, R or a spreadsheet.",
    discussion: """
      A row for each iteration of each run. The columns are run, name, environment, method, seed and iteration, then \
      every key of metrics.jsonl; returns are returns0, returns1, ... Numbers have all their digits. A cell is empty \
      where an iteration lacks the key or the number isn't finite.
      """)

  /// How the table is written.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case csv, parquet
  }

  @Argument(help: "Directories of runs.")
  var runs: [String]

  @Option(help: "csv, or parquet by Python's pyarrow.")
  var format = Format.csv

  @Option(
    help: ArgumentHelp(
      "Write there rather than to standard output; parquet needs it.", valueName: "file"))
  var out: String?

  func run(in context: Context) throws {
    if out?.isEmpty == true {
      throw RecordError(.usage, "--out is empty, expected the path of a file")
    }
    if format == .parquet {
      guard out != nil else {
        throw RecordError(.usage, "--format parquet is not for standard output; give --out too")
      }
      try MetricsTable.requireParquet()
    }
    let directories = try directories()
    if let out, let run = directories.first(where: { $0.contains(out) }) {
      throw RecordError(
        .usage,
        "--out \(out) is in \(run.path), whose records it could replace; give a file elsewhere")
    }
    let table = try MetricsTable(directories.map { try described($0, in: context) })
    switch (format, out) {
    case (.csv, nil):
      try table.writeCSV { try writeStandardOutput(bytes: $0) }
    case (.csv, let out?):
      try replaceFile(out) { try table.writeCSV($0) }
    case (.parquet, let out):
      try table.writeParquet(to: out ?? "")
    }
    if let out { try writeStandardOutput("\(out)\n") }
  }

  private func directories() throws -> [RunDirectory] {
    var directories: [RunDirectory] = []
    for path in runs {
      let directory = try RunDirectory.open(path)
      guard !directories.contains(where: directory.isSame) else {
        throw RecordError(.usage, "\(path) is named twice")
      }
      directories.append(directory)
    }
    return directories
  }

  private func described(
    _ directory: RunDirectory, in context: Context
  ) throws -> MetricsTable.Run {
    let facts = try directory.facts()
    let configuration = try directory.configuration()
    return MetricsTable.Run(
      directory, facts: facts, environment: configuration.environment.name,
      method: configuration.method(
        ofRun: facts.name, among: context.algorithms.outerMethods))
  }
}
