internal import Adaptation
internal import Differentiation
internal import EnvironmentKit
public import Parallel
internal import Rollouts

/// A quantity of the update that is not a finite number.
public struct NonFiniteUpdate: TransmissibleError, CustomStringConvertible {
  /// One line that names quantity, environment and iteration.
  public let description: String

  init(description: String) { self.description = description }

  /// Reads the line.
  public init(from message: inout Message) { description = message.read() }

  /// Writes the line.
  public func write(to message: inout Message) { message.write(description) }
}

/// Learns an initialization from tasks: each meta-iteration samples tasks, adapts the initialization to each of them, and
/// has the outer method improve it by how the adapted policies or models go on.
///
/// The result of an iteration depends on the state, the settings and the seed alone, not on the team.
public final class MetaLearner {
  /// What is learned.
  public let problem: Problem
  /// What is carried from iteration to iteration; assign a checkpoint's to go on from it.
  public var state: LearnerState
  /// The inner loop and the outer loop.
  public let settings: MetaLearningSettings
  private let team: any Team
  private let seed: UInt64
  private let improve: LearnerUpdate

  /// A learner before its first iteration.
  ///
  /// - Parameters:
  ///   - problem: The tasks, and what adapts to them.
  ///   - settings: The inner loop and the outer loop.
  ///   - seed: Names every random stream.
  ///   - team: Who shares the work over tasks.
  /// - Throws: The environment's error if it cannot make its worlds, or an `EnvironmentError` for an outer
  ///   method that has no use for examples.
  public init(
    problem: Problem, settings: MetaLearningSettings, seed: UInt64, team: any Team
  ) throws {
    self.problem = problem
    self.settings = settings
    self.seed = seed
    self.team = team
    state = LearnerState(
      parameters: problem.initialParameters(seed: seed, settings: settings),
      layout: problem.layout, inner: settings.inner)
    state.own = try settings.method.initialState(settings, problem.layout)
    improve = try settings.method.begin(
      LearnerTasks(problem: problem, seed: seed, workers: team.workers), settings)
  }

  /// Performs the next meta-iteration, or passes its update over where a number in it is not finite and
  /// settings say so.
  ///
  /// - Throws: ``NonFiniteUpdate``, or what collecting throws; the state is then as it was.
  public func iterate() throws -> IterationReport {
    do {
      return try update()
    } catch
      where settings.outer.nonFinite != .fail
      && (error is NonFiniteUpdate || error is NonFiniteValue)
    {
      state.iteration += 1
      state.skippedUpdates += 1
      if settings.outer.nonFinite == .shrink { state.rateShare /= 2 }
      return IterationReport(
        passedOver: state.iteration, points: settings.method.collections(settings),
        skipReason: "\(error)")
    }
  }

  private func update() throws -> IterationReport {
    let before = state
    do {
      let number = state.iteration + 1
      // Where tasks come from may be another program, which may have died in one process alone.
      let tasks = try team.agree {
        try problem.sampleTasks(
          split: .train, count: settings.outer.tasks, seed: seed, iteration: number)
      }
      let iteration = MetaIteration(
        number: number, tasks: tasks, adapter: (), problem: problem, settings: settings, team: team)
      let update = try improve(&state, iteration)
      try iteration.requireFinite(state.parameters, "a parameter")
      try iteration.requireFinite(state.logStepSizes, "a learned step size")
      var report = try report(number, update)
      report.diagnostics["updateNorm"] = Double(
        state.parameters.adding(before.parameters, scaledBy: -1).norm)
      state.iteration = number
      return report
    } catch {
      state = before
      throw error
    }
  }

  private func report(_ number: Int, _ update: OuterUpdate) throws -> IterationReport {
    let totals = team.sum(update.tasks) { TaskTotals($0) }
    return IterationReport(
      iteration: number, environmentSteps: totals.environmentSteps, returns: totals.scores,
      metrics: update.metrics,
      seconds: totals.seconds.divided(by: min(team.workers * team.processes, update.tasks.count))
        + update.seconds,
      diagnostics: diagnostics(totals))
  }
}

/// What a learner learns from, as outer methods ask for it.
struct LearnerTasks {
  let problem: Problem
  let seed: UInt64
  let workers: Int

  /// What adapts to tasks of whichever kind these are.
  func adapter(_ settings: MetaLearningSettings) throws -> any TaskAdapter {
    switch problem {
    case .episodes(let environment, let policy):
      try EpisodeAdapter(environment, policy, settings: settings, seed: seed, workers: workers)
    case .examples(let source, let model):
      ExampleAdapter(source, model, settings: settings, seed: seed)
    }
  }

  /// What adapts a policy.
  ///
  /// - Throws: An `EnvironmentError` where tasks have examples.
  func episodeAdapter(
    _ settings: MetaLearningSettings, for method: OuterMethodName
  ) throws -> EpisodeAdapter {
    guard case .episodes(let environment, let policy) = problem else {
      throw EnvironmentError(
        "has examples and no policy, which \(method.rawValue) needs; use "
          + settings.methods.forExamples, environment: problem.name)
    }
    return try EpisodeAdapter(
      environment, policy, settings: settings, seed: seed, workers: workers)
  }
}

/// An outer method at work on a learner's tasks.
typealias LearnerUpdate = (inout LearnerState, MetaIteration<Void>) throws -> OuterUpdate

extension MetaIteration {
  /// The same iteration with what adapts to its tasks.
  func iteration<Other>(of adapter: Other) -> MetaIteration<Other> {
    MetaIteration<Other>(
      number: number, tasks: tasks, adapter: adapter, problem: problem, settings: settings,
      team: team)
  }
}
