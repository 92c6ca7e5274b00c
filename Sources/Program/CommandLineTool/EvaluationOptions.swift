internal import Adaptation
internal import ArgumentParser
internal import EnvironmentKit
internal import Evaluation
internal import Experiments
internal import MetaLearning
internal import Parallel
internal import Reports
internal import RunRecords
internal import Statistics
internal import Training

/// `--per-episode`, for commands that measure in one way or the other.
struct PerEpisodeOption: ParsableArguments {
  @Flag(help: "Measure by episodes of experience; all gradient steps learn from the same ones.")
  var perEpisode = false
}

/// `--checkpoint`, for commands that take one run.
struct CheckpointOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The checkpoint's iteration, or best for the best on validation tasks (default: the newest sound one).",
      valueName: "n"), transform: Choice.init)
  var checkpoint = Choice.newest

  /// Which checkpoint.
  enum Choice {
    case newest, best
    case iteration(Int)

    init(_ text: String) throws {
      if text == "best" {
        self = .best
      } else if let iteration = Int(text), (0...999_999_999).contains(iteration) {
        self = .iteration(iteration)
      } else {
        throw ValidationError("expected an iteration from 0 on, or best")
      }
    }
  }
}

/// How a trained policy's adaptation is measured.
struct EvaluationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("train, validation, test or shifted: where tasks come from."),
    transform: choice(named:))
  var split = TaskSplit.test

  @Option(parsing: .unconditional, help: "How many tasks.")
  var tasks = 40

  @Option(
    parsing: .unconditional,
    help: "Gradient steps (default: as in training, at least 3; per episode 1).")
  var steps: Int?

  @Option(
    name: [.long, .customLong("shots")],
    parsing: .unconditional,
    help: """
      Episodes for each step, and to measure with, or examples of each class to adapt to (default: \
      as in training).
      """)
  var episodes: Int?

  @Flag(
    help: """
      Adapt by the step sizes of training, and beyond its steps by half the last one's (Finn et al. \
      2017), with nothing chosen on validation tasks.
      """)
  var asTrained = false

  @Option(parsing: .unconditional, help: "The seed of tasks and episodes.")
  var seed = 1

  @Option(parsing: .unconditional, help: "Threads, 0 for all cores; results don't depend on it.")
  var threads: Int?

  @OptionGroup var plugins: PluginOption

  @OptionGroup var data: DataOption

  /// A run that is about to be measured.
  struct Subject {
    let directory: RunDirectory
    let experiment: Experiment
    let state: LearnerState
    fileprivate(set) var split: TaskSplit
    /// Whether tasks are those that training drew, rather than new ones of the split.
    fileprivate(set) var isTrainedOn = false
    fileprivate(set) var tasks: [AnyTask]
    let steps: Int
    /// Whether it is measured by episodes of experience.
    let perEpisode: Bool
    /// Which training is measured, by which version.
    let origin: EvaluationResult.Origin
    /// The seed of tasks and episodes.
    let seed: Int
    /// Whether the step sizes of training serve, with nothing chosen.
    let asTrained: Bool
    /// What was chosen of how it adapts; nil until it is, or where nothing is to be chosen.
    fileprivate(set) var adaptation: AdaptationRecord?

    /// A name that tells evaluations of different questions apart.
    var name: String {
      let digits = String(state.iteration)
      let padding = String(repeating: "0", count: max(0, 6 - digits.count))
      let kind = isTrainedOn ? "trained" : split.rawValue
      return "\(padding)\(digits)-\(kind)-\(tasks.count)tasks-\(steps)steps-"
        + "\(perEpisode ? "per-episode-" : "")\(episodes)episodes-seed\(seed)"
        + (asTrained ? "-as-trained" : "")
    }

    /// The episodes for each step, and to measure with.
    var episodes: Int { experiment.configuration.inner.episodes }

    /// The environment steps of training, up to the checkpoint.
    func trainingSteps() throws -> Int {
      try directory.metrics().prefix(state.iteration).reduce(0) { $0 + $1.environmentSteps }
    }
  }

  /// Reads a run, and draws the tasks to measure it on.
  ///
  /// - Parameters:
  ///   - path: The run's directory.
  ///   - perEpisode: Whether it is to be measured by episodes of experience.
  ///   - checkpoint: Which one.
  ///   - context: With the environments that are built in.
  /// - Returns: The run.
  /// - Throws: `RecordError` for what is wrong with the run or an option.
  func subject(
    _ path: String, perEpisode: Bool, checkpoint: CheckpointOption.Choice = .newest,
    in context: Context
  ) throws -> Subject {
    try requireRanges(perEpisode: perEpisode)
    let directory = try RunDirectory.open(path)
    var configuration = try directory.configuration()
    configuration.inner.episodes = episodes ?? configuration.inner.episodes
    configuration.run.threads = threads ?? configuration.run.threads
    data.apply(to: &configuration)
    let experiment = try Experiment(
      configuration, source: directory.configurationPath,
      environments: plugins.environments(in: context))
    try plugins.check(experiment.change, source: path, in: context)
    let saved =
      switch checkpoint {
      case .newest:
        try SavedState(newestIn: directory, experiment: experiment) { context.report($0) }
      case .best: try SavedState(bestIn: directory, experiment: experiment)
      case .iteration(let iteration):
        try SavedState(iteration, in: directory, experiment: experiment)
      }
    let subject = Subject(
      directory: directory, experiment: experiment, state: saved.state, split: split, tasks: [],
      steps: steps ?? (perEpisode ? 1 : max(3, configuration.inner.steps)), perEpisode: perEpisode,
      origin: .init(
        runStart: try directory.settledFacts().start, fledge: fledgeVersion,
        configuration: experiment.configuration.identity), seed: seed,
      asTrained: asTrained)
    return try asked(subject, on: split)
  }

  /// The same run, to be measured on as many tasks of a split.
  ///
  /// - Parameters:
  ///   - subject: The run.
  ///   - split: Where tasks come from.
  /// - Returns: The run with its tasks.
  /// - Throws: The environment's error if it can't draw them, or `RecordError` where its threads have no room.
  func asked(_ subject: Subject, on split: TaskSplit) throws -> Subject {
    try subject.experiment.requireAddressSpace(tasks: tasks)
    var subject = subject
    subject.split = split
    subject.tasks = try subject.experiment.problem.sampleTasks(
      split: split, count: tasks, seed: UInt64(seed))
    return subject
  }

  /// The same run, to be measured on as many tasks that it was trained on, or all if it has had fewer.
  ///
  /// - Parameter subject: The run.
  /// - Returns: The run with its tasks.
  /// - Throws: `RecordError` where nothing was trained yet.
  func askedOfTraining(_ subject: Subject) throws -> Subject {
    let iteration = subject.state.iteration
    guard iteration > 0 else {
      throw RecordError(
        .usage,
        "\(subject.directory.path): the checkpoint of iteration 0 has no training tasks to measure a gap "
          + "to; train the run, or leave --gap out")
    }
    var subject = subject
    (subject.split, subject.isTrainedOn) = (.train, true)
    subject.tasks = try subject.experiment.trainedTasks(tasks, upTo: iteration)
    return subject
  }

  /// Measures a run.
  ///
  /// - Parameters:
  ///   - subject: The run.
  ///   - threshold: The mean return that counts as adapted; nil for a share of the curve's own gain.
  ///   - context: Is told of an interruption.
  /// - Returns: What was found.
  /// - Throws: What went wrong in an episode, or `Interrupted`.
  func result(
    of subject: Subject, threshold: Double? = nil, in context: Context
  ) throws -> EvaluationResult {
    let subject = try tuned(subject, in: context)
    let progress = EvaluationProgress(
      subject.directory, name: subject.name, origin: subject.origin,
      tasks: subject.tasks.count)
    let curve: AdaptationCurve = try progress.following(in: context) {
      try self.curve(of: subject, record: progress.record)
    }
    let problem = subject.experiment.problem
    return EvaluationResult(
      curve,
      of: .init(
        environment: problem.name, score: problem.score, split: subject.split, seed: seed,
        checkpoint: subject.state.iteration, episodes: subject.episodes, origin: subject.origin,
        adaptation: subject.adaptation),
      tasks: subject.tasks, optimum: problem.optimalReturn, threshold: threshold,
      notes: [subject.experiment.note(on: subject.split)].compactMap(\.self))
  }

  /// What was found about a run before, or else what is found now, which is stored.
  ///
  /// - Parameters:
  ///   - subject: The run.
  ///   - context: Is told that a run is measured, and of an interruption.
  /// - Returns: What was found.
  /// - Throws: What went wrong in an episode, or `Interrupted`.
  func storedResult(of subject: Subject, in context: Context) throws -> EvaluationResult {
    let subject = try tuned(subject, in: context)
    if let text = subject.directory.evaluation(name: subject.name),
      let stored: EvaluationResult = try? value(ofJSON: text),
      stored.origin == subject.origin, stored.adaptation?.rule == subject.adaptation?.rule,
      isWhole(stored.adaptationCurve, of: subject),
      stored.perTask.map(\.task) == subject.tasks.map(\.parameterValue)
    {
      return stored
    }
    context.report("measuring \(subject.directory.path)\(subject.perEpisode ? " per episode" : "")")
    let result = try result(of: subject, in: context)
    // Where the run's directory can't be written to, it is measured anew each time.
    _ = try? subject.directory.write(evaluation: json(result), name: subject.name)
    return result
  }

  /// Whether a curve tells what measuring would: a file may be damaged, or edited.
  private func isWhole(_ curve: AdaptationCurve, of subject: Subject) -> Bool {
    let measurement = measurement(of: subject)
    let points =
      subject.perEpisode
      ? measurement.points(perEpisode: Self.episodeCounts, steps: subject.steps)
      : measurement.points(perStep: subject.steps, episodes: subject.episodes)
    let episodes = curve.experience.first?.count ?? 0
    return curve.points == points
      && curve.outcomes.allSatisfy { $0.isWhole(points: points.count, episodes: episodes) }
  }

  private func curve(of subject: Subject, record: MeasurementRecord) throws -> AdaptationCurve {
    let measurement = measurement(of: subject, record: record)
    return subject.perEpisode
      ? try measurement.perEpisode(
        Self.episodeCounts, steps: subject.steps, episodes: subject.episodes)
      : try measurement.perStep(subject.steps, episodes: subject.episodes)
  }

  /// Episodes recorded for a replay.
  ///
  /// - Parameters:
  ///   - subject: The run.
  ///   - tasks: The tasks' indices.
  ///   - context: Is told of an interruption.
  /// - Returns: Recorded episodes, `[index, step]`; none where tasks have examples.
  /// - Throws: What went wrong in an episode, or `Interrupted`.
  func recordings(
    of subject: Subject, tasks: [Int], in context: Context
  ) throws -> [[RecordedEpisode]] {
    var record = MeasurementRecord()
    record.shouldStop = { Interruption.isRequested }
    let measurement = measurement(of: try tuned(subject, in: context), record: record)
    guard case .episodes(let measurement) = measurement else { return [] }
    do {
      return try measurement.recordings(
        ofTasks: tasks, steps: subject.steps, episodes: subject.episodes)
    } catch is MeasurementStopped {
      context.report("interrupted before the replay was recorded")
      throw Interrupted()
    }
  }

  /// How good nearest neighbours are on each task of a run; nil where tasks have no examples.
  ///
  /// - Parameters:
  ///   - subject: The run.
  ///   - neighbors: How many have a say.
  /// - Returns: A score for each task.
  /// - Throws: What following the measurement throws.
  func nearestNeighbors(of subject: Subject, neighbors: Int) throws -> [Double]? {
    guard case .examples(let measurement) = measurement(of: subject) else { return nil }
    return try measurement.nearestNeighbors(shots: subject.episodes, neighbors: neighbors)
  }

  private func measurement(
    of subject: Subject, record: MeasurementRecord = MeasurementRecord()
  ) -> Measurement {
    let experiment = subject.experiment
    return Measurement(
      of: experiment.problem, state: subject.state,
      settings: experiment.configuration.metaLearning, tasks: subject.tasks, seed: UInt64(seed),
      team: Threads(experiment.threads), rule: subject.adaptation?.rule ?? TestTimeRule(),
      record: record)
  }

  /// The same run with the choice of how it adapts: read from its directory, or made now and stored there.
  private func tuned(_ subject: Subject, in context: Context) throws -> Subject {
    guard !asTrained && subject.adaptation == nil else { return subject }
    var subject = subject
    subject.adaptation = try AdaptationTuningRun(
      directory: subject.directory, experiment: subject.experiment, state: subject.state,
      steps: subject.steps, perEpisode: subject.perEpisode,
      // No more than the tasks whose threads were found to have room.
      threads: min(subject.experiment.threads, subject.tasks.count), origin: subject.origin
    ).record(in: context)
    return subject
  }

  /// The episodes of experience of a curve per episode.
  private static let episodeCounts = [0, 1, 2, 3, 5, 10, 20, 40]

  private func requireRanges(perEpisode: Bool) throws {
    try require(tasks, in: 1...100_000, option: "--tasks")
    try require(seed, in: 0...Int.max, option: "--seed")
    if let steps { try require(steps, in: (perEpisode ? 1 : 0)...1000, option: "--steps") }
    if let episodes { try require(episodes, in: 1...10_000, option: "--episodes") }
    if let threads { try require(threads, in: 0...1024, option: "--threads") }
  }
}
