internal import ArgumentParser
internal import EnvironmentKit
internal import EnvironmentTesting
internal import Reports
internal import RunRecords

/// `fledge environments check`.
struct CheckEnvironment: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Hold an environment to what learning on it needs.",
    discussion: """
      Runs it on tasks of every split, under random and extreme actions. A failure names the task, \
      the episode, the step and the component. Exits with 65 if a check fails. With --steps 1000000 \
      the last check is a soak test.
      """)
  @OptionGroup var options: EnvironmentOptions

  @Option(
    help: ArgumentHelp("Run this check alone (repeatable).", valueName: "check"),
    transform: choice(named:))
  var only: [ConformanceCheck] = []

  @Option(parsing: .unconditional, help: "The seed of tasks, episodes and actions.")
  var seed = 1

  @Option(parsing: .unconditional, help: "Steps of the memory check.")
  var steps = 100_000

  @OptionGroup var output: FormatOption

  func run(in context: Context) throws {
    try require(seed, in: 0...Int.max, option: "--seed")
    try require(steps, in: 1000...1_000_000_000, option: "--steps")
    let environment = try options.make(in: context)
    let report = checkConformance(
      of: environment, checks: only.isEmpty ? ConformanceCheck.allCases : only,
      seed: UInt64(seed), steps: steps)
    try writeStandardOutput(
      output.format == .json ? json(report) : text(report, notes: environment.notes))
    let failed = report.results.filter { !$0.passed }.map(\.check.rawValue)
    guard !failed.isEmpty else { return }
    let settings =
      options.plugins.paths.map { " --plugin \(shellQuoted($0))" }
      + options.overrides.map { " --set \(shellQuoted($0))" }
    throw RecordError(
      .unreadable,
      "environment '\(report.environment)' fails \(failed.joined(separator: ", ")); once more: "
        + "fledge environments check \(options.name)\(settings.joined()) --seed \(seed)"
        + failed.map { " --only \($0)" }.joined())
  }

  /// The report for people.
  private func text(_ report: ConformanceReport, notes: [String]) -> String {
    let rows = report.results.map { result in
      let said = result.finding?.description ?? result.note ?? result.check.summary
      return [result.passed ? "passed" : "FAILED", result.check.rawValue, said]
    }
    let rate = report.stepsPerSecond.map {
      "\(fixed($0, 0)) steps per second on one thread, under random actions\n"
    }
    return table(rows, leading: 3) + notes.map { "note: \($0)\n" }.joined() + (rate ?? "")
  }
}
