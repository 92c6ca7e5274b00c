internal import Adaptation
internal import EnvironmentKit
internal import Evaluation
internal import Experiments
internal import MetaLearning
internal import Parallel
internal import Reports
internal import RunRecords
internal import Statistics

/// The choice of how a run's policy or model adapts after training, on its validation tasks, by the protocol
/// that it will be measured with.
struct AdaptationTuningRun {
  let directory: RunDirectory
  let experiment: Experiment
  let state: LearnerState
  let steps: Int
  let perEpisode: Bool
  /// Workers over tasks; the choice doesn't depend on it.
  let threads: Int
  let origin: EvaluationResult.Origin

  /// What was chosen before, or else what is chosen now, which is stored.
  ///
  /// - Parameter context: Is told of an interruption.
  /// - Returns: The choice; nil where there is nothing to choose.
  /// - Throws: What went wrong in an episode, or `Interrupted`.
  func record(in context: Context) throws -> AdaptationRecord? {
    guard isNeeded else { return nil }
    if let text = directory.adaptation(name: name),
      let stored: AdaptationRecord = try? value(ofJSON: text), stored.origin == origin,
      stored.validationTasks == settings.tuningTasks, isOf(stored)
    {
      return stored
    }
    let choice = try followed(in: context)
    let record = AdaptationRecord(
      stepSizeFactor: choice.rule.factor, trainedSteps: choice.rule.trainedSteps,
      laterStepFactor: choice.rule.laterFactor, validationTasks: settings.tuningTasks,
      environmentSteps: choice.environmentSteps,
      candidates: choice.candidates.map {
        AdaptationRecord.Candidate(
          stepSizeFactor: $0.rule.factor, laterStepFactor: $0.rule.laterFactor, score: $0.score)
      }, origin: origin)
    // Where the run's directory can't be written to, it is chosen anew each time.
    _ = try? directory.write(adaptation: json(record), name: name)
    return record
  }

  private var settings: EvaluationSettings { experiment.configuration.evaluation }

  private var inner: InnerSettings { experiment.configuration.inner }

  /// Where all steps learn from the same episodes, only the first does as in training.
  private var countedSteps: Int? {
    guard case .episodes = experiment.problem, perEpisode else { return nil }
    return 1
  }

  private var hasLaterSteps: Bool {
    steps > max(min(countedSteps ?? inner.steps, inner.steps), 1)
  }

  private var isNeeded: Bool { steps > 0 && (!settings.stepSizeFactors.isEmpty || hasLaterSteps) }

  /// Whether a record answers what the configuration asks now: a file may be damaged, or of other factors.
  private func isOf(_ record: AdaptationRecord) -> Bool {
    let asked =
      settings.stepSizeFactors.map { [$0, 1] }
      + (hasLaterSteps ? settings.laterStepFactors.map { [record.stepSizeFactor, $0] } : [])
    let tried = record.candidates.map { [$0.stepSizeFactor, $0.laterStepFactor] }
    return tried == asked && record.trainedSteps == countedSteps
      && tried.contains([record.stepSizeFactor, record.laterStepFactor])
  }

  private func choice() throws -> AdaptationTuning.Choice {
    let configuration = experiment.configuration
    let tasks = try experiment.problem.sampleTasks(
      split: .validation, count: settings.tuningTasks, seed: experiment.seed)
    var record = MeasurementRecord()
    record.shouldStop = { Interruption.isRequested }
    return try AdaptationTuning(
      factors: settings.stepSizeFactors, laterFactors: settings.laterStepFactors
    ).choice(
      from: TestTimeRule(trainedSteps: countedSteps), trainedSteps: inner.steps, steps: steps
    ) { rule, steps in
      let measurement = Measurement(
        of: experiment.problem, state: state, settings: configuration.metaLearning, tasks: tasks,
        seed: experiment.seed, team: Threads(max(1, threads)), rule: rule, record: record)
      return perEpisode
        ? try measurement.perEpisode([inner.episodes], steps: steps, episodes: inner.episodes)
        : try measurement.perStep(steps, episodes: inner.episodes)
    }
  }

  /// Chooses, and says so where somebody is looking.
  private func followed(in context: Context) throws -> AdaptationTuning.Choice {
    Interruption.watch()
    if standardErrorIsTerminal {
      let tasks = "\(settings.tuningTasks) validation tasks"
      writeStandardError("choosing how \(directory.path) adapts, on \(tasks)\u{1B}[K")
    }
    defer { if standardErrorIsTerminal { writeStandardError("\r\u{1B}[K") } }
    do {
      return try choice()
    } catch is MeasurementStopped {
      context.report("\(directory.path): interrupted before it was chosen how it adapts")
      throw Interrupted()
    }
  }

  /// A name that tells choices for different protocols apart.
  private var name: String {
    let digits = String(state.iteration)
    let padding = String(repeating: "0", count: max(0, 6 - digits.count))
    return "\(padding)\(digits)-\(steps)steps-\(perEpisode ? "per-episode-" : "")"
      + "\(inner.episodes)episodes"
  }
}

extension AdaptationRecord {
  /// What was chosen.
  var rule: TestTimeRule {
    TestTimeRule(
      factor: stepSizeFactor, trainedSteps: trainedSteps, laterFactor: laterStepFactor)
  }
}
