internal import ArgumentParser
internal import EnvironmentKit
internal import Experiments
internal import Foundation
internal import MetaLearning
internal import Parallel
internal import Reports
internal import RunRecords
internal import Settings
internal import Tracking
internal import Training

/// `fledge train`.
struct Train: ContextCommand {
  static let configuration = CommandConfiguration(
    abstract: "Meta-train a policy and record the run in a directory.",
    discussion: """
      Ctrl-C, SIGTERM, SIGUSR1 and SIGUSR2 finish the iteration, save the state and exit with 130; a \
      second Ctrl-C exits at once. --resume goes on exactly where the run stopped, with the seed and the \
      iterations of its config.yaml unless --iterations says otherwise, and begins a run that doesn't \
      exist yet: one command serves for a job that is queued again.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Option(
    help: ArgumentHelp(
      """
      Another method on these tasks: \(Method.all().map(\.name).joined(separator: ", ")). Its budget is the same but \
      for \(Method.all().filter { !$0.hasEqualBudget }.map(\.name).joined(separator: ", ")). The run's name ends with the \
      method's, but for maml, which leaves everything as it stands.
      """))
  var method: String?

  @Option(help: "The run's directory (default: runs/<name>-<seed>).")
  var run: String?

  @Option(parsing: .unconditional, help: "The seed of every random stream.")
  var seed: Int?

  @Option(
    help: ArgumentHelp(
      """
      A run for each of several seeds, such as 1...8 or 1,5,9, in processes of their own beside each other that share \
      the threads; --run is their directories' beginning.
      """,
      valueName: "seeds"), transform: SeedList.option)
  var seeds: SeedList?

  @Option(parsing: .unconditional, help: "Meta-iterations in all.")
  var iterations: Int?

  @Option(
    parsing: .unconditional,
    help: "Pause after this iteration, to go on later with --resume as if nothing had been.")
  var until: Int?

  @Flag(help: "Go on with the run from its newest sound checkpoint, or begin it.")
  var resume = false

  @OptionGroup var tracking: TrackerOption

  @Flag(help: "No progress on standard error.")
  var quiet = false

  func run(in context: Context) throws {
    if let until { try require(until, in: 0...Int.max, option: "--until") }
    try tracking.requireClients()
    if let seeds { return try run(seeds: seeds.seeds, in: context) }
    let run = try resumed(context) ?? begun(context)
    let trackers = tracking.begin(run, in: context)
    defer { trackers?.end() }
    if !quiet {
      context.report(opening(run, in: context.crew))
      for note in run.experiment.problem.notes { context.report("note: \(note)") }
    }
    let total = run.experiment.configuration.outer.iterations
    var progress = TrainingProgress(
      first: run.firstIteration, total: total, score: run.experiment.problem.score, isQuiet: quiet)
    var last = run.firstIteration
    let outcome = try withProgressEnded {
      try run.train(until: until, shouldStop: { context.isAskedToStop }) { report in
        last = report.iteration
        if let reason = report.skipReason {
          context.report("iteration \(last) is passed over: \(reason)")
        }
        progress.show(report)
        trackers?.look()
      }
    } by: {
      progress.end()
    }
    guard outcome != .interrupted else {
      context.report(
        "interrupted after iteration \(last) of \(total), the state is saved; go on with: "
          + "fledge train \(run.directory.configurationPath) --run \(run.directory.path) --resume")
      throw Interrupted()
    }
    try writeStandardOutput("\(run.directory.path)\n")
  }

  private var adjustments: [(option: String, set: String)] {
    [
      seed.map { ("--seed \($0)", "run.seed=\($0)") },
      iterations.map { ("--iterations \($0)", "outer.iterations=\($0)") },
    ].compactMap { $0 }
  }

  func configuration(in context: Context) throws -> Configuration {
    let configuration = try options.read(adjustments: adjustments)
    guard let method else { return configuration }
    // What is asked for is not what equal budgets would make of it.
    let keeps = iterations != nil || options.sets("outer.iterations")
    return try configuration.trained(
      by: method, option: "--method", source: options.config, keepingIterations: keeps, in: context)
  }

  private func begun(_ context: Context) throws -> TrainingRun {
    let configuration = try configuration(in: context)
    let experiment = try watched(configuration, in: context)
    if method == Method.oracle.name { try requireSight(of: experiment, in: context) }
    return try TrainingRun(
      starting: experiment, at: path(for: configuration), in: context.crew)
  }

  /// Requires that an oracle's observation tells it more than one without the task does.
  private func requireSight(of oracle: Experiment, in context: Context) throws {
    var configuration = oracle.configuration
    configuration.environment.parameters["observesTask"] = .boolean(false)
    let blind = try options.experiment(configuration, in: context)
    guard case .episodes(let seeing, _) = oracle.problem,
      case .episodes(let other, _) = blind.problem,
      seeing.specification.observationWidth <= other.specification.observationWidth
    else { return }
    throw RecordError(
      .usage,
      "--method oracle: the observation of '\(oracle.problem.name)' is no longer with "
        + "environment.parameters.observesTask than without it: nothing of the task is seen")
  }

  /// The run to go on with; nil where that isn't asked for, or none was begun.
  private func resumed(_ context: Context) throws -> TrainingRun? {
    guard resume else { return nil }
    var configuration = try configuration(in: context)
    let path = try path(for: configuration)
    guard RunDirectory.exists(at: path) else { return nil }
    let directory = try RunDirectory.open(path)
    let stored = try directory.configuration()
    if seed == nil && !options.sets("run.seed") { configuration.run.seed = stored.run.seed }
    if iterations == nil && !options.sets("outer.iterations") {
      configuration.outer.iterations = stored.outer.iterations
    }
    configuration.environment.content = stored.environment.content
    configuration.outer.earlierEnds = stored.outer.earlierEnds
    let experiment = try watched(configuration, in: context)
    return try TrainingRun(resuming: directory, as: experiment, in: context.crew) {
      context.report($0)
    }
  }

  /// What is trained; from here on a signal lets the state be saved, but not while data are still being read.
  private func watched(_ configuration: Configuration, in context: Context) throws -> Experiment {
    let experiment = try options.experiment(configuration, in: context)
    Interruption.watch()
    return experiment
  }

  private func path(for configuration: Configuration) throws -> String {
    guard let run else { return "runs/\(configuration.run.name)-\(configuration.run.seed)" }
    guard !run.isEmpty else {
      throw RecordError(.usage, "--run is empty, expected the path of a directory")
    }
    return run
  }

  private func opening(_ run: TrainingRun, in crew: Crew?) -> String {
    let configuration = run.experiment.configuration
    let left = configuration.outer.iterations - run.firstIteration
    let start = run.firstIteration == 0 ? "training" : "going on after \(run.firstIteration):"
    let processes = crew.map { "\($0.count) processes of " } ?? ""
    let threads = counted(run.experiment.threads(in: crew), "thread")
    return "\(start) \(counted(max(0, left), "iteration")) of "
      + "\(counted(configuration.outer.tasks, "task")) on \(run.experiment.problem.name), "
      + "seed \(configuration.run.seed), \(processes)\(threads), "
      + "in \(run.directory.path)"
  }
}

/// Runs `body`, then `end` whether it throws or not.
private func withProgressEnded<Result>(
  _ body: () throws -> Result, by end: () -> Void
) rethrows -> Result {
  defer { end() }
  return try body()
}
