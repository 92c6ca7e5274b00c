internal import Differentiation
internal import EnvironmentKit
internal import Policies
internal import Randomness
internal import Rollouts

/// Fixed episodes of two tasks, and the outer objective as a function of the initialization.
struct EpisodeGradientChecks {
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
  private let loop: EpisodeLoop
  let weights: [Double]
  let initial: Tensor<Double>
  let stepSizes: [Tensor<Double>]
  let derivative: Estimator
  var tasks: [Task] = []
  private let seed: UInt64
  private let differences: Differences

  init(
    _ environment: AnyEnvironment, _ policy: Policy, settings: MetaLearningSettings, seed: UInt64,
    derivative: Estimator?
  ) throws {
    let learner = try MetaLearner(
      problem: .episodes(environment, policy), settings: settings, seed: seed, threads: 1)
    var settings = settings
    // Few time steps, so that few rectifiers have their kink between the points of a difference.
    settings.inner.episodes = min(settings.inner.episodes, 2)
    self.settings = settings
    self.seed = seed
    self.derivative = derivative ?? settings.inner.estimator
    self.policy = policy
    loop = learner.episodeAdapter.loop(learner.stepSizes)
    weights = settings.outer.resolvedStepWeights(steps: settings.inner.steps)
    differences = Differences(about: learner.state.parameters, seed: seed)
    initial = differences.point
    stepSizes = (0..<settings.inner.steps).map { learner.stepSizes[$0].converted(to: Double.self) }
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
    let norm = settings.inner.maximumGradientNorm
    let step =
      if let old {
        AdaptationStep(
          from: parameters, stepSizes: stepSizes[index], layout: policy.layout, maximumNorm: norm,
          differentiable: !settings.inner.firstOrder
        ) { variables in
          policyGradientLoss(
            settings.inner.estimator, loop.explorer,
            outputs(of: loop.explorer, variables, on: batch), on: batch, oldLogProbabilities: old)
        }
      } else {
        AdaptationStep(
          from: parameters, stepSizes: stepSizes[index], policy: loop.explorer,
          estimator: derivative, on: batch, maximumNorm: norm,
          products: settings.inner.firstOrder ? .none : .many)
      }
    return settings.proximalStrength.map { step.tied(to: initial, strength: $0) } ?? step
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
    return chain(task, from: parameters).places(from: parameters)
  }

  func checks() -> [GradientCheck] {
    let inner =
      settings.inner.steps > 0 ? [GradientCheck("innerGradient", innerGradient())] : []
    return switch settings.outer.method {
    case .reptile: inner
    case .imaml: inner + [GradientCheck("innerCurvature", innerCurvature())]
    case .trpo, .adam, .promp:
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
      let batch = task.inner[0]
      let step = step(0, from: initial, on: batch, old: nil)
      return differences.errors(of: step.gradient) { parameters in
        surrogate(
          of: loop.explorer, policy.layout.constants(of: parameters), on: batch,
          old: task.oldInner[0]
        ).value.scalar
      }
    }
  }

  /// Products with the Hessian of the inner loss against differences of its gradient.
  private func innerCurvature() -> [Double] {
    tasks.flatMap { task in
      let (batch, old) = (task.inner[0], task.oldInner[0])
      let loss = { (variables: [Variable<Double>]) in
        policyGradientLoss(
          derivative, loop.explorer, outputs(of: loop.explorer, variables, on: batch), on: batch,
          oldLogProbabilities: old)
      }
      let evaluation = PolicyEvaluation(
        loop.explorer, parameters: initial, observations: batch.observations)
      let curvature = LossDerivatives(at: evaluation, products: .many) {
        policyGradientLoss(
          settings.inner.estimator, loop.explorer, $0, on: batch, oldLogProbabilities: old)
      }
      return differences.errors(ofProduct: curvature.hessianProduct) { parameters in
        let tracked = policy.layout.tracked(of: parameters)
        return policy.layout.vector(of: gradient(of: loss(tracked), withRespectTo: tracked))
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
      return differences.errors(of: analytic) { parameters in
        zip(adapted(task, from: parameters).enumerated(), weights).reduce(0) { sum, entry in
          entry.1 == 0
            ? sum : sum + entry.1 * outerLoss(task, entry.0.element, entry.0.offset)
        }
      }
    }
  }

  /// `Jᵀ F J v` against differences of the mean divergence's gradient through adaptation.
  private func curvatureProduct() -> [Double] {
    tasks.flatMap { task in
      let trained = chain(task, from: initial, asTrained: true)
      let last = task.outer.count - 1
      let problem = TrustRegionTask(
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
      return differences.errors(ofProduct: problem.curvatureProduct, divergenceGradient)
    }
  }
}
