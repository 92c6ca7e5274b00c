public import EnvironmentKit
internal import Differentiation
internal import Policies
internal import Randomness
internal import Rollouts

/// A derivative compared with finite differences.
public struct GradientCheck: Sendable, Equatable {
  /// Which derivative, for example `metaGradient`.
  public let name: String
  /// The largest relative error found.
  public let relativeError: Double
  /// What it must stay below.
  public let tolerance: Double
  /// Whether it does.
  public var passed: Bool { relativeError < tolerance }
}

/// Compares the configured meta-gradient and curvature products with finite differences in double
/// precision, on episodes of the configured environment.
///
/// - Parameters:
///   - environment: The environment.
///   - settings: The configuration to check.
///   - seed: Names the random streams.
///   - derivative: Takes the meta-gradient of another estimator than the configured one: a derivative
///     broken on purpose, to see the check fail.
/// - Returns: A check for each kind of derivative.
/// - Throws: What collecting throws.
public func gradientChecks(
  environment: AnyEnvironment, settings: MetaLearningSettings, seed: UInt64,
  derivative: Estimator? = nil
) throws -> [GradientCheck] {
  let problem = try GradientCheckProblem(
    environment: environment, settings: settings, seed: seed, derivative: derivative)
  return problem.checks()
}

/// Fixed episodes of two tasks, and the outer objective as a function of the initialization.
private struct GradientCheckProblem {
  struct Task {
    let inner: [Batch<Double>]
    let outer: [Batch<Double>]
    /// `log π` where the batches were collected, for each inner step and after it.
    let oldInner: [Tensor<Double>]
    let oldOuter: [Tensor<Double>]
    /// The parameters after each step, as adapted from the initialization, or that itself.
    let adapted: [Tensor<Double>]
  }

  let policy: Policy
  let settings: MetaLearningSettings
  private let loop: InnerLoop
  let weights: [Double]
  let initial: Tensor<Double>
  let stepSizes: [Tensor<Double>]
  let derivative: Estimator
  var tasks: [Task] = []
  private let seed: UInt64

  init(
    environment: AnyEnvironment, settings: MetaLearningSettings, seed: UInt64,
    derivative: Estimator?
  ) throws {
    let learner = try MetaLearner(
      environment: environment, settings: settings, seed: seed, threads: 1)
    var settings = settings
    // Few time steps, so that few rectifiers have their kink between the points of a difference.
    settings.inner.episodes = min(settings.inner.episodes, 2)
    self.settings = settings
    self.seed = seed
    self.derivative = derivative ?? settings.inner.estimator
    policy = learner.policy
    loop = learner.innerLoop()
    weights = settings.outer.resolvedStepWeights(steps: settings.inner.steps)
    // Off the first parameters, whose zero biases put rectifiers exactly on their kinks.
    var random = RandomStream(seed: seed, episode: 3, purpose: .verification)
    let first = learner.state.parameters.converted(to: Double.self)
    let offset = Tensor<Double>(
      first.shape, (0..<first.count).map { _ in random.normal() as Double })
    initial = first.adding(offset, scaledBy: 0.01)
    stepSizes = learner.stepSizes().map { $0.converted(to: Double.self) }
    let collector = try Collector(
      environment: environment, policy: policy, capacity: settings.inner.episodes)
    let sampled = try environment.sampleTasks(split: .train, count: 2, seed: seed, iteration: 0)
    for (index, task) in sampled.enumerated() {
      tasks.append(try collect(task, index, collector))
    }
  }

  private func collect(
    _ task: AnyTask, _ index: Int, _ collector: Collector
  ) throws -> Task {
    var inner: [Batch<Double>] = []
    var outer: [Batch<Double>] = []
    var parameters = [initial]
    for phase in 0...settings.inner.steps {
      let current = parameters[phase]
      let episodes = try collector.collect(
        settings.inner.episodes, task: task, policy: loop.actor(phase: phase),
        parameters: current.converted(to: Float.self),
        name: CollectionName(seed: seed, iteration: 0, task: index, phase: phase))
      let batch = loop.innerBatch(episodes).converted(to: Double.self)
      if phase > 0 || settings.inner.steps == 0 { outer.append(batch) }
      if phase < settings.inner.steps {
        inner.append(batch)
        parameters.append(step(phase, from: current, on: batch, old: nil).after)
      }
    }
    let adapted = settings.inner.steps > 0 ? Array(parameters.dropFirst()) : parameters
    return Task(
      inner: inner, outer: outer,
      oldInner: zip(parameters, inner).map { logProbabilities(of: loop.explorer, $0, $1) },
      oldOuter: adapted.indices.map {
        logProbabilities(of: outerActor(step: $0), adapted[$0], outer[$0])
      }, adapted: adapted)
  }

  /// Who collected the outer batch of a step.
  private func outerActor(step: Int) -> Policy { loop.actor(phase: step + 1) }

  private func logProbabilities(
    of actor: Policy, _ parameters: Tensor<Double>, _ batch: Batch<Double>
  ) -> Tensor<Double> {
    let outputs = outputs(of: actor, policy.layout.constants(of: parameters), on: batch)
    return actor.distribution.logProbabilities(outputs, of: batch.actions).value
  }

  /// One inner step: as training takes it, or, given where the batch was collected, as the function of
  /// the parameters whose derivative training's is.
  private func step(
    _ index: Int, from parameters: Tensor<Double>, on batch: Batch<Double>, old: Tensor<Double>?
  ) -> AdaptationStep<Double> {
    guard let old else {
      return AdaptationStep(
        from: parameters, stepSizes: stepSizes[index], policy: loop.explorer,
        estimator: derivative, on: batch, products: settings.inner.firstOrder ? .none : .many)
    }
    return AdaptationStep(
      from: parameters, stepSizes: stepSizes[index], layout: policy.layout,
      differentiable: !settings.inner.firstOrder
    ) { variables in
      settings.inner.estimator == .likelihoodRatio
        ? surrogate(of: loop.explorer, variables, on: batch, old: old)
        : policyGradientLoss(
          .logLikelihood, loop.explorer, outputs(of: loop.explorer, variables, on: batch),
          on: batch)
    }
  }

  /// The adaptation to a task from displaced parameters, on the batches collected before.
  private func chain(_ task: Task, from parameters: Tensor<Double>, asTrained: Bool = false)
    -> AdaptationChain<Double>
  {
    var chain = AdaptationChain<Double>()
    var current = parameters
    for (index, batch) in task.inner.enumerated() {
      let step = step(
        index, from: current, on: batch, old: asTrained ? nil : task.oldInner[index])
      chain.append(step)
      current = step.after
    }
    return chain
  }

  /// The parameters after each step; with a first-order derivative, adaptation counts as a shift.
  private func adapted(_ task: Task, from parameters: Tensor<Double>) -> [Tensor<Double>] {
    if settings.inner.firstOrder {
      let shift = parameters.adding(initial, scaledBy: -1)
      return task.adapted.map { $0.adding(shift) }
    }
    let steps = chain(task, from: parameters).steps
    return steps.isEmpty ? [parameters] : steps.map(\.after)
  }

  func checks() -> [GradientCheck] {
    let inner = settings.inner.steps > 0 ? [check("innerGradient", innerGradient())] : []
    // Takes no other derivative.
    if settings.outer.method == .reptile { return inner }
    return inner + [
      check("metaGradient", metaGradient()), check("curvatureProduct", curvatureProduct()),
    ]
  }

  private func check(_ name: String, _ errors: [Double]) -> GradientCheck {
    GradientCheck(
      name: name, relativeError: errors.contains { $0.isNaN } ? .infinity : errors.max() ?? 0,
      tolerance: 1e-6)
  }

  /// The directions of the differences, of norm 1.
  private func directions() -> [Tensor<Double>] {
    (0..<3).map { index in
      var random = RandomStream(seed: seed, episode: index, purpose: .verification)
      let direction = Tensor<Double>(
        initial.shape, (0..<initial.count).map { _ in random.normal() as Double })
      return direction.scaled(by: 1 / direction.norm)
    }
  }

  private func innerGradient() -> [Double] {
    tasks.flatMap { task in
      let step = chain(task, from: initial, asTrained: true).steps[0]
      return directions().map { direction in
        let slope = difference(along: direction) { parameters in
          surrogate(
            of: loop.explorer, policy.layout.constants(of: parameters), on: task.inner[0],
            old: task.oldInner[0]
          ).value.scalar
        }
        return relativeError(step.gradient.dot(direction), slope, scale: step.gradient.norm)
      }
    }
  }

  private func outputs(
    of actor: Policy, _ parameters: [Variable<Double>], on batch: Batch<Double>
  ) -> DistributionOutputs<Double> {
    actor.outputs(parameters, Variable(batch.observations))
  }

  /// The surrogate of a batch relative to where it was collected.
  private func surrogate(
    of actor: Policy, _ parameters: [Variable<Double>], on batch: Batch<Double>,
    old: Tensor<Double>
  ) -> Variable<Double> {
    surrogateLoss(
      actor, outputs(of: actor, parameters, on: batch), oldLogProbabilities: old, on: batch)
  }

  private func outerLoss(_ task: Task, _ parameters: Tensor<Double>, _ step: Int) -> Double {
    surrogate(
      of: outerActor(step: step), policy.layout.constants(of: parameters), on: task.outer[step],
      old: task.oldOuter[step]
    ).value.scalar
  }

  private func metaGradient() -> [Double] {
    tasks.flatMap { task in
      let chain = chain(task, from: initial, asTrained: true)
      let gradients = weights.indices.map { step -> Tensor<Double>? in
        guard weights[step] != 0 else { return nil }
        let variables = policy.layout.tracked(of: task.adapted[step])
        let actor = outerActor(step: step)
        let loss = policyGradientLoss(
          .logLikelihood, actor, outputs(of: actor, variables, on: task.outer[step]),
          on: task.outer[step])
        let slopes = gradient(of: loss, withRespectTo: variables)
        return policy.layout.vector(of: slopes).scaled(by: weights[step])
      }
      let analytic = chain.pullback(losses: gradients).initialization
      return directions().map { direction in
        let slope = difference(along: direction) { parameters in
          zip(adapted(task, from: parameters).enumerated(), weights).reduce(0) { sum, entry in
            entry.1 == 0
              ? sum : sum + entry.1 * outerLoss(task, entry.0.element, entry.0.offset)
          }
        }
        return relativeError(analytic.dot(direction), slope, scale: analytic.norm)
      }
    }
  }

  /// `Jᵀ F J v` against differences of the mean divergence's gradient through adaptation.
  private func curvatureProduct() -> [Double] {
    tasks.flatMap { task in
      let trained = chain(task, from: initial, asTrained: true)
      let last = task.outer.count - 1
      let problem = AdaptedTask(
        policy: policy, chain: trained, adapted: task.adapted[last], query: task.outer[last])
      let old = problem.oldOutputs
      let divergenceGradient = { (parameters: Tensor<Double>) -> Tensor<Double> in
        let moved = chain(task, from: parameters)
        let variables = policy.layout.tracked(of: adapted(task, from: parameters)[last])
        let divergence = policy.distribution.divergence(
          from: old, to: outputs(of: policy, variables, on: task.outer[last])
        ).mean()
        let slopes = gradient(of: divergence, withRespectTo: variables)
        return moved.pullback(policy.layout.vector(of: slopes))
      }
      let direction = directions()[0]
      let product = problem.curvatureProduct(direction)
      return directions().map { probe in
        let slope = difference(along: direction) { divergenceGradient($0).dot(probe) }
        return relativeError(product.dot(probe), slope, scale: product.norm)
      }
    }
  }

  /// The derivative along a direction by several widths of difference: two central differences
  /// combined, with an error of fourth order.
  private func difference(
    along direction: Tensor<Double>, _ function: @escaping (Tensor<Double>) -> Double
  ) -> [Double] {
    let at = { (size: Double) in function(initial.adding(direction, scaledBy: size)) }
    return [1e-4, 1e-5, 1e-6, 1e-7].map { step in
      let narrow = (at(step) - at(-step)) / (2 * step)
      let wide = (at(2 * step) - at(-2 * step)) / (4 * step)
      return (4 * narrow - wide) / 3
    }
  }

  /// Relative to the derivative, or to its usual size where along one direction it vanishes by chance.
  /// The best width counts: a wide difference may straddle a rectifier's kink, a narrow one rounds.
  private func relativeError(_ found: Double, _ expected: [Double], scale: Double) -> Double {
    let usual = scale / Double(initial.count).squareRoot()
    let errors = expected.map { abs(found - $0) / max(abs($0), usual, 1e-12) }
    return errors.contains { $0.isNaN } ? .nan : errors.min() ?? .nan
  }
}
