internal import Adaptation
internal import Differentiation
internal import EnvironmentKit
internal import Models
internal import Parallel
internal import Policies
internal import Randomness
internal import Rollouts

/// Fixed episodes of two tasks, and the outer objective as a function of the initialization: adaptation is
/// what the line search and the evaluation call, ``GradientAdaptation/readapted(on:from:products:)``.
struct EpisodeGradientChecks {
  struct Task {
    /// With the log probabilities of who collected them.
    let inner: [Batch<Double>]
    /// What was collected after each step, or without any at the initialization, ready to be judged at other
    /// parameters.
    let outer: [TrustRegionTask<Double>]
    /// The parameters after each step, as adapted from the initialization, or that itself.
    let adapted: [Tensor<Double>]
    /// What the losses after the steps are taken on.
    let queries: [Batch<Double>]
  }

  let policy: Policy
  let settings: MetaLearningSettings
  private let loop: GradientAdaptation
  /// Whose derivatives are checked: ``loop``, or one of another estimator.
  private let differentiated: GradientAdaptation
  let weights: [Double]
  let initial: Tensor<Double>
  var tasks: [Task] = []
  private let seed: UInt64
  private let differences: Differences

  init(
    _ environment: AnyEnvironment, _ policy: Policy, settings: MetaLearningSettings, seed: UInt64,
    derivative: Estimator?
  ) throws {
    let state = try MetaLearner(
      problem: .episodes(environment, policy), settings: settings, seed: seed, team: Threads(1)
    ).state
    var settings = settings
    // Few time steps, so that few rectifiers have their kink between the points of a difference.
    settings.inner.episodes = min(settings.inner.episodes, 2)
    self.settings = settings
    self.seed = seed
    self.policy = policy
    loop = settings.adaptation(of: policy, from: state)
    settings.inner.estimator = derivative ?? settings.inner.estimator
    differentiated = settings.adaptation(of: policy, from: state)
    weights = settings.outer.resolvedStepWeights(
      steps: settings.inner.steps, weighsSteps: settings.method.weighsSteps)
    differences = Differences(about: state.parameters, seed: seed)
    initial = differences.point
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
    var queries: [Batch<Double>] = []
    var current = initial
    var adapted: [Tensor<Double>] = []
    for phase in 0...settings.inner.steps {
      let parameters = current.converted(to: Float.self)
      let episodes = try collector.collect(
        settings.inner.episodes, task: task,
        by: Actor(loop.actor(phase: phase), parameters: parameters),
        name: CollectionName(seed: seed, iteration: 0, task: index, phase: phase))
      let batch = loop.innerBatch(
        episodes, from: parameters, cache: episodes.cache
      ).converted(to: Double.self)
      if phase > 0 || settings.inner.steps == 0 {
        queries.append(batch)
        adapted.append(current)
      }
      if phase < settings.inner.steps {
        // Anew in double precision, where the ratios are 1.
        inner.append(batch.collected(by: loop.explorer, with: current))
        current = loop.readapted(on: inner, from: initial).end(from: initial)
      }
    }
    return Task(
      inner: inner,
      outer: queries.indices.map { step in
        TrustRegionTask(
          policy: loop.actor(phase: step + 1), chain: AdaptationChain(), adapted: adapted[step],
          query: queries[step])
      }, adapted: adapted, queries: queries)
  }

  /// The adaptation as training differentiates it.
  private func differentiatedChain(_ task: Task) -> AdaptationChain<Double> {
    differentiated.readapted(
      on: task.inner, from: initial, products: settings.inner.firstOrder ? .none : .many)
  }

  /// The parameters after each step; with a first-order derivative, adaptation counts as a shift.
  private func adapted(_ task: Task, from parameters: Tensor<Double>) -> [Tensor<Double>] {
    if settings.inner.firstOrder {
      let shift = parameters.adding(initial, scaledBy: -1)
      return task.adapted.map { $0.adding(shift) }
    }
    return loop.readapted(on: task.inner, from: parameters).places(from: parameters)
  }

  func checks() -> [GradientCheck] {
    let inner =
      settings.inner.steps > 0 ? [GradientCheck("innerGradient", innerGradient())] : []
    return switch settings.method.derivative {
    case .none: inner
    case .implicit: inner + [GradientCheck("innerCurvature", innerCurvature())]
    case .unrolled:
      inner + [
        GradientCheck("metaGradient", metaGradient()),
        GradientCheck("curvatureProduct", curvatureProduct()),
      ]
    }
  }

  private func innerGradient() -> [Double] {
    // A clipped gradient is no loss's; what it is clipped to shows in the outer gradient.
    guard settings.inner.maximumGradientNorm == nil else { return [] }
    return tasks.flatMap { task in
      // The way to an inner optimum is no gradient, but it follows this one.
      let gradient =
        !settings.method.descendsToOptimum
        ? loop.step(0, from: initial, tiedTo: initial, on: task.inner[0]).gradient
        : innerDerivatives(task).gradient
      return differences.errors(of: gradient) { parameters in
        innerLoss(settings.inner.estimator, task, policy.layout.constants(of: parameters))
          .value.scalar
      }
    }
  }

  private func innerLoss(
    _ estimator: Estimator, _ task: Task, _ parameters: [Variable<Double>]
  ) -> Variable<Double> {
    let batch = task.inner[0]
    let outputs = loop.explorer.outputs(parameters, batch.inputs)
    return policyGradientLoss(estimator, loop.explorer, outputs, on: batch)
  }

  private func innerDerivatives(_ task: Task) -> LossDerivatives<Double> {
    let evaluation = PolicyEvaluation(
      loop.explorer, parameters: initial, inputs: task.inner[0].inputs)
    return LossDerivatives(at: evaluation, products: .many) {
      policyGradientLoss(settings.inner.estimator, loop.explorer, $0, on: task.inner[0])
    }
  }

  /// Products with the Hessian of the inner loss against differences of its gradient.
  private func innerCurvature() -> [Double] {
    tasks.flatMap { task in
      let curvature = innerDerivatives(task)
      return differences.errors(ofProduct: curvature.hessianProduct) { parameters in
        let tracked = policy.layout.tracked(of: parameters)
        let loss = innerLoss(differentiated.inner.estimator, task, tracked)
        return policy.layout.vector(of: gradient(of: loss, withRespectTo: tracked))
      }
    }
  }

  /// The gradient that training takes against differences of what the line search evaluates.
  private func metaGradient() -> [Double] {
    tasks.flatMap { task in
      let gradients = weights.indices.map { step in
        weights[step] == 0
          ? nil : task.outer[step].surrogate().gradient.scaled(by: weights[step])
      }
      let analytic = differentiatedChain(task).pullback(losses: gradients).initialization
      return differences.errors(of: analytic) { parameters in
        let places = adapted(task, from: parameters)
        return weights.indices.reduce(0) { sum, step in
          guard weights[step] != 0 else { return sum }
          return sum + weights[step] * task.outer[step].evaluate(adapted: places[step]).loss
        }
      }
    }
  }

  /// `Jᵀ F J v` against differences of the mean divergence's gradient through adaptation.
  private func curvatureProduct() -> [Double] {
    tasks.flatMap { task in
      let last = task.queries.count - 1
      let query = task.queries[last]
      let problem = TrustRegionTask(
        policy: policy, chain: differentiatedChain(task), adapted: task.adapted[last], query: query)
      let old = problem.oldOutputs
      let divergenceGradient = { (parameters: Tensor<Double>) -> Tensor<Double> in
        let moved = loop.readapted(
          on: task.inner, from: parameters, products: settings.inner.firstOrder ? .none : .many)
        let variables = policy.layout.tracked(of: adapted(task, from: parameters)[last])
        let divergence = policy.distribution.divergence(
          from: old, to: policy.outputs(variables, query.inputs)
        ).mean()
        let slopes = gradient(of: divergence, withRespectTo: variables)
        return moved.pullback(policy.layout.vector(of: slopes))
      }
      return differences.errors(ofProduct: problem.curvatureProduct, divergenceGradient)
    }
  }
}
