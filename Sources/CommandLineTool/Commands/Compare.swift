internal import ArgumentParser
internal import EnvironmentKit
internal import Foundation
internal import Reports
internal import RunRecords
internal import Training

/// `fledge compare`.
struct Compare: ContextCommand {
  static let configuration = CommandConfiguration(
    abstract: "Methods side by side on the same tasks, with the same episodes.",
    discussion: """
      Runs whose directories differ in the seed at their end alone, such as runs/x-oracle-1 and \
      runs/x-oracle-2, are one method. All are adapted to the same tasks. With a method whose name \
      ends with -pretrained and one that ends with -oracle (fledge train --method), the share of the \
      gap between the two that each method closes is shown, too. Intervals are of 95 %, over runs \
      and tasks.
      """)

  @Argument(help: "Directories of runs; the first one's method is compared with all others.")
  var runs: [String]

  @OptionGroup var options: EvaluationOptions

  @Option(help: ArgumentHelp("Write CSV files there.", valueName: "dir"))
  var out: String?

  @OptionGroup var output: FormatOption

  func run(in context: Context) throws {
    var options = options
    // The same budget for all, whatever each was trained with.
    options.episodes = options.episodes ?? 20
    options.steps = options.steps ?? (options.perEpisode ? 1 : 3)
    var measured: [(method: String, run: EvaluationOptions.Measured)] = []
    for path in runs {
      let run = try options.measure(path, in: context)
      if let first = measured.first?.run { try requireSameTasks(run, first) }
      try add(run, to: &measured)
    }
    let methods = try results(measured)
    let gap = methods.map(\.name).first { $0.hasSuffix("-pretrained") }.flatMap { pretrained in
      methods.map(\.name).first { $0.hasSuffix("-oracle") }
        .map { Comparison.Gap(pretrained: pretrained, oracle: $0) }
    }
    let comparison = Comparison(methods, gap: gap, seed: UInt64(options.seed))
    let result = ComparisonResult(
      comparison, methods, environment: measured[0].run.experiment.environment.name,
      split: options.split.rawValue, tasks: options.tasks, episodes: measured[0].run.episodes)
    if let out { try write(comparison, to: out) }
    try writeStandardOutput(output.format == .json ? json(result) : result.text)
  }

  /// Adds a run to its method, whose other runs have to be of the same configuration.
  private func add(
    _ run: EvaluationOptions.Measured,
    to measured: inout [(method: String, run: EvaluationOptions.Measured)]
  ) throws {
    let method = methodName(run)
    if let other = measured.first(where: { $0.method == method })?.run {
      var configuration = run.experiment.configuration
      configuration.run = other.experiment.configuration.run
      guard configuration == other.experiment.configuration else {
        throw RecordError(
          .usage,
          "\(run.directory.path) and \(other.directory.path) would be one method, \(method), but "
            + "their configurations differ; name their directories differently")
      }
      guard run.directory.path != other.directory.path else {
        throw RecordError(.usage, "\(run.directory.path) is named twice")
      }
    }
    measured.append((method, run))
  }

  /// The directory's name without the seed at its end.
  private func methodName(_ run: EvaluationOptions.Measured) -> String {
    let name = URL(fileURLWithPath: run.directory.path).standardizedFileURL.lastPathComponent
    let suffix = "-\(run.experiment.configuration.run.seed)"
    return name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
  }

  private func requireSameTasks(
    _ run: EvaluationOptions.Measured, _ first: EvaluationOptions.Measured
  ) throws {
    guard run.tasks == first.tasks else {
      throw RecordError(
        .usage,
        "\(run.directory.path) draws other tasks than \(first.directory.path); their "
          + "environments, and what shapes the tasks of these, have to be the same")
    }
  }

  private func results(
    _ measured: [(method: String, run: EvaluationOptions.Measured)]
  ) throws -> [MethodResult] {
    var names: [String] = []
    for (name, _) in measured where !names.contains(name) { names.append(name) }
    return try names.map { name in
      let runs = measured.filter { $0.method == name }.map(\.run)
      return MethodResult(
        name: name, curves: runs.map(\.curve),
        trainingSteps: try runs.map { try $0.trainingSteps() })
    }
  }

  private func write(_ comparison: Comparison, to directory: String) throws {
    try makeDirectory(directory)
    for (name, text) in [
      ("curves", comparison.curvesCSV), ("improvements", comparison.improvementsCSV),
      ("profiles", comparison.profilesCSV),
    ] {
      try replaceFile("\(directory)/\(name).csv", with: Array(text.utf8))
    }
  }
}
