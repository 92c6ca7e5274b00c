internal import Adaptation
internal import EnvironmentKit
internal import Evaluation
internal import Experiments
internal import MetaLearning
internal import Parallel
internal import Reports
internal import RunRecords

// The choice of how a run's policy or model adapts after training, on its validation tasks, by the protocol that it
// will be measured with.
extension RunEvaluation {
  /// What was chosen before, or else what is chosen now, which is stored.
  ///
  /// - Parameter observer: Follows it.
  /// - Returns: The choice; nil where there is nothing to choose.
  /// - Throws: What went wrong in an episode, or ``EvaluationStopped``.
  func chosenAdaptation(_ observer: EvaluationObserver) throws -> AdaptationRecord? {
    guard !learnsWithinEpisodes && steps > 0 && (!settings.stepSizeFactors.isEmpty || hasLaterSteps)
    else { return nil }
    if let text = directory.adaptation(name: adaptationName),
      let stored: AdaptationRecord = try? value(ofJSON: text), stored.origin == origin,
      stored.validationTasks == settings.tuningTasks, isAnswered(by: stored)
    {
      return stored
    }
    let choice = try followedChoice(observer)
    let record = AdaptationRecord(
      stepSizeFactor: choice.rule.factor, trainedSteps: choice.rule.trainedSteps,
      laterStepFactor: choice.rule.laterFactor, validationTasks: settings.tuningTasks,
      environmentSteps: choice.environmentSteps,
      candidates: choice.candidates.map {
        AdaptationRecord.Candidate(
          stepSizeFactor: $0.rule.factor, laterStepFactor: $0.rule.laterFactor, score: $0.score)
      }, origin: origin)
    // Where the run's directory can't be written to, it is chosen anew each time.
    _ = try? directory.write(adaptation: json(record), name: adaptationName)
    return record
  }

  private var settings: EvaluationSettings { experiment.configuration.evaluation }

  private var inner: InnerSettings { experiment.configuration.inner }

  /// Where all steps learn from the same episodes, only the first does as in training.
  private var countedSteps: Int? {
    guard case .episodes = experiment.problem, kind == .perEpisode else { return nil }
    return 1
  }

  private var hasLaterSteps: Bool {
    steps > max(min(countedSteps ?? inner.steps, inner.steps), 1)
  }

  /// Whether a record answers what the configuration asks now: a file may be damaged, or of other factors.
  private func isAnswered(by record: AdaptationRecord) -> Bool {
    let asked =
      settings.stepSizeFactors.map { [$0, 1] }
      + (hasLaterSteps ? settings.laterStepFactors.map { [record.stepSizeFactor, $0] } : [])
    let tried = record.candidates.map { [$0.stepSizeFactor, $0.laterStepFactor] }
    return tried == asked && record.trainedSteps == countedSteps
      && tried.contains([record.stepSizeFactor, record.laterStepFactor])
  }

  private func followedChoice(
    _ observer: EvaluationObserver
  ) throws -> AdaptationTuning.Choice {
    observer.observe(.choosing(run: directory.path, tasks: settings.tuningTasks))
    defer { observer.observe(.ended) }
    do {
      return try choice(observer)
    } catch is MeasurementStopped {
      throw EvaluationStopped.choosing(run: directory.path)
    }
  }

  private func choice(_ observer: EvaluationObserver) throws -> AdaptationTuning.Choice {
    let validationTasks = try experiment.problem.sampleTasks(
      split: .validation, count: settings.tuningTasks, seed: experiment.seed)
    var record = MeasurementRecord()
    record.shouldStop = observer.shouldStop
    return try AdaptationTuning(
      factors: settings.stepSizeFactors, laterFactors: settings.laterStepFactors
    ).choice(
      from: TestTimeRule(trainedSteps: countedSteps), trainedSteps: inner.steps, steps: steps
    ) { rule, steps in
      let points: MeasuringPlan.Points =
        switch kind {
        case .perStep: .perStep(steps, episodes: episodes)
        case .perEpisode: .perEpisode([adaptingEpisodes], steps: steps, episodes: episodes)
        // A step after each episode but the last.
        case .online: .online(steps + 1)
        }
      return try MeasuringPlan(
        tasks: validationTasks, seed: experiment.seed, rule: rule, points: points
      ).sharedCurve(
        // No more than the tasks whose threads were found to have room; the choice doesn't depend on it.
        of: experiment, at: state, in: crew, threads: tasks.count, record: record)
    }
  }
}
