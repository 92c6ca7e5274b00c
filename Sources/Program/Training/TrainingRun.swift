public import Experiments
internal import Foundation
public import MetaLearning
public import Parallel
public import RunRecords
internal import Settings

/// A run in its directory: the loop that trains, records and saves.
///
/// A checkpoint is written only after the metrics up to it have reached the disk, so that every
/// checkpoint can be gone on from.
public final class TrainingRun {
  /// What is trained.
  public let experiment: Experiment
  /// Where it is recorded.
  public let directory: RunDirectory
  /// The iteration that the run went on from; 0 for a new run.
  public let firstIteration: Int
  private let lock: RunLock
  private let learner: MetaLearner
  private let followers: Followers
  private var facts: RunFacts
  private var metrics: MetricsFile
  private var events: EventsFile
  /// The same over environment steps; of examples there are none.
  private var eventsBySteps: EventsFile?
  private var savedIteration: Int?
  private var totals: Totals
  private let log: RunLog
  /// What was measured of validation tasks so far.
  private var validated: [IterationMetrics] = []

  /// How a run ended without an error.
  public enum Outcome: Sendable {
    /// All iterations are done.
    case finished
    /// It was asked to stop; the state is saved.
    case interrupted
    /// It has come as far as it was to come for now; the state is saved.
    case paused
  }

  /// Begins a run in a new directory.
  ///
  /// - Parameters:
  ///   - experiment: What is trained.
  ///   - path: The directory.
  ///   - crew: The processes that train it, of which this is the leader; nil for this one alone.
  /// - Throws: `RecordError`: `usage` if a run stands there already or is about to, `inputOutput` if the
  ///   system refuses.
  public init(starting experiment: Experiment, at path: String, in crew: Crew? = nil) throws {
    let configuration = experiment.configuration
    self.experiment = experiment
    followers = try Followers(crew, of: experiment)
    learner = try experiment.makeLearner(in: crew)
    try makeDirectory(path)
    lock = try RunLock(path)
    facts = RunFacts(
      name: configuration.run.name, seed: configuration.run.seed, versions: versions())
    facts.extra["command"] = commandLine
    facts.extra["commit"] = currentCommit(of: FileManager.default.currentDirectoryPath)
    directory = try RunDirectory.create(
      at: path, configuration: configuration.yaml(heading: configurationHeading))
    try directory.removeCheckpoints(after: 0)
    metrics = try directory.metricsFile(cutBackTo: 0)
    events = try EventsFile(directory: path, cutBackTo: 0)
    try events.append(experiment.hyperparameters)
    firstIteration = 0
    totals = Totals([])
    eventsBySteps = try Self.eventsBySteps(of: experiment, in: directory, totals)
    log = RunLog(directory)
    try log.append("begun with Fledge \(fledgeVersion): \(commandLine)")
    try save()
  }

  /// Goes on with a run from its newest sound checkpoint.
  ///
  /// - Parameters:
  ///   - directory: The run's.
  ///   - experiment: What was trained there; threads and iterations may differ.
  ///   - crew: The processes that train it, of which this is the leader; nil for this one alone.
  ///   - warn: Told of each checkpoint that is damaged and passed over, and of other versions than wrote the
  ///     one that serves.
  /// - Throws: `RecordError`: `usage` if the configuration changed, asks for fewer iterations than are done,
  ///   or another process trains the run, `unreadable` if no checkpoint is sound or the records don't fit it,
  ///   `inputOutput` if the system refuses.
  public init(
    resuming directory: RunDirectory, as experiment: Experiment, in crew: Crew? = nil,
    warn: (String) -> Void
  ) throws {
    let stored = try directory.configuration()
    try stored.requireSame(as: experiment.configuration, in: directory)
    lock = try RunLock(directory.path)
    self.directory = directory
    let saved = try SavedState(newestIn: directory, experiment: experiment, warn: warn)
    try saved.requireConfiguration(experiment.configuration, in: directory)
    saved.otherVersions.forEach(warn)
    firstIteration = saved.state.iteration
    let iterations = experiment.configuration.outer.iterations
    guard firstIteration <= iterations else {
      throw RecordError(
        .usage,
        "\(directory.path): outer.iterations is \(iterations), expected at least "
          + "\(firstIteration), which the run has done")
    }
    let experiment = experiment.movingEnd(
      from: stored.outer.iterations, after: firstIteration, tell: warn)
    self.experiment = experiment
    followers = try Followers(crew, of: experiment)
    learner = try experiment.makeLearner(in: crew)
    learner.state = saved.state
    savedIteration = firstIteration
    try directory.removeCheckpoints(after: firstIteration)
    metrics = try directory.metricsFile(cutBackTo: firstIteration)
    let lines = try directory.metrics()
    validated = lines.filter { $0.extra.keys.contains(Validation.key) }
    totals = Totals(lines)
    eventsBySteps = try Self.eventsBySteps(of: experiment, in: directory, totals)
    log = RunLog(directory)
    try log.append(
      "going on after iteration \(firstIteration) with Fledge \(fledgeVersion): \(commandLine)")
    events = try EventsFile(directory: directory.path, cutBackTo: firstIteration)
    try events.append(experiment.hyperparameters)
    facts = try directory.facts()
    facts.status = .running
    (facts.end, facts.failure, facts.iterations) = (nil, nil, firstIteration)
    try directory.write(
      configuration: experiment.configuration.yaml(heading: configurationHeading))
    try directory.write(facts)
  }

  private static func eventsBySteps(
    of experiment: Experiment, in directory: RunDirectory, _ totals: Totals
  ) throws -> EventsFile? {
    guard case .episodes = experiment.problem else { return nil }
    return try EventsFile(
      directory: directory.path + "/byEnvironmentSteps", cutBackTo: totals.environmentSteps)
  }

  /// Performs the iterations that are left.
  ///
  /// - Parameters:
  ///   - last: The iteration after which it pauses; nil for the last one of all.
  ///   - shouldStop: Asked before each iteration, and by all workers while validation tasks are measured; an
  ///     iteration whose validation was stopped is taken back.
  ///   - observe: Told of each iteration after it has been recorded.
  /// - Returns: How it ended; the state is saved in either case.
  /// - Throws: What went wrong, recorded in `run.json` as far as the disk allows; the state of the
  ///   last sound iteration is saved.
  public func train(
    until last: Int? = nil, shouldStop: @escaping @Sendable () -> Bool = { false },
    observe: (IterationReport) -> Void = { _ in }
  ) throws -> Outcome {
    do {
      try followers.begin(experiment, at: learner.state)
      defer { followers.tell(.end) }
      while learner.state.iteration < experiment.configuration.outer.iterations {
        if let last, learner.state.iteration >= last { return try end(.paused) }
        if shouldStop() { return try end(.interrupted) }
        if Validation(validated).isExhausted(patience: experiment.configuration.run.patience) {
          break
        }
        guard let report = try iterate(shouldStop: shouldStop) else {
          return try end(.interrupted)
        }
        observe(report)
      }
      return try end(.finished)
    } catch {
      fail(error)
      throw error
    }
  }

  /// - Returns: nil if its validation was stopped, with the state of before.
  private func iterate(shouldStop: @escaping @Sendable () -> Bool) throws -> IterationReport? {
    let before = learner.state
    let clock = ContinuousClock()
    let start = clock.now
    followers.tell(.iterate)
    let report = try learner.iterate()
    var line = IterationMetrics(
      iteration: report.iteration, seconds: (clock.now - start) / .seconds(1),
      environmentSteps: report.environmentSteps, returns: report.returns,
      outerLoss: report.number("outerLoss"), meanKL: report.number("meanKL"),
      lineSearchSteps: report.count("lineSearchSteps"), accepted: report.flag("accepted"),
      extra: report.further)
    totals.add(&line)
    if experiment.configuration.outer.nonFinite != .fail {
      line.extra["skippedUpdates"] = Double(learner.state.skippedUpdates)
    }
    let isSaved = report.iteration % experiment.configuration.run.checkpointEvery == 0
    if isSaved && experiment.configuration.run.validationTasks > 0 {
      let state = learner.state
      followers.tell(.validate)
      guard
        let score = try experiment.validationScore(
          of: state, in: followers.crew, shouldStop: shouldStop)
      else {
        // Without its score, the iteration's line would not be that of a run that went on.
        learner.state = before
        return nil
      }
      line.extra[Validation.key] = score
      line.extra[Validation.gapKey] = (report.returns.last ?? .nan) - score
      validated.append(line)
    }
    try events.append(line)
    try eventsBySteps?.append(line.scalars, step: totals.environmentSteps)
    try metrics.append(line)
    if isSaved { try save() }
    if let reason = report.skipReason {
      try log.append("iteration \(line.iteration) is passed over: \(reason)")
    }
    return report
  }

  private func end(_ outcome: Outcome) throws -> Outcome {
    try save()
    facts.finish(outcome == .finished ? .finished : .interrupted)
    try directory.write(facts)
    try events.append(end: facts.status, iteration: learner.state.iteration)
    try log.append(outcome == .finished ? "finished" : "\(outcome), the state is saved")
    return outcome
  }

  /// Saves what is sound and records the failure; a second failure changes nothing about the first.
  private func fail(_ error: any Error) {
    try? save()
    facts.finish(.failed, failure: "\(error)")
    try? directory.write(facts)
    try? events.append(end: facts.status, iteration: facts.iterations)
    try? log.append("failed: \(error)")
  }

  private func save() throws {
    let iteration = learner.state.iteration
    // After a failed write the metrics may lack the last iteration; nothing could resume from there.
    guard savedIteration != iteration, metrics.lastIteration == iteration else { return }
    try metrics.flush()
    try events.flush()
    try eventsBySteps?.flush()
    let checkpoint = learner.state.checkpoint(
      layout: learner.problem.layout, facts: SavedState.facts(of: experiment))
    try directory.write(
      checkpoint, iteration: iteration, keep: experiment.configuration.run.keep,
      protected: Set([Validation(validated).best].compactMap(\.self)))
    savedIteration = iteration
    facts.iterations = iteration
    try directory.write(facts)
    try log.append("saved iteration \(iteration)\(totals.text)")
  }
}

/// The command that this process was started by, as a shell takes it.
private var commandLine: String { CommandLine.arguments.map(shellQuoted).joined(separator: " ") }

private let configurationHeading =
  "The complete configuration of this run; fledge train config.yaml repeats it bit for bit."
