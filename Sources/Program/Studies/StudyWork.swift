internal import CommandLineTool
internal import EnvironmentKit
internal import Experiments
internal import Foundation
internal import Processes
internal import Reports
internal import RunRecords
internal import Settings
internal import Statistics
internal import Synchronization

/// What this process does of a study: takes jobs, and has child processes train and measure.
final class StudyWork: Sendable {
  private let plan: StudyPlan
  private let folder: StudyFolder
  private let store: StudyStore
  private let context: Context
  private let threads: Int
  private let children = Children()
  private let state = Mutex(State())

  private struct State {
    /// What ends the work before the study is finished.
    var failure: RecordError?
    /// How often children were ended by others, by job.
    var attempts: [Job.Key: Int] = [:]
  }

  /// After so many ends by others, a job isn't tried again.
  private static let attemptLimit = 3

  /// Work on a study.
  ///
  /// - Parameters:
  ///   - plan: What is to be done.
  ///   - folder: Where.
  ///   - store: What was done, and by whom.
  ///   - context: With the methods and environments known.
  ///   - threads: Of each child.
  init(
    _ plan: StudyPlan, in folder: StudyFolder, _ store: StudyStore, _ context: Context, threads: Int
  ) {
    (self.plan, self.folder, self.store) = (plan, folder, store)
    (self.context, self.threads) = (context, threads)
  }

  /// Does what there is to do until nothing is left, or a signal asks to stop.
  ///
  /// - Parameter slots: How many jobs beside each other.
  /// - Throws: `RecordError` where the machine refuses; ``Interrupted``.
  func perform(in slots: Int) throws {
    var lastBeat = ContinuousClock.now
    Children.work(in: slots) {
      self.performNext()
    } watch: {
      if self.isStopping { self.children.stop() }
      if ContinuousClock.now - lastBeat > .seconds(10) {
        lastBeat = .now
        self.guarded { try self.store.beat() }
      }
    }
    if let failure = state.withLock(\.failure) { throw failure }
    if context.isAskedToStop { throw Interrupted() }
  }

  private var isStopping: Bool { context.isAskedToStop || state.withLock { $0.failure != nil } }

  /// - Returns: Whether there may be more.
  private func performNext() -> Bool {
    guard !isStopping else { return false }
    var isOver = false
    guarded {
      let (key, progress) = try store.claim(plan)
      guard let key else {
        isOver = progress.isFinished
        // Others do what this process waits for.
        if !isOver { usleep(200_000) }
        return
      }
      do {
        try perform(key)
      } catch {
        try? store.release(key)
        throw error
      }
    }
    return !isOver
  }

  private func perform(_ key: Job.Key) throws {
    guard key.phase != .report else {
      let progress = try store.progress(plan)
      guard try StudyReport(progress, in: folder).write(by: children) else {
        return try store.release(key)
      }
      return try store.finish(key, nil)
    }
    let trial = plan.trials[key.trial - 1]
    let run = folder.run(of: trial, key.phase, seed: key.seed)
    let file = folder.configuration(of: trial, key.phase)
    try makeDirectory(folder.runs(of: key.phase))
    var configuration = try plan.configuration(of: trial, in: context)
    configuration.run.name = folder.name(of: trial, key.phase)
    try replaceFile(file, with: Array(configuration.yaml().utf8))
    var train = [
      "train", file, "--run", run, "--seed", "\(key.seed)", "--resume", "--quiet", "--threads",
      "\(threads)",
    ]
    let rung = trial.rungs[key.phase == .tuning ? key.rung : trial.rungs.count - 1]
    if key.phase == .tuning { train += ["--until", "\(rung)"] }
    // Somebody may look into it, or train it by hand.
    while RunLock.isHeld(run) && !isStopping { usleep(100_000) }
    guard try succeeds(train, for: key) != nil else { return }
    guard let checkpoint = try measured(RunDirectory.open(run), at: rung) else {
      return try store.release(key)
    }
    guard let output = try succeeds(question(key, of: run, checkpoint), for: key) else { return }
    guard let result: EvaluationResult = try? value(ofJSON: output) else {
      return try fail(key, "its evaluation can't be read")
    }
    switch values(in: result) {
    case .failure(let reason): try fail(key, reason.text)
    case .success(let values):
      let metrics = try RunDirectory.open(run).metrics()
      let steps = metrics.prefix(result.checkpoint).reduce(0) { $0 + $1.environmentSteps }
      let measured = Job.Measured(
        values: values, iterations: result.checkpoint, trainingSteps: steps,
        measuringSteps: result.environmentSteps)
      try store.finish(key, measured)
      let place =
        key.phase == .tuning ? "after \(result.checkpoint) iterations: " : "on test tasks: "
      context.report("\(trial.title), seed \(key.seed), \(place)\(measured.score)")
    }
  }

  /// The checkpoint of a run that stands for a rung: the rung's, or the last one where the run has ended by itself.
  ///
  /// - Returns: nil where the run had come farther by another way and lacks it, so that it is begun anew.
  private func measured(_ run: RunDirectory, at rung: Int) throws -> Int? {
    let iterations = try run.checkpointIterations()
    if iterations.contains(rung) { return rung }
    if let newest = iterations.first, newest < rung { return newest }
    try run.remove()
    return nil
  }

  /// How a run is measured.
  private func question(_ key: Job.Key, of run: String, _ checkpoint: Int) -> [String] {
    let (objective, final) = (plan.settings.objective, plan.settings.final)
    let isTuning = key.phase == .tuning
    var arguments = ["evaluate", run, "--format", "json", "--threads", "\(threads)"]
    arguments += ["--checkpoint", "\(checkpoint)"]
    arguments += ["--split", isTuning ? objective.split.rawValue : "test"]
    arguments += ["--tasks", "\(isTuning ? objective.tasks : final.tasks)"]
    arguments += ["--seed", "\(isTuning ? objective.seed : final.seed)"]
    if let episodes = isTuning ? objective.episodes : final.episodes {
      arguments += ["--episodes", "\(episodes)"]
    }
    switch objective.protocol {
    case .perStep: arguments += ["--steps", "\(max(3, plan.scoredPoint ?? 0))"]
    case .perEpisode: arguments.append("--per-episode")
    case .online: arguments.append("--online")
    }
    return arguments
  }

  /// The objective of each task.
  private func values(in result: EvaluationResult) -> Result<[Double], Reason> {
    guard plan.settings.objective.measure != .area else {
      return .success(result.adaptationCurve.areas)
    }
    let isPerStep = plan.settings.objective.protocol == .perStep
    let points = result.curve.map { isPerStep ? $0.gradientSteps : $0.episodes }
    let asked = plan.scoredPoint ?? points.last ?? 0
    guard let point = points.firstIndex(of: asked) else {
      return .failure(
        Reason("objective.after is \(asked), but it is measured after \(points)"))
    }
    guard plan.settings.objective.measure == .success else {
      return .success(result.perTask.map { $0.returns[point] })
    }
    let rates = result.perTask.compactMap { $0.successRates?[point] }
    return rates.count == result.perTask.count
      ? .success(rates)
      : .failure(Reason("objective.measure is success, which the environment doesn't tell"))
  }

  private struct Reason: Error {
    let text: String
    init(_ text: String) { self.text = text }
  }

  /// Runs a child for a job.
  ///
  /// - Returns: What it wrote; nil where the job is left for later, or has failed, as the store says then.
  private func succeeds(_ arguments: [String], for key: Job.Key) throws -> String? {
    let trial = plan.trials[key.trial - 1]
    let lock = folder.run(of: trial, key.phase, seed: key.seed) + ".lock"
    guard let ended = try children.run(arguments, alone: lock) else {
      try store.release(key)
      return nil
    }
    switch ended.ending {
    case .code(0): return ended.output
    case .code(RecordError.Kind.inputOutput.rawValue):
      // The machine's fault is no trial's.
      throw RecordError(.inputOutput, ended.message)
    case .code(Interrupted.code), .signal:
      let attempts = state.withLock { state in
        state.attempts[key, default: 0] += 1
        return state.attempts[key] ?? 0
      }
      if attempts < Self.attemptLimit || isStopping {
        try store.release(key)
      } else {
        try fail(key, "ended \(ended.ending) \(attempts) times: \(ended.message)")
      }
    case .code: try fail(key, ended.message)
    }
    return nil
  }

  private func fail(_ key: Job.Key, _ message: String) throws {
    try store.fail(key, message)
    let trial = plan.trials[key.trial - 1]
    context.report("\(trial.title), seed \(key.seed), failed: \(message)")
  }

  /// Takes what is thrown as what ends the work.
  private func guarded(_ body: () throws -> Void) {
    do {
      try body()
    } catch {
      state.withLock { state in
        state.failure = state.failure ?? error as? RecordError ?? RecordError(.fault, "\(error)")
      }
    }
  }
}
