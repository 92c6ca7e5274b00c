internal import Adaptation
public import EnvironmentKit
public import Experiments
internal import Evaluation
public import MetaLearning
internal import Parallel
internal import Reports
public import RunRecords
internal import Training

/// A run that is about to be measured: its trained state, and the tasks to adapt it to.
public struct RunEvaluation: Sendable {
  /// The run's directory.
  public let directory: RunDirectory
  /// What was trained, with the episodes and threads that were asked for.
  public let experiment: Experiment
  /// What came of training.
  public let state: LearnerState
  /// Where tasks come from.
  public private(set) var split: TaskSplit
  /// The tasks.
  public private(set) var tasks: [AnyTask]
  /// Gradient steps.
  public let steps: Int
  /// What it is measured after.
  public let kind: EvaluationRequest.CurveKind
  /// Whether it learns while it acts rather than by gradient steps.
  public let learnsWithinEpisodes: Bool
  /// The seed of tasks and episodes.
  public let seed: Int
  /// The processes that share the tasks; nil for this one alone.
  let crew: Crew?
  /// Whose protocol it is; nil for one's own.
  let published: PublishedProtocol?
  /// Which training is measured, by which version.
  let origin: EvaluationResult.Origin
  /// How many tasks were asked for.
  private let taskCount: Int
  /// Whether the step sizes of training serve, with nothing chosen.
  private let asTrained: Bool
  /// Whether tasks are those that training drew, rather than new ones of the split.
  private var isTrainedOn = false
  /// What was chosen of how it adapts; nil until it is, or where nothing is to be chosen.
  private(set) var adaptation: AdaptationRecord?

  /// Reads a run, and draws the tasks to measure it on.
  ///
  /// - Parameters:
  ///   - path: The run's directory.
  ///   - request: What is asked about it; a number out of its range is a mistake of the program.
  ///   - environments: The environments and sources known.
  ///   - algorithms: The outer methods and networks known.
  ///   - observer: Is told what is to be known about the run.
  /// - Throws: `RecordError` for what is wrong with the run or the request, `PluginError`, and the environment's
  ///   error where it can't draw the tasks.
  public init(
    of path: String, asking request: EvaluationRequest, environments: EnvironmentRegistry,
    algorithms: Algorithms = Algorithms(),
    observer: EvaluationObserver = EvaluationObserver()
  ) throws {
    request.requireRanges()
    directory = try RunDirectory.open(path)
    var configuration = try directory.configuration()
    configuration.inner.episodes = request.episodes ?? configuration.inner.episodes
    configuration.run.threads = request.threads ?? configuration.run.threads
    if let factors = request.published?.laterStepFactors {
      configuration.evaluation.laterStepFactors = factors
    }
    if let folder = request.data { configuration.environment.readData(from: folder) }
    experiment = try Experiment(
      configuration, source: directory.configurationPath, environments: environments,
      algorithms: algorithms)
    try experiment.change?.check(source: path, isAllowed: request.allowsChanges) {
      observer.observe(.note($0))
    }
    state =
      switch request.checkpoint {
      case .newest:
        try SavedState(newestIn: directory, experiment: experiment) { observer.observe(.note($0)) }
          .state
      case .best: try SavedState(bestIn: directory, experiment: experiment).state
      case .iteration(let iteration):
        try SavedState(iteration, in: directory, experiment: experiment).state
      }
    if let published = request.published, case .examples = experiment.problem {
      throw RecordError(
        .usage,
        "\(path) has tasks of examples, which --protocol \(published.rawValue) isn't for; leave it out"
      )
    }
    learnsWithinEpisodes = experiment.learnsWithinEpisodes(state)
    kind = learnsWithinEpisodes && request.kind == .perStep ? .perEpisode : request.kind
    steps =
      learnsWithinEpisodes
      ? try Self.noSteps(request, of: experiment, path: path)
      : try Self.steps(request, of: experiment, path: path)
    (seed, asTrained, taskCount) = (request.seed, request.asTrained, request.tasks)
    (published, crew) = (request.published, request.crew)
    let facts = try request.settlesFacts ? directory.settledFacts() : directory.facts()
    origin = EvaluationResult.Origin(
      runStart: facts.start, fledge: fledgeVersion,
      configuration: experiment.configuration.identity)
    split = request.split
    tasks =
      try request.tasksOfEachKind(in: experiment.problem)
      ?? experiment.problem.sampleTasks(split: split, count: taskCount, seed: UInt64(seed))
    try crew?.requireWork(tasks.count, "\(tasks.count) tasks are to be measured")
    try experiment.requireAddressSpace(tasks: tasks.count)
  }

  /// The gradient steps of who takes none.
  private static func noSteps(
    _ request: EvaluationRequest, of experiment: Experiment, path: String
  ) throws -> Int {
    guard request.kind == .perStep && request.steps != nil else { return 0 }
    throw RecordError(
      .usage,
      "\(path): \(experiment.metaLearning.method.name.rawValue) takes no gradient steps to measure "
        + "after; use --per-episode or --online\(request.published == nil ? "" : " in place of --protocol")"
    )
  }

  /// The gradient steps that are asked for.
  private static func steps(
    _ request: EvaluationRequest, of experiment: Experiment, path: String
  ) throws -> Int {
    let inner = experiment.configuration.inner
    switch request.kind {
    case .perStep: return request.steps ?? max(3, inner.steps)
    case .perEpisode: return request.steps ?? 1
    case .online:
      guard case .episodes = experiment.problem else {
        throw RecordError(
          .usage,
          "\(path) has tasks of examples, which have no episodes to count; leave --online out")
      }
      if let steps = request.steps {
        throw RecordError(
          .usage,
          "--steps is \(steps), but --online takes a step after each episode; give --episodes instead"
        )
      }
      return inner.episodes - 1
    }
  }

  /// The same run, to be measured on as many tasks that it was trained on, or all if it has had fewer.
  ///
  /// - Returns: The run with these tasks.
  /// - Throws: `RecordError` where nothing was trained yet.
  public func onTrainedTasks() throws -> RunEvaluation {
    guard state.iteration > 0 else {
      throw RecordError(
        .usage,
        "\(directory.path): the checkpoint of iteration 0 has no training tasks to measure a gap "
          + "to; train the run, or leave --gap out")
    }
    var copy = self
    (copy.split, copy.isTrainedOn) = (.train, true)
    copy.tasks = try experiment.trainedTasks(taskCount, upTo: state.iteration)
    return copy
  }

  /// Leaves it one task of its own.
  mutating func adapt(to task: AnyTask) { tasks = [task] }

  /// The episodes for each step, and to measure with, or examples of each class.
  public var episodes: Int { experiment.configuration.inner.episodes }

  /// The episodes that a choice of how it adapts is made with, by episodes of experience.
  var adaptingEpisodes: Int { published?.episodeCounts?.last ?? episodes }

  /// The episodes of experience of a curve per episode, ascending from 0.
  var episodeCounts: [Int] { published?.episodeCounts ?? EvaluationRequest.episodeCounts }

  /// The environment steps of training, up to the checkpoint.
  ///
  /// - Throws: `RecordError` where the run's metrics can't be read.
  public func trainingSteps() throws -> Int {
    try directory.metrics().prefix(state.iteration).reduce(0) { $0 + $1.environmentSteps }
  }

  /// Whether the steps of training serve as they are, and a protocol says what later ones are.
  private var hasNothingToChoose: Bool {
    published == .finn2017 && experiment.configuration.evaluation.stepSizeFactors.isEmpty
  }

  /// A name that tells evaluations of different questions apart.
  public var name: String {
    let kind = isTrainedOn ? "trained" : split.rawValue
    return "\(paddedIteration)-\(kind)-\(tasks.count)tasks-\(protocolName)-seed\(seed)"
      + (asTrained ? "-as-trained" : "")
  }

  /// A name that tells choices of how it adapts apart, by protocol.
  var adaptationName: String { "\(paddedIteration)-\(protocolName)" }

  private var paddedIteration: String {
    let digits = String(state.iteration)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  private var protocolName: String {
    if let published { return published.rawValue }
    return switch kind {
    case .perStep: "\(steps)steps-\(episodes)episodes"
    case .perEpisode: "\(steps)steps-per-episode-\(episodes)episodes"
    case .online: "online-\(episodes)episodes"
    }
  }

  /// The same run with the choice of how it adapts: read from its directory, or made now and stored there.
  func tuned(_ observer: EvaluationObserver) throws -> RunEvaluation {
    guard !asTrained && !hasNothingToChoose && adaptation == nil else { return self }
    var copy = self
    copy.adaptation = try chosenAdaptation(observer)
    return copy
  }

  /// What measures it, by the choice of how it adapts.
  func measurement(record: MeasurementRecord = MeasurementRecord()) -> Measurement {
    Measurement(
      of: experiment.problem, state: state, settings: experiment.metaLearning,
      tasks: tasks, seed: UInt64(seed), team: Threads(experiment.threads),
      rule: adaptation?.rule ?? TestTimeRule(), record: record)
  }
}

extension EvaluationRequest {
  /// The tasks of a protocol that goes by their kinds; nil where they are drawn as usual.
  fileprivate func tasksOfEachKind(in problem: Problem) -> [AnyTask]? {
    guard published?.goesByKinds == true, case .episodes(let environment, _) = problem else {
      return nil
    }
    return environment.tasksOfEachKind(tasks, of: split, seed: UInt64(seed))
  }
}

extension Experiment {
  /// Whether what was trained learns while it acts.
  fileprivate func learnsWithinEpisodes(_ state: LearnerState) -> Bool {
    guard case .episodes(_, let policy) = problem else { return false }
    return metaLearning.trainedAdaptation(of: policy, from: state).learnsWithinEpisodes
  }
}

extension AdaptationRecord {
  /// What was chosen.
  var rule: TestTimeRule {
    TestTimeRule(
      factor: stepSizeFactor, trainedSteps: trainedSteps, laterFactor: laterStepFactor)
  }
}
