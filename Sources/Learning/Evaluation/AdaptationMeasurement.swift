public import Adaptation
public import Differentiation
public import EnvironmentKit
public import Parallel
internal import Policies
internal import Rollouts
public import Statistics

/// Adapts a trained policy to tasks and measures how well it does then, on fresh episodes of its own.
public struct AdaptationMeasurement: Sendable {
  private var environment: AnyEnvironment
  private let adaptation: any Adaptation
  private let tasks: [AnyTask]
  private let seed: UInt64
  private let team: any Team
  private let record: MeasurementRecord

  /// Describes what is measured.
  ///
  /// - Parameters:
  ///   - environment: The tasks' environment.
  ///   - adaptation: How what was trained adapts.
  ///   - tasks: The tasks.
  ///   - seed: Names the random streams, which training never uses.
  ///   - team: Who shares the work over tasks; results don't depend on it.
  ///   - record: How it is followed.
  public init(
    environment: AnyEnvironment, adaptation: any Adaptation, tasks: [AnyTask], seed: UInt64,
    team: any Team, record: MeasurementRecord = MeasurementRecord()
  ) {
    self.environment = environment
    self.adaptation = adaptation
    self.tasks = tasks
    self.seed = seed
    self.team = team
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
      outcomes: try outcomes(points, capacity: episodes) {
        try adapt(adaptation, &$0, steps: steps, episodes: episodes)
      })
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
    let collectors = try shown.collectors(for: indices.count, capacity: episodes)
    return try Threads(team.workers).map(indices.count) { worker, place in
      var subject = shown.subject(indices[place], collectors[worker])
      subject.recorded = []
      try adapt(adaptation, &subject, steps: steps, episodes: episodes)
      return subject.recorded ?? []
    }.values
  }

  /// What is learned of a task as ``perStep(_:episodes:)`` adapts to it, or of an episode after the other by who learns
  /// within them.
  ///
  /// - Parameters:
  ///   - index: The task's.
  ///   - steps: Gradient steps, at least 1.
  ///   - episodes: Episodes collected for each step; or all there are.
  /// - Returns: What is known then, nil where it can't be kept; and from how many episodes, of how many steps in all.
  /// - Throws: What collecting throws.
  public func learned(
    ofTask index: Int, steps: Int, episodes: Int
  ) throws -> (arrays: [String: Tensor<Float>]?, episodes: Int, steps: Int) {
    let single = adaptation.learnsWithinEpisodes
    var subject = subject(
      index, try collectors(for: 1, capacity: single ? 1 : episodes)[0])
    let arrays =
      single
      ? try arrays(adaptation, &subject, after: episodes)
      : try arrays(adaptation, &subject, steps: steps, episodes: episodes)
    return (arrays, single ? episodes : steps * episodes, subject.learnedSteps)
  }

  private func arrays<Kind: Adaptation>(
    _ adaptation: Kind, _ measured: inout MeasuredTask, steps: Int, episodes: Int
  ) throws -> [String: Tensor<Float>]? {
    adaptation.arrays(
      of: try adapt(adaptation, &measured, steps: steps, episodes: episodes))
  }

  private func arrays<Kind: Adaptation>(
    _ adaptation: Kind, _ measured: inout MeasuredTask, after episodes: Int
  ) throws -> [String: Tensor<Float>]? {
    adaptation.arrays(of: try goThrough(adaptation, &measured, [episodes], trials: 1))
  }

  @discardableResult
  private func adapt<Kind: Adaptation>(
    _ adaptation: Kind, _ measured: inout MeasuredTask, steps: Int, episodes: Int
  ) throws -> Kind.Progress {
    var progress = adaptation.begin()
    for step in 0...steps {
      let shown = try measured.measure(episodes, adaptation.actor(progress), phase: step)
      guard step < steps else { break }
      let learnedFrom =
        try adaptation.explorer(progress).map {
          try measured.collect(episodes, $0, phase: step)
        } ?? shown
      measured.learned(from: learnedFrom, learnedFrom.returns)
      adaptation.learn(&progress, from: learnedFrom, repetitions: nil)
    }
    return progress
  }

  /// Measures after numbers of episodes, each from the initialization anew: all of its steps learn from
  /// the same episodes, and more episodes contain the fewer ones. Who learns within episodes has trials instead, each
  /// with a memory of its own, whose next episode after so many is measured.
  ///
  /// - Parameters:
  ///   - counts: Numbers of episodes of experience, ascending from 0.
  ///   - steps: Gradient steps on them, at least 1; of no meaning to who learns within episodes.
  ///   - episodes: Fresh episodes for each point, or trials.
  /// - Returns: A point for each count.
  /// - Throws: What collecting throws.
  public func perEpisode(_ counts: [Int], steps: Int, episodes: Int) throws -> AdaptationCurve {
    let points = points(perEpisode: counts, steps: steps)
    let capacity = adaptation.learnsWithinEpisodes ? episodes : max(episodes, counts.max() ?? 0)
    let outcomes = try outcomes(points, capacity: capacity) {
      if adaptation.learnsWithinEpisodes {
        try goThrough(adaptation, &$0, counts, trials: episodes)
      } else {
        try adapt(adaptation, &$0, counts, steps: steps, episodes: episodes)
      }
    }
    return AdaptationCurve(points: points, outcomes: outcomes)
  }

  private func adapt(
    _ adaptation: some Adaptation, _ measured: inout MeasuredTask, _ counts: [Int], steps: Int,
    episodes: Int
  ) throws {
    let beginning = adaptation.begin()
    let experience = try measured.collect(
      counts.max() ?? 0, adaptation.explorer(beginning) ?? adaptation.actor(beginning), phase: 0)
    measured.outcome.experience = experience.returns
    for count in counts {
      var progress = beginning
      if count > 0 {
        adaptation.learn(&progress, from: experience.prefix(count), repetitions: steps)
      }
      _ = try measured.measure(episodes, adaptation.actor(progress), phase: 1)
    }
  }

  /// Episodes one after the other, or trials of them side by side, of which some count; each is learned from before the next.
  @discardableResult
  private func goThrough<Kind: Adaptation>(
    _ adaptation: Kind, _ measured: inout MeasuredTask, _ counts: [Int], trials: Int
  ) throws -> Kind.Progress {
    var progress = adaptation.begin()
    let last = counts.max() ?? 0
    for number in 0...last {
      let actor = adaptation.explorer(progress) ?? adaptation.actor(progress)
      let episodes =
        counts.contains(number)
        ? try measured.measure(trials, actor, phase: number)
        : try measured.collect(trials, actor, phase: number)
      guard number < last else { break }
      measured.learned(from: episodes, [episodes.meanReturn])
      adaptation.learn(&progress, from: episodes, repetitions: nil)
    }
    return progress
  }

  /// Measures episode by episode, with none besides: each episode counts as it goes, and is learned from before the next.
  ///
  /// - Parameter episodes: How many episodes there are, at least 1.
  /// - Returns: A point for each episode, with how many were learned from before it.
  /// - Throws: What collecting throws.
  public func online(_ episodes: Int) throws -> AdaptationCurve {
    let points = points(online: episodes)
    let outcomes = try outcomes(points, capacity: 1) {
      try goThrough(adaptation, &$0, Array(0..<episodes), trials: 1)
    }
    return AdaptationCurve(points: points, outcomes: outcomes)
  }

  func points(perStep steps: Int, episodes: Int) -> [AdaptationCurve.Point] {
    adaptation.learnsWithinEpisodes
      ? (0...steps).map { .init(gradientSteps: 0, episodes: $0) }
      : (0...steps).map { .init(gradientSteps: $0, episodes: $0 * episodes) }
  }

  func points(perEpisode counts: [Int], steps: Int) -> [AdaptationCurve.Point] {
    counts.map {
      .init(
        gradientSteps: $0 == 0 || adaptation.learnsWithinEpisodes ? 0 : steps, episodes: $0)
    }
  }

  func points(online episodes: Int) -> [AdaptationCurve.Point] {
    (0..<episodes).map {
      .init(gradientSteps: adaptation.learnsWithinEpisodes ? 0 : $0, episodes: $0)
    }
  }

  private func firstActor(_ adaptation: some Adaptation) -> Actor {
    adaptation.actor(adaptation.begin())
  }

  private func collectors(for count: Int, capacity: Int) throws -> [Collector] {
    let policy = firstActor(adaptation).policy
    return try (0..<max(1, min(team.workers, count))).map { _ in
      try Collector(environment: environment, policy: policy, capacity: capacity)
    }
  }

  private func subject(_ task: Int, _ collector: Collector) -> MeasuredTask {
    MeasuredTask(
      collector: collector, task: tasks[task], seed: seed, record: record,
      outcome: .init(task: task)
    )
  }

  /// Measures tasks in parallel; those of an earlier measurement are taken from it.
  private func outcomes(
    _ points: [AdaptationCurve.Point], capacity: Int, _ measure: (inout MeasuredTask) throws -> Void
  ) throws -> [AdaptationCurve.TaskOutcome] {
    // A world that can't be made in one process alone.
    let collectors = try team.agree {
      try self.collectors(for: tasks.count, capacity: capacity)
    }
    return try record.outcomes(
      of: tasks.count, points: points.count, episodes: points.last?.episodes ?? 0, by: team
    ) { worker, task in
      var subject = subject(task, collectors[worker])
      try measure(&subject)
      return subject.outcome
    }
  }
}
