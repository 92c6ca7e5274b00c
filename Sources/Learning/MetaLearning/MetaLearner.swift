internal import Differentiation
internal import EnvironmentKit
internal import Policies
internal import Rollouts

/// A quantity of the update that is not a finite number.
public struct NonFiniteUpdate: Error, CustomStringConvertible {
  /// One line that names quantity, environment and iteration.
  public let description: String
}

/// Model-agnostic meta-learning (Finn, Abbeel and Levine 2017): each meta-iteration samples tasks, adapts
/// the shared initialization to each of them, and improves the initialization by how the adapted policies or
/// models go on.
///
/// The result of an iteration depends on the state, the settings and the seed alone, not on the number
/// of threads.
public final class MetaLearner {
  /// What is learned.
  public let problem: Problem
  /// What is carried from iteration to iteration; assign a checkpoint's to go on from it.
  public var state: LearnerState
  /// The inner loop and the outer loop.
  public let settings: MetaLearningSettings
  let threads: Int
  private let seed: UInt64
  private let adapter: any TaskAdapter
  /// Of the iteration's last outer gradient, mean over tasks; nil for methods without one.
  var outerGradientNorm: Double?

  /// A learner before its first iteration.
  ///
  /// - Parameters:
  ///   - problem: The tasks, and what adapts to them.
  ///   - settings: The inner loop and the outer loop.
  ///   - seed: Names every random stream.
  ///   - threads: Workers over tasks, at least 1.
  /// - Throws: The environment's error if it cannot make its worlds, or an `EnvironmentError` for an outer
  ///   method that has no use for examples.
  public init(
    problem: Problem, settings: MetaLearningSettings, seed: UInt64, threads: Int
  ) throws {
    precondition(threads >= 1, "at least one thread is needed, found \(threads)")
    self.problem = problem
    self.settings = settings
    self.seed = seed
    self.threads = threads
    state = LearnerState(
      parameters: problem.initialParameters(seed: seed, settings: settings),
      layout: problem.layout, inner: settings.inner)
    if settings.outer.method == .promp {
      state.klPenalties = [Double](
        repeating: settings.outer.klPenalty, count: settings.inner.steps)
    }
    switch problem {
    case .episodes(let environment, let policy):
      adapter = try EpisodeAdapter(
        environment, policy, settings: settings, seed: seed, workers: threads)
    case .examples(let source, let model):
      guard !settings.outer.method.needsPolicy else {
        throw EnvironmentError(
          "has examples and no policy, which \(settings.outer.method) needs; use adam, reptile "
            + "or imaml", environment: source.name)
      }
      adapter = ExampleAdapter(source, model, settings: settings, seed: seed)
    }
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
        passedOver: state.iteration, steps: settings.inner.steps, problem: "\(error)")
    }
  }

  private func update() throws -> IterationReport {
    let before = state
    outerGradientNorm = nil
    do {
      let iteration = state.iteration + 1
      let tasks = TaskSet(
        iteration: iteration,
        tasks: try problem.sampleTasks(
          split: .train, count: settings.outer.tasks, seed: seed, iteration: iteration))
      var report =
        switch settings.outer.method {
        case .trpo: try trustRegionIteration(tasks)
        case .adam: try gradientIteration(tasks)
        case .promp: try proximalPolicyIteration(tasks)
        case .reptile: try reptileIteration(tasks)
        case .imaml: try implicitIteration(tasks)
        }
      try requireFinite(state.parameters, "a parameter")
      try requireFinite(state.logStepSizes, "a learned step size")
      report.diagnostics["updateNorm"] = Double(
        state.parameters.adding(before.parameters, scaledBy: -1).norm)
      state.iteration = iteration
      return report
    } catch {
      state = before
      throw error
    }
  }

  /// The tasks of one meta-iteration.
  struct TaskSet {
    let iteration: Int
    let tasks: [AnyTask]
    var count: Int { tasks.count }
  }

  /// The inner loop on episodes, for methods that need a policy.
  var episodeAdapter: EpisodeAdapter {
    guard let adapter = adapter as? EpisodeAdapter else {
      preconditionFailure("\(settings.outer.method) needs a policy")
    }
    return adapter
  }

  /// α of this iteration.
  var stepSizes: StepSizes { StepSizes(state, settings.inner, problem.layout) }

  /// What this iteration asks of the inner loop.
  func request(
    _ tasks: TaskSet, derivative: AdaptationRequest.Derivative
  ) -> AdaptationRequest {
    AdaptationRequest(
      iteration: tasks.iteration, state: state, stepSizes: stepSizes,
      weights: settings.outer.resolvedStepWeights(
        steps: settings.inner.steps, iteration: tasks.iteration), derivative: derivative)
  }

  /// Adapts to all tasks in parallel, and computes something of each.
  ///
  /// - Parameters:
  ///   - tasks: The tasks.
  ///   - derivative: How the outer loss is differentiated.
  ///   - compute: What the outer method needs of a task; runs on its worker.
  /// - Returns: In the order of the tasks.
  /// - Throws: What adapting throws.
  func adapted<Value>(
    _ tasks: TaskSet, derivative: AdaptationRequest.Derivative,
    _ compute: (TaskAdaptation) -> Value
  ) throws -> [(value: Value, summary: TaskSummary)] {
    let request = request(tasks, derivative: derivative)
    let results = try parallelMap(count: tasks.count, threads: threads) { worker, index in
      var adaptation = try adapter.adapt(
        to: tasks.tasks[index], index: index, worker: worker, request)
      try requireFinite(adaptation, task: index)
      var seconds = 0.0
      let value = timed(&seconds) { compute(adaptation) }
      adaptation.summary.seconds.metaGradient += seconds
      return (value: value, summary: adaptation.summary, averaged: adaptation.averaged)
    }
    if let sum = treeSum(results.compactMap(\.averaged), { $0.adding($1) }) {
      state.parameters = sum.scaled(by: 1 / Float(tasks.count))
    }
    return results.map { ($0.value, $0.summary) }
  }

  func requireFinite(_ tensor: Tensor<Float>, _ quantity: @autoclosure () -> String) throws {
    guard tensor.isFinite else { throw nonFinite(quantity()) }
  }

  /// Refuses what a task contributes to the outer gradient if it is not a finite number.
  func requireFinite(gradients: [Tensor<Float>]) throws {
    for (task, gradient) in gradients.enumerated() {
      try requireFinite(gradient, "the outer gradient of task \(task)")
    }
  }

  private func requireFinite(_ adaptation: TaskAdaptation, task: Int) throws {
    try requireFinite(adaptation.adapted, "an adapted parameter of task \(task)")
    guard adaptation.loss.isFinite else { throw nonFinite("the outer loss of task \(task)") }
    if let residual = adaptation.residual, residual > settings.inner.optimumTolerance {
      throw NonFiniteUpdate(
        description: "the inner optimum of task \(task) is not reached in \(problem.name), "
          + "iteration \(state.iteration + 1): \(Float(residual)) of the gradient is left after \(optimumLimit) "
          + "evaluations, expected at most inner.optimumTolerance, \(settings.inner.optimumTolerance); a greater "
          + "inner.proximalStrength or a smooth activation makes it easier")
    }
    for (step, gradient) in adaptation.gradients.enumerated() {
      guard let gradient else { continue }
      try requireFinite(
        gradient, "the gradient of the outer loss of task \(task) after step \(step + 1)")
    }
  }

  private func nonFinite(_ quantity: String) -> NonFiniteUpdate {
    NonFiniteUpdate(
      description: "\(quantity) is not a finite number in \(problem.name), "
        + "iteration \(state.iteration + 1); smaller step sizes or learning rates may help")
  }

  func report(
    _ tasks: TaskSet, _ summaries: [TaskSummary], outerLoss: Double, meanKL: Double? = nil,
    lineSearchSteps: Int? = nil, accepted: Bool? = nil, further: PhaseSeconds = PhaseSeconds()
  ) -> IterationReport {
    let returns = (0...settings.inner.steps).map { step in
      summaries.reduce(0) { $0 + $1.scores[step] } / Double(summaries.count)
    }
    let shared = summaries.reduce(PhaseSeconds()) { $0 + $1.seconds }
    return IterationReport(
      iteration: tasks.iteration,
      environmentSteps: summaries.reduce(0) { $0 + $1.environmentSteps }, returns: returns,
      outerLoss: outerLoss, meanKL: meanKL, lineSearchSteps: lineSearchSteps, accepted: accepted,
      seconds: shared.divided(by: min(threads, tasks.count)) + further,
      diagnostics: diagnostics(summaries))
  }
}

extension MetaLearner {
  /// The share of the rates that is left: of their fall over the iterations, and of being shrunk.
  var remainingRate: Double {
    state.rateShare * settings.outer.decayedShare(after: state.iteration)
  }
}

extension OuterSettings {
  /// The weight of the loss after each of `steps` inner steps in an iteration, or of the only loss where there are
  /// none: the last alone where no weights are given, and the last given one for steps beyond them.
  func resolvedStepWeights(steps: Int, iteration: Int = 1) -> [Double] {
    let count = max(steps, 1)
    guard method.weighsSteps, let last = stepWeights.last else {
      return [Double](repeating: 0, count: count - 1) + [1]
    }
    var weights = (0..<count).map { $0 < stepWeights.count ? stepWeights[$0] : last }
    if stepWeightAnnealing > 0 {
      let total = weights.reduce(0, +)
      let left = max(0, 1 - Double(iteration - 1) / Double(stepWeightAnnealing))
      for step in 0..<count - 1 { weights[step] *= left }
      weights[count - 1] = total - weights.dropLast().reduce(0, +)
    }
    return weights
  }
}
