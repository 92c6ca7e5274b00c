internal import Differentiation
public import EnvironmentKit
public import MetaLearning
public import Policies
internal import Rollouts
public import Statistics

/// Adapts a trained policy to tasks and measures how well it does then, on fresh episodes of its own.
public struct AdaptationMeasurement: Sendable {
  private var environment: AnyEnvironment
  private let policy: Policy
  private let state: LearnerState
  private let settings: MetaLearningSettings
  private let tasks: [AnyTask]
  private let seed: UInt64
  private let threads: Int
  private let rule: TestTimeRule
  private let record: MeasurementRecord

  /// Describes what is measured.
  ///
  /// - Parameters:
  ///   - environment: The tasks' environment.
  ///   - policy: The policy that was trained.
  ///   - state: The trained initialization and step sizes.
  ///   - settings: Of training: its inner loop is repeated.
  ///   - tasks: The tasks.
  ///   - seed: Names the random streams, which training never uses.
  ///   - threads: Workers over tasks; results don't depend on it.
  ///   - rule: What becomes of the step sizes of training.
  ///   - record: How it is followed.
  public init(
    environment: AnyEnvironment, policy: Policy, state: LearnerState,
    settings: MetaLearningSettings, tasks: [AnyTask], seed: UInt64, threads: Int,
    rule: TestTimeRule = TestTimeRule(), record: MeasurementRecord = MeasurementRecord()
  ) {
    self.environment = environment
    self.policy = policy
    self.state = state
    self.settings = settings
    self.tasks = tasks
    self.seed = seed
    self.threads = threads
    self.rule = rule
    self.record = record
  }

  /// Measures after every gradient step. The fresh episodes also serve the next step, unless steps
  /// learn from episodes with a wider noise: then those are collected besides.
  ///
  /// - Parameters:
  ///   - steps: Gradient steps, at least 0.
  ///   - episodes: Episodes collected for each step, and after the last.
  /// - Returns: A point for each number of steps from 0.
  /// - Throws: What collecting throws.
  public func perStep(_ steps: Int, episodes: Int) throws -> AdaptationCurve {
    let points = points(perStep: steps, episodes: episodes)
    return AdaptationCurve(
      points: points,
      outcomes: try measured(
        Array(tasks.indices), points, capacity: episodes
      ) { adaptation, subject in
        try adapt(&subject, adaptation, steps: steps, episodes: episodes)
      }.map(\.outcome))
  }

  /// Records, of the episodes that ``perStep(_:episodes:)`` measures with, each point's first one.
  ///
  /// - Parameters:
  ///   - indices: Tasks, by their index.
  ///   - steps: Gradient steps, at least 0.
  ///   - episodes: Episodes collected for each step, and after the last.
  /// - Returns: Recorded episodes, `[index, step]`.
  /// - Throws: What collecting throws.
  public func recordings(
    ofTasks indices: [Int], steps: Int, episodes: Int
  ) throws -> [[RecordedEpisode]] {
    var shown = self
    shown.environment = environment.shown
    return try shown.measured(
      indices, points(perStep: steps, episodes: episodes), capacity: episodes
    ) { adaptation, subject in
      subject.recorded = []
      try adapt(&subject, adaptation, steps: steps, episodes: episodes)
    }.map { $0.recorded ?? [] }
  }

  private func adapt(
    _ subject: inout Subject, _ adaptation: TestTimeAdaptation, steps: Int, episodes: Int
  ) throws {
    var parameters = state.parameters
    for step in 0...steps {
      let measured = try subject.measure(episodes, policy, parameters, phase: step)
      guard step < steps else { break }
      let explorer = adaptation.explorer
      let learnedFrom =
        explorer == policy
        ? measured : try subject.collect(episodes, explorer, parameters, phase: step)
      subject.outcome.experience += learnedFrom.returns
      parameters = adaptation.step(step, from: parameters, on: learnedFrom)
    }
  }

  /// Measures after numbers of episodes, each from the initialization anew: all of its steps learn from
  /// the same episodes, and more episodes contain the fewer ones.
  ///
  /// - Parameters:
  ///   - counts: Numbers of episodes of experience, ascending from 0.
  ///   - steps: Gradient steps on them, at least 1.
  ///   - episodes: Fresh episodes for each point.
  /// - Returns: A point for each count.
  /// - Throws: What collecting throws.
  public func perEpisode(_ counts: [Int], steps: Int, episodes: Int) throws -> AdaptationCurve {
    let points = points(perEpisode: counts, steps: steps)
    let capacity = max(episodes, counts.max() ?? 0)
    let outcomes = try measured(
      Array(tasks.indices), points, capacity: capacity
    ) { adaptation, subject in
      let experience = try subject.collect(
        counts.max() ?? 0, adaptation.explorer, state.parameters, phase: 0)
      subject.outcome.experience = experience.returns
      for count in counts {
        let parameters =
          count == 0
          ? state.parameters
          : adaptation.adapted(
            from: state.parameters, on: experience.prefix(count), steps: steps)
        _ = try subject.measure(episodes, policy, parameters, phase: 1)
      }
    }.map(\.outcome)
    return AdaptationCurve(points: points, outcomes: outcomes)
  }

  func points(perStep steps: Int, episodes: Int) -> [AdaptationCurve.Point] {
    (0...steps).map { .init(gradientSteps: $0, episodes: $0 * episodes) }
  }

  func points(perEpisode counts: [Int], steps: Int) -> [AdaptationCurve.Point] {
    counts.map { .init(gradientSteps: $0 == 0 ? 0 : steps, episodes: $0) }
  }

  /// One task, whose episodes are collected and counted.
  private struct Subject {
    let collector: Collector
    let task: AnyTask
    let seed: UInt64
    let record: MeasurementRecord
    var outcome: AdaptationCurve.TaskOutcome
    /// The first episode of each measurement, where that is asked for.
    var recorded: [RecordedEpisode]?
    private var successRates: [Double?] = []

    init(
      collector: Collector, task: AnyTask, seed: UInt64, record: MeasurementRecord,
      outcome: AdaptationCurve.TaskOutcome
    ) {
      (self.collector, self.task, self.seed) = (collector, task, seed)
      (self.record, self.outcome) = (record, outcome)
    }

    /// Collects fresh episodes and keeps what they tell.
    mutating func measure(
      _ count: Int, _ policy: Policy, _ parameters: Tensor<Float>, phase: Int
    ) throws -> Episodes {
      var view = EpisodeView()
      let watch: Collector.Watch = { worlds, isLast throws(WorldFailure) in
        try view.look(at: worlds, isLast: isLast)
      }
      let measured = try collect(
        count, policy, parameters, phase: phase, watch: recorded == nil ? nil : watch)
      outcome.returns.append(measured.meanReturn)
      successRates.append(measured.successRate)
      // Where some episodes tell of success, those of which none does have not succeeded.
      let tells = successRates.contains { $0 != nil }
      outcome.successRates = tells ? successRates.map { $0 ?? 0 } : []
      recorded?.append(
        RecordedEpisode(
          scenes: view.scenes, pictures: view.pictures,
          rewards: Array(measured.rewards[measured.steps(of: 0)]),
          terminated: measured.terminated[0], succeeded: measured.succeeded?[0]))
      return measured
    }

    mutating func collect(
      _ count: Int, _ actor: Policy, _ parameters: Tensor<Float>, phase: Int,
      watch: Collector.Watch? = nil
    ) throws -> Episodes {
      try record.checkStop()
      // Training counts its iterations from 1, so iteration 0 names streams of evaluation alone.
      let collected = try collector.collect(
        count, task: task, policy: actor, parameters: parameters,
        name: CollectionName(seed: seed, iteration: 0, task: outcome.task, phase: phase),
        watch: watch)
      outcome.environmentSteps += collected.stepCount
      return collected
    }
  }

  /// Measures tasks in parallel; those of an earlier measurement are taken from it.
  private func measured(
    _ indices: [Int], _ points: [AdaptationCurve.Point], capacity: Int,
    _ measure: (TestTimeAdaptation, inout Subject) throws -> Void
  ) throws -> [Subject] {
    let workers = max(1, min(threads, indices.count))
    let collectors = try (0..<workers).map { _ in
      try Collector(environment: environment, policy: policy, capacity: capacity)
    }
    let adaptation = TestTimeAdaptation(
      policy: policy, settings: settings, state: state, rule: rule)
    return try parallelMap(count: indices.count, threads: workers) { worker, place in
      let index = indices[place]
      var subject = Subject(
        collector: collectors[worker], task: tasks[index], seed: seed,
        record: record, outcome: .init(task: index))
      if let outcome = record.outcome(
        of: index, points: points.count, episodes: points.last?.episodes ?? 0)
      {
        subject.outcome = outcome
        return subject
      }
      try measure(adaptation, &subject)
      try record.didMeasure(subject.outcome)
      return subject
    }
  }
}
