internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import MetaLearning
internal import Reports
internal import RunRecords
internal import Training

/// `fledge runs`.
struct Runs: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What stands in a folder of runs, and what differs between two of them.",
    subcommands: [List.self, Show.self, Diff.self, Remove.self, Archive.self],
    defaultSubcommand: List.self)

  /// `fledge runs list`.
  struct List: ContextCommand {
    static let configuration = CommandConfiguration(
      abstract: "All runs below a folder.",
      discussion: """
        The score is the best on validation tasks, where a run measures them (run.validationTasks), or the mean \
        return of its last \(RunSummary.Score.trainingIterations) iterations after adaptation, which is \
        marked by ~. Nothing is measured for it; fledge evaluate does.
        """)

    @Argument(help: "The folder.")
    var folder = "runs"

    @Option(
      help: "Those that are running, finished, interrupted or failed alone.",
      transform: choice(named:))
    var status: RunFacts.Status?

    @Option(help: "Those of a method alone, such as trpo, pretrained or rl2.")
    var method: String?

    @Option(help: "Those on an environment alone.")
    var env: String?

    @Option(
      help: ArgumentHelp(
        "\(Order.allCases.map(\.rawValue).joined(separator: ", ")): best, newest and largest first."
      ),
      transform: choice(named:))
    var sort = Order.name

    @OptionGroup var output: FormatOption

    /// What the list is sorted by.
    enum Order: String, CaseIterable {
      case name, status, method, score, age, size
    }

    func run(in context: Context) throws {
      let directories = try RunDirectory.all(below: folder)
      var rows: [RunRow] = []
      for directory in directories {
        do {
          rows.append(RunRow(try RunSummary(directory), in: context))
        } catch let error as RecordError {
          context.report("passed over: \(error)")
        }
      }
      rows.removeAll { row in
        (status.map { $0 != row.status } ?? false) || (method.map { $0 != row.method } ?? false)
          || (env.map { $0 != row.environment } ?? false)
      }
      // The sort keeps the order of paths among equals.
      switch sort {
      case .name: break
      case .status: rows.sort { $0.status.rawValue < $1.status.rawValue }
      case .method: rows.sort { $0.method < $1.method }
      case .score: rows.sort { $0.score ?? -.infinity > $1.score ?? -.infinity }
      case .age: rows.sort { $0.lastChange > $1.lastChange }
      case .size: rows.sort { $0.bytes > $1.bytes }
      }
      switch output.format {
      case .json: try writeStandardOutput(json(rows))
      case .text:
        guard !rows.isEmpty else {
          let which = directories.isEmpty ? "no run stands" : "no such run is"
          return context.report("\(which) below \(folder)")
        }
        try writeStandardOutput(RunRow.table(of: rows, now: Date().timeIntervalSince1970))
      }
    }
  }

  /// `fledge runs rm`.
  struct Remove: ContextCommand {
    static let configuration = CommandConfiguration(
      commandName: "rm",
      abstract: "Remove runs with all that stands in their directories.",
      discussion: "A run that is being trained stays.")

    @Argument(help: "The runs' directories.")
    var runs: [String]

    func run(in context: Context) throws {
      // Each is looked at before the first is gone.
      for run in try runs.map(RunDirectory.open) {
        let bytes = run.diskUse
        try run.remove()
        try writeStandardOutput("\(run.path) removed, \(byteCount(bytes))\n")
      }
    }
  }
}

/// A run as `runs list` and `runs show` have it.
struct RunRow: Encodable {
  let run: String
  let name: String
  let environment: String
  let method: String
  let seed: Int
  let status: RunFacts.Status
  let iteration: Int
  let iterations: Int
  let environmentSteps: Int
  let score: Double?
  /// `validation` or `training`.
  let scoreOf: String?
  let start: String
  /// In seconds since 1970.
  let lastChange: Double
  let bytes: Int

  init(_ summary: RunSummary, in context: Context) {
    run = summary.directory.path
    (name, seed, status) = (summary.facts.name, summary.facts.seed, summary.facts.status)
    environment = summary.configuration.environment.name
    method = summary.method(among: context.algorithms.outerMethods)
    (iteration, iterations) = (summary.iterations, summary.configuration.outer.iterations)
    environmentSteps = summary.environmentSteps
    score = summary.score?.value
    scoreOf = summary.score.map { $0.isOfValidation ? "validation" : "training" }
    start = summary.facts.start
    lastChange = summary.directory.lastChange
    bytes = summary.directory.diskUse
  }

  /// Rows as aligned columns.
  ///
  /// - Parameters:
  ///   - rows: The runs.
  ///   - now: The time that ages are told from, in seconds since 1970.
  /// - Returns: A heading, and a line for each.
  static func table(of rows: [RunRow], now: Double) -> String {
    let heading = [
      "run", "environment", "method", "status", "iterations", "score", "age", "size",
    ]
    let cells = rows.map { row in
      let mark = row.scoreOf == "training" ? "~" : ""
      return [
        row.run, row.environment, row.method, row.status.rawValue,
        "\(row.iteration)/\(row.iterations)", row.score.map { mark + fixed($0) } ?? "-",
        age(now - row.lastChange), byteCount(row.bytes),
      ]
    }
    return CommandLineTool.table([heading] + cells, leading: 4)
  }
}

extension RunFacts.Status: Encodable {}
