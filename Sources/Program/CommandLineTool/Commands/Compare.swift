internal import ArgumentParser
internal import EnvironmentKit
internal import Experiments
internal import Measuring
internal import MetaLearning
internal import Reports
internal import RunRecords

/// `fledge compare`.
struct Compare: ContextCommand {
  static let configuration = CommandConfiguration(
    abstract: "Methods side by side on the same tasks, with the same episodes.",
    discussion: """
      Runs whose directories differ in the seed at their end alone, such as runs/x-oracle-1 and \
      runs/x-oracle-2, are one method. All are adapted to the same tasks. With a method whose name \
      ends with -pretrained and one that ends with -oracle (fledge train --method), the share of the \
      gap between the two that each method closes is shown, too; where the best returns possible are \
      known, they are its upper end. Intervals are of 95 %, over runs and tasks.
      """)

  @Argument(
    help: """
      Directories of runs, and files of evaluations of agents in Python (.json); the first run's method is \
      compared with all others.
      """)
  var runs: [String]

  @OptionGroup var options: EvaluationOptions

  @OptionGroup var curve: CurveOption

  @Option(help: ArgumentHelp("Write CSV files there.", valueName: "dir"))
  var out: String?

  @OptionGroup var output: FormatOption

  @Option(
    parsing: .unconditional,
    help: """
      The mean return whose episodes are counted (default: 0.9 of the way from the pretrained \
      policy to the optimum or the oracle).
      """)
  var threshold: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many nearest neighbours predict, beside models of examples.", valueName: "k"))
  var neighbors = 1

  func run(in context: Context) throws {
    try require(neighbors, in: 1...10_000, option: "--neighbors")
    try requireFinite(threshold)
    let observer = EvaluationObserver(in: context)
    let runs = try MethodRuns(
      runs, asking: options.request(in: context, curve.kind),
      environments: options.plugins.environments(in: context), algorithms: context.algorithms,
      observer: observer)
    // Files that can't be written are found before anything is measured.
    if let out { try makeDirectory(out) }
    let methods = try runs.results(neighbors: neighbors, observer: observer)
    let comparison = Comparison(
      methods, references: runs.references, threshold: threshold, seed: UInt64(options.seed))
    let first = runs.runs[0]
    let result = ComparisonResult(
      comparison, methods, environment: first.experiment.problem.name,
      score: first.experiment.problem.score,
      split: options.split.rawValue, tasks: options.taskCount, episodes: first.episodes,
      notes: runs.taskNotes)
    if let out { try write(comparison, to: out) }
    try writeStandardOutput(output.format == .json ? json(result) : result.text)
  }

  private func write(_ comparison: Comparison, to directory: String) throws {
    for (name, text) in comparison.files {
      try replaceFile("\(directory)/\(name).csv", with: Array(text.utf8))
    }
  }
}
