internal import Adaptation
public import Differentiation
public import EnvironmentKit
public import Models
public import Parallel

/// One meta-iteration, as an outer method sees it: its tasks, what adapts to them, and who shares the work.
public struct MetaIteration<Tasks> {
  /// Its number, from 1.
  public let number: Int
  /// The tasks.
  public let tasks: [AnyTask]
  /// What adapts to them.
  public let adapter: Tasks
  /// What is learned.
  public let problem: Problem
  /// The inner loop and the outer loop.
  public let settings: MetaLearningSettings
  /// Who shares the work.
  public let team: any Team

  /// The number of tasks.
  public var count: Int { tasks.count }

  /// What is asked of the inner loop.
  ///
  /// - Parameters:
  ///   - state: What adaptation starts from.
  ///   - derivative: How the outer loss is differentiated.
  ///   - products: How many products with each step's Jacobian will be asked for.
  /// - Returns: The request.
  public func request(
    from state: LearnerState, derivative: OuterDerivative, products: HessianProducts = .none
  ) -> AdaptationRequest {
    AdaptationRequest(
      iteration: number, state: state,
      stepSizes: StepSizes(learned: state.learnedStepSizes(), settings.inner, problem.layout),
      weights: settings.outer.resolvedStepWeights(
        steps: settings.inner.steps, iteration: number,
        weighsSteps: settings.method.weighsSteps),
      derivative: derivative, products: products)
  }

  /// Refuses a tensor that isn't all finite numbers.
  ///
  /// - Throws: ``NonFiniteUpdate`` that names the quantity.
  public func requireFinite(
    _ tensor: Tensor<Float>, _ quantity: @autoclosure () -> String
  ) throws {
    guard tensor.isFinite else { throw nonFinite(quantity()) }
  }

  /// Refuses what a task contributes to the outer gradient if it is not a finite number.
  ///
  /// - Throws: ``NonFiniteUpdate`` that names the task.
  public func requireFinite(gradients: Parts<Tensor<Float>>) throws {
    _ = try team.compute(gradients.indices) { _, task in
      try requireFinite(gradients[task], "the outer gradient of task \(task)")
    }
  }

  func nonFinite(_ quantity: String) -> NonFiniteUpdate {
    NonFiniteUpdate(
      description: "\(quantity) is not a finite number in \(problem.name), "
        + "iteration \(number); smaller step sizes or learning rates may help")
  }
}

extension MetaIteration where Tasks == any TaskAdapter {
  /// Adapts to all tasks, and computes something of each.
  ///
  /// - Parameters:
  ///   - state: What adaptation starts from; running averages in it have then seen the tasks.
  ///   - derivative: How the outer loss is differentiated.
  ///   - products: How many products with each step's Jacobian will be asked for.
  ///   - compute: What the method needs of a task; runs on its worker.
  /// - Returns: In the order of the tasks.
  /// - Throws: What adapting throws.
  public func adapt<Value>(
    from state: inout LearnerState, derivative: OuterDerivative, products: HessianProducts = .none,
    _ compute: (TaskAdaptation) -> Value
  ) throws -> Parts<(value: Value, summary: TaskSummary)> {
    let request = request(from: state, derivative: derivative, products: products)
    let results = try team.map(count) { worker, index in
      var adaptation = try adapter.adapt(to: tasks[index], index: index, worker: worker, request)
      try requireFinite(adaptation, task: index)
      var seconds = 0.0
      let value = timed(&seconds) { compute(adaptation) }
      adaptation.summary.seconds.metaGradient += seconds
      return (value: value, summary: adaptation.summary, averaged: adaptation.averaged)
    }
    if problem.hasRunningAverages && derivative != .none {
      state.parameters = team.sum(results) { $0.averaged ?? request.state.parameters }
        .scaled(by: 1 / Float(count))
    }
    return results.map { ($0.value, $0.summary) }
  }

  private func requireFinite(_ adaptation: TaskAdaptation, task: Int) throws {
    try requireFinite(adaptation.adapted, "an adapted parameter of task \(task)")
    guard adaptation.loss.isFinite else { throw nonFinite("the outer loss of task \(task)") }
    if let residual = adaptation.residual, residual > settings.inner.optimumTolerance {
      throw NonFiniteUpdate(
        description: "the inner optimum of task \(task) is not reached in \(problem.name), "
          + "iteration \(number): \(Float(residual)) of the gradient is left after \(optimumLimit) "
          + "evaluations, expected at most inner.optimumTolerance, \(settings.inner.optimumTolerance); a greater "
          + "inner.proximalStrength or a smooth activation makes it easier")
    }
    for (step, gradient) in adaptation.gradients.enumerated() {
      guard let gradient else { continue }
      try requireFinite(
        gradient, "the gradient of the outer loss of task \(task) after step \(step + 1)")
    }
  }
}
