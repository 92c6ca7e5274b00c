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
    // All that can be wrong with a run is found before the first is measured.
    var subjects: [EvaluationOptions.Subject] = []
    for path in runs {
      let subject = try options.subject(path, in: context)
      try require(subject, besides: subjects)
      subjects.append(subject)
    }
    let methods = try results(subjects, options, context)
    let gap = methods.map(\.name).first { $0.hasSuffix("-pretrained") }.flatMap { pretrained in
      methods.map(\.name).first { $0.hasSuffix("-oracle") }
        .map { Comparison.Gap(pretrained: pretrained, oracle: $0) }
    }
    let comparison = Comparison(methods, gap: gap, seed: UInt64(options.seed))
    let result = ComparisonResult(
      comparison, methods, environment: subjects[0].experiment.environment.name,
      split: options.split.rawValue, tasks: options.tasks, episodes: subjects[0].episodes)
    if let out { try write(comparison, to: out) }
    try writeStandardOutput(output.format == .json ? json(result) : result.text)
  }

  /// Requires that a run is on the same tasks as the others, and another one of its method.
  private func require(
    _ run: EvaluationOptions.Subject, besides others: [EvaluationOptions.Subject]
  ) throws {
    let path = run.directory.path
    if let first = others.first, run.tasks != first.tasks {
      throw RecordError(
        .usage,
        "\(path) draws other tasks than \(first.directory.path); their environments, and what "
          + "shapes the tasks of these, have to be the same")
    }
    guard !others.contains(where: { $0.directory.path == path }) else {
      throw RecordError(.usage, "\(path) is named twice")
    }
    guard let other = others.first(where: { methodName($0) == methodName(run) }) else { return }
    var configuration = run.experiment.configuration
    configuration.run = other.experiment.configuration.run
    guard configuration == other.experiment.configuration else {
      throw RecordError(
        .usage,
        "\(path) and \(other.directory.path) would be one method, \(methodName(run)), but their "
          + "configurations differ; name their directories differently")
    }
  }

  /// The directory's name without the seed at its end.
  private func methodName(_ run: EvaluationOptions.Subject) -> String {
    let name = URL(fileURLWithPath: run.directory.path).standardizedFileURL.lastPathComponent
    let suffix = "-\(run.experiment.configuration.run.seed)"
    return name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
  }

  /// Measures all runs, by method.
  private func results(
    _ subjects: [EvaluationOptions.Subject], _ options: EvaluationOptions, _ context: Context
  ) throws -> [MethodResult] {
    var names: [String] = []
    for name in subjects.map(methodName) where !names.contains(name) { names.append(name) }
    return try names.map { name in
      let runs = subjects.filter { methodName($0) == name }
      return MethodResult(
        name: name, curves: try runs.map { try options.curve(of: $0, in: context) },
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
