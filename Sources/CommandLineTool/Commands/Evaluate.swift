internal import ArgumentParser
internal import EnvironmentKit
internal import Evaluation
internal import Foundation
internal import MetaLearning
internal import RunRecords
internal import Training

/// `fledge evaluate`.
struct Evaluate: ContextCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how fast a trained policy adapts, on tasks held out from training.",
    discussion: """
      Prints the mean return after 0, 1, ... gradient steps, or with --per-episode after 0, 1, 2, 3, \
      5, 10, 20 and 40 episodes of experience, each on fresh episodes, with the mean of the middle \
      half (IQM) and a bootstrap interval of the mean over tasks. The result is also stored as JSON \
      in the run's evaluations/ directory.
      """)

  @Argument(help: "A run's directory.")
  var run: String

  @Option(help: "The checkpoint's iteration (default: the newest sound one).")
  var checkpoint: Int?

  @Option(
    help: ArgumentHelp("train, validation, test or shifted: where tasks come from."),
    transform: choice(named:))
  var split = TaskSplit.test

  @Option(help: "How many tasks.")
  var tasks = 40

  @Flag(help: "Measure by episodes of experience; all gradient steps learn from the same ones.")
  var perEpisode = false

  @Option(
    help: """
      Gradient steps (default: as in training, at least 3; with --per-episode, at least 1).
      """)
  var steps: Int?

  @Option(help: "Episodes for each step, and to measure with (default: as in training).")
  var episodes: Int?

  @Option(
    help: """
      The mean return whose episodes are counted (default: 0.9 of the way from the curve's \
      beginning to its highest point).
      """)
  var threshold: Double?

  @Option(help: "The seed of tasks and episodes.")
  var seed = 1

  @Option(help: "Threads, 0 for all cores; results don't depend on it.")
  var threads: Int?

  @OptionGroup var plugins: PluginOption

  @OptionGroup var output: FormatOption

  func run(in context: Context) throws {
    let directory = try RunDirectory.open(run)
    var configuration = try directory.configuration()
    try applyOptions(to: &configuration)
    let experiment = try Experiment(
      configuration, source: directory.configurationPath,
      environments: plugins.environments(in: context))
    let state = try state(in: directory, experiment, context)
    let result = try evaluation(of: state, experiment)
    let document = try json(result)
    try writeStandardOutput(output.format == .json ? document : result.text)
    let file = try directory.write(evaluation: document, name: name(state, experiment))
    if output.format == .text { context.report("stored in \(file)") }
  }

  private func applyOptions(to configuration: inout Configuration) throws {
    try require(tasks, in: 1...100_000, option: "--tasks")
    if let steps { try require(steps, in: (perEpisode ? 1 : 0)...1000, option: "--steps") }
    if let checkpoint { try require(checkpoint, in: 0...999_999_999, option: "--checkpoint") }
    try require(seed, in: 0...Int.max, option: "--seed")
    if let episodes {
      try require(episodes, in: 1...10_000, option: "--episodes")
      configuration.inner.episodes = episodes
    }
    if let threads {
      try require(threads, in: 0...1024, option: "--threads")
      configuration.run.threads = threads
    }
  }

  private func state(
    in directory: RunDirectory, _ experiment: Experiment, _ context: Context
  ) throws -> LearnerState {
    if let checkpoint {
      return try SavedState(checkpoint, in: directory, experiment: experiment).state
    }
    return try SavedState(newestIn: directory, experiment: experiment) { context.report($0) }.state
  }

  private func evaluation(
    of state: LearnerState, _ experiment: Experiment
  ) throws -> EvaluationResult {
    let configuration = experiment.configuration
    let episodes = configuration.inner.episodes
    let chosen = try experiment.environment.sampleTasks(
      split: split, count: tasks, seed: UInt64(seed))
    let measurement = AdaptationMeasurement(
      environment: experiment.environment, policy: experiment.policy, state: state,
      settings: configuration.metaLearning, tasks: chosen, seed: UInt64(seed),
      threads: experiment.threads)
    let steps = gradientSteps(configuration)
    let curve =
      perEpisode
      ? try measurement.perEpisode(Self.episodeCounts, steps: steps, episodes: episodes)
      : try measurement.perStep(steps, episodes: episodes)
    return EvaluationResult(
      curve, environment: experiment.environment.name, split: split, seed: seed,
      checkpoint: state.iteration, episodes: episodes, tasks: chosen, threshold: threshold)
  }

  /// The episodes of experience of a curve per episode.
  private static let episodeCounts = [0, 1, 2, 3, 5, 10, 20, 40]

  private func gradientSteps(_ configuration: Configuration) -> Int {
    steps ?? max(perEpisode ? 1 : 3, configuration.inner.steps)
  }

  /// A name that tells evaluations of different questions apart.
  private func name(_ state: LearnerState, _ experiment: Experiment) -> String {
    let digits = String(state.iteration)
    let padding = String(repeating: "0", count: max(0, 6 - digits.count))
    let steps = gradientSteps(experiment.configuration)
    let episodes = experiment.configuration.inner.episodes
    return "\(padding)\(digits)-\(split.rawValue)-\(tasks)tasks-\(steps)steps-"
      + "\(perEpisode ? "per-episode-" : "")\(episodes)episodes-seed\(seed)"
  }
}
