internal import Adaptation
public import EnvironmentKit
internal import Evaluation
internal import Experiments
internal import MetaLearning
public import Reports
internal import RunRecords
internal import Statistics

extension RunEvaluation {
  /// Measures the run. What is measured of a task is written at once, so that the same evaluation goes on where an
  /// earlier one was stopped.
  ///
  /// - Parameters:
  ///   - threshold: The mean return that counts as adapted; nil for a share of the curve's own gain.
  ///   - observer: Follows it.
  /// - Returns: What was found, which isn't stored.
  /// - Throws: What went wrong in an episode, or ``EvaluationStopped``.
  public func result(
    threshold: Double? = nil, observer: EvaluationObserver = EvaluationObserver()
  ) throws -> EvaluationResult {
    let tuned = try tuned(observer)
    let partial = PartialResult(of: tuned, observer: observer)
    let curve = try partial.completed { try tuned.curve(record: partial.record) }
    let problem = experiment.problem
    return EvaluationResult(
      curve,
      of: .init(
        environment: problem.name, score: problem.score, split: split, seed: seed,
        checkpoint: state.iteration, episodes: episodes, origin: origin,
        adaptation: tuned.adaptation),
      tasks: tasks, optimum: problem.optimalReturn, threshold: threshold,
      notes: [experiment.note(on: split), noteOnTrials, noteOnKinds].compactMap(\.self))
  }

  /// What was found about the run before, or else what is found now, which is stored.
  ///
  /// - Parameter observer: Is told that a run is measured, and follows it.
  /// - Returns: What was found.
  /// - Throws: As ``result(threshold:observer:)``.
  public func storedResult(
    observer: EvaluationObserver = EvaluationObserver()
  ) throws -> EvaluationResult {
    let tuned = try tuned(observer)
    if let text = directory.evaluation(name: name),
      let stored: EvaluationResult = try? value(ofJSON: text), stored.origin == origin,
      stored.adaptation?.rule == tuned.adaptation?.rule, tuned.isWhole(stored.adaptationCurve),
      stored.perTask.map(\.task) == tasks.map(\.parameterValue)
    {
      return stored
    }
    observer.observe(.note("measuring \(directory.path)\(kind.addition)"))
    let result = try tuned.result(observer: observer)
    // Where the run's directory can't be written to, it is measured anew each time.
    _ = try? directory.write(evaluation: json(result), name: name)
    return result
  }

  /// Episodes of the run recorded for a replay.
  ///
  /// - Parameters:
  ///   - indices: Tasks, by their index.
  ///   - observer: Follows it.
  /// - Returns: Recorded episodes, `[index, step]`; none where tasks have examples.
  /// - Throws: What went wrong in an episode, or ``EvaluationStopped``.
  public func recordings(
    ofTasks indices: [Int], observer: EvaluationObserver = EvaluationObserver()
  ) throws -> [[RecordedEpisode]] {
    var record = MeasurementRecord()
    record.shouldStop = observer.shouldStop
    guard case .episodes(let measurement) = try tuned(observer).measurement(record: record) else {
      return []
    }
    do {
      let phases =
        learnsWithinEpisodes
        ? experiment.metaLearning.method.collections(experiment.metaLearning) - 1 : steps
      return try measurement.recordings(ofTasks: indices, steps: phases, episodes: episodes)
    } catch is MeasurementStopped {
      throw EvaluationStopped.recording
    }
  }

  /// How good nearest neighbours are on each task; nil where tasks have no examples.
  ///
  /// - Parameter neighbors: How many have a say.
  /// - Returns: A score for each task.
  /// - Throws: What following the measurement throws.
  public func nearestNeighbors(_ neighbors: Int) throws -> [Double]? {
    guard case .examples(let measurement) = measurement() else { return nil }
    return try measurement.nearestNeighbors(shots: episodes, neighbors: neighbors)
  }

  /// What training found, beside what is known to be best with the shots of training; nil where nothing is known.
  ///
  /// - Throws: `RecordError` where the run's configuration can't be read.
  public func closedForms() throws -> [ClosedForm]? {
    let settings = try directory.configuration().metaLearning
    let known = experiment.problem.closedForms(of: state, settings: settings)
    return known.isEmpty ? nil : known
  }

  /// Adds a curve to the run's events of TensorBoard, at the checkpoint's iteration.
  ///
  /// - Parameter result: What was found about the run.
  /// - Throws: `RecordError` of kind `inputOutput`.
  public func addEvents(of result: EvaluationResult) throws {
    let scalars = result.curve.map { row in
      let place = kind == .perStep ? "\(row.gradientSteps)Steps" : "\(row.episodes)Episodes"
      return ("\(result.split)/\(result.score)/after\(place)", row.mean)
    }
    try EventsFile.add(scalars, step: result.checkpoint, in: directory.evaluationsPath)
  }

  /// What to know where more episodes are measured than a policy that remembers was trained to remember.
  private var noteOnTrials: String? {
    let settings = experiment.metaLearning
    let trained = settings.method.collections(settings)
    guard learnsWithinEpisodes, kind == .online ? episodes > trained : true else { return nil }
    return
      "trained on trials of \(counted(trained, "episode")); what it remembers of more is not what it was "
      + "trained for"
  }

  /// What to know where a protocol that goes by kinds of tasks finds none.
  private var noteOnKinds: String? {
    guard published?.goesByKinds == true, case .episodes(let environment, _) = experiment.problem,
      environment.listedTasks == nil
    else { return nil }
    return "\(environment.name) lists no kinds of tasks, so \(tasks.count) were drawn"
  }

  /// Whether a curve tells what measuring would: a file may be damaged, or edited.
  private func isWhole(_ curve: AdaptationCurve) -> Bool {
    let measurement = measurement()
    let points =
      switch kind {
      case .perStep: measurement.points(perStep: steps, episodes: episodes)
      case .perEpisode: measurement.points(perEpisode: episodeCounts, steps: steps)
      case .online: measurement.points(online: episodes)
      }
    let count = curve.experience.first?.count ?? 0
    return curve.points == points
      && curve.outcomes.allSatisfy { $0.isWhole(points: points.count, episodes: count) }
  }

  private func curve(record: MeasurementRecord) throws -> AdaptationCurve {
    let points: MeasuringPlan.Points =
      switch kind {
      case .perStep: .perStep(steps, episodes: episodes)
      case .perEpisode: .perEpisode(episodeCounts, steps: steps, episodes: episodes)
      case .online: .online(episodes)
      }
    return try MeasuringPlan(
      tasks: tasks, seed: UInt64(seed), rule: adaptation?.rule ?? TestTimeRule(), points: points
    ).sharedCurve(of: experiment, at: state, in: crew, record: record)
  }
}

extension EvaluationRequest.CurveKind {
  /// What tells it from the usual kind, behind a run's name.
  fileprivate var addition: String {
    switch self {
    case .perStep: ""
    case .perEpisode: " per episode"
    case .online: " online"
    }
  }
}
