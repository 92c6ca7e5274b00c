internal import ArgumentParser
internal import EnvironmentKit
internal import Evaluation
internal import MetaLearning
internal import RunRecords
internal import Statistics
internal import Training

/// How a trained policy's adaptation is measured.
struct EvaluationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("train, validation, test or shifted: where tasks come from."),
    transform: choice(named:))
  var split = TaskSplit.test

  @Option(help: "How many tasks.")
  var tasks = 40

  @Flag(help: "Measure by episodes of experience; all gradient steps learn from the same ones.")
  var perEpisode = false

  @Option(
    help: "Gradient steps (default: as in training, at least 3; with --per-episode, at least 1).")
  var steps: Int?

  @Option(help: "Episodes for each step, and to measure with (default: as in training).")
  var episodes: Int?

  @Option(help: "The seed of tasks and episodes.")
  var seed = 1

  @Option(help: "Threads, 0 for all cores; results don't depend on it.")
  var threads: Int?

  @OptionGroup var plugins: PluginOption

  /// What was measured of a run.
  struct Measured {
    let directory: RunDirectory
    let experiment: Experiment
    let checkpoint: Int
    let tasks: [AnyTask]
    let episodes: Int
    let curve: AdaptationCurve
    /// A name that tells evaluations of different questions apart.
    let name: String

    /// The environment steps of training, up to the checkpoint.
    func trainingSteps() throws -> Int {
      try directory.metrics().prefix(checkpoint).reduce(0) { $0 + $1.environmentSteps }
    }
  }

  /// Measures a run.
  ///
  /// - Parameters:
  ///   - path: The run's directory.
  ///   - checkpoint: The iteration, nil for the newest sound one.
  ///   - context: With the environments that are built in.
  /// - Returns: The curve, and what it belongs to.
  /// - Throws: `RecordError` for what is wrong with the run or an option.
  func measure(_ path: String, checkpoint: Int? = nil, in context: Context) throws -> Measured {
    try requireRanges()
    let directory = try RunDirectory.open(path)
    var configuration = try directory.configuration()
    configuration.inner.episodes = episodes ?? configuration.inner.episodes
    configuration.run.threads = threads ?? configuration.run.threads
    let experiment = try Experiment(
      configuration, source: directory.configurationPath,
      environments: plugins.environments(in: context))
    let saved =
      try checkpoint.map { try SavedState($0, in: directory, experiment: experiment) }
      ?? SavedState(newestIn: directory, experiment: experiment) { context.report($0) }
    let episodes = configuration.inner.episodes
    let steps = steps ?? max(perEpisode ? 1 : 3, configuration.inner.steps)
    let chosen = try experiment.environment.sampleTasks(
      split: split, count: tasks, seed: UInt64(seed))
    let name = name(iteration: saved.state.iteration, steps: steps, episodes: episodes)
    let progress = EvaluationProgress(directory, name: name, tasks: tasks)
    let measurement = AdaptationMeasurement(
      environment: experiment.environment, policy: experiment.policy, state: saved.state,
      settings: configuration.metaLearning, tasks: chosen, seed: UInt64(seed),
      threads: experiment.threads, record: progress.record)
    let curve = try progress.following(in: context) {
      perEpisode
        ? try measurement.perEpisode(Self.episodeCounts, steps: steps, episodes: episodes)
        : try measurement.perStep(steps, episodes: episodes)
    }
    return Measured(
      directory: directory, experiment: experiment, checkpoint: saved.state.iteration,
      tasks: chosen, episodes: episodes, curve: curve, name: name)
  }

  /// The episodes of experience of a curve per episode.
  private static let episodeCounts = [0, 1, 2, 3, 5, 10, 20, 40]

  private func requireRanges() throws {
    try require(tasks, in: 1...100_000, option: "--tasks")
    try require(seed, in: 0...Int.max, option: "--seed")
    if let steps { try require(steps, in: (perEpisode ? 1 : 0)...1000, option: "--steps") }
    if let episodes { try require(episodes, in: 1...10_000, option: "--episodes") }
    if let threads { try require(threads, in: 0...1024, option: "--threads") }
  }

  private func name(iteration: Int, steps: Int, episodes: Int) -> String {
    let digits = String(iteration)
    let padding = String(repeating: "0", count: max(0, 6 - digits.count))
    return "\(padding)\(digits)-\(split.rawValue)-\(tasks)tasks-\(steps)steps-"
      + "\(perEpisode ? "per-episode-" : "")\(episodes)episodes-seed\(seed)"
  }
}
