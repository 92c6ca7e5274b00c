internal import Adaptation
internal import Differentiation
internal import Models
internal import Parallel
internal import Policies
internal import Rollouts
public import Settings

/// What the trust region alone has.
public struct TrustRegionSettings: MethodSettings {
  /// Bound on the mean divergence after adaptation, in nats.
  public var maxKL = 0.01
  /// The share of each task's episodes that products with the curvature are taken on; gradient, line search and
  /// divergence take all.
  public var curvatureShare = 1.0
  /// Added to the curvature, times the identity.
  public var damping = 1e-5
  /// Steps of the line search.
  public var lineSearchSteps = 15
  /// What each step of the line search multiplies the update by.
  public var lineSearchShrink = 0.8

  /// The usual settings of the field.
  public init() {}
}

/// Trust region policy optimization of the loss after the last inner step, through adaptation.
///
/// Source: Schulman, Levine, Moritz, Jordan and Abbeel, "Trust region policy optimization", 2015, sections 5 and 6 and
/// appendix C, as Finn et al. 2017 use it in section 5.3.
public struct TrustRegion: OuterMethod {
  /// What is known of it.
  public static var definition: OuterMethodDefinition {
    var method = OuterMethodDefinition(
      .trustRegion, "a trust region for the loss after the last inner step", derivative: .unrolled,
      TrustRegion.self)
    method.fields = {
      [
        .number(
          "maxKL", \.trustRegion.maxKL, in: aboveZero...100,
          "bound on the mean divergence, in nats (trpo)"),
        .integer(
          "conjugateGradientIterations", \.conjugateGradientIterations, in: 1...1000,
          "iterations of conjugate gradient, where one is solved by it"),
        .number(
          "curvatureShare", \.trustRegion.curvatureShare, in: aboveZero...1,
          "share of each task's episodes that conjugate gradient goes over (trpo)"),
        .number("damping", \.trustRegion.damping, in: 0...1e6, "added to the curvature (trpo)"),
        .integer(
          "lineSearchSteps", \.trustRegion.lineSearchSteps, in: 1...1000,
          "steps of the line search (trpo)"),
        .number(
          "lineSearchShrink", \.trustRegion.lineSearchShrink, in: 0.01...0.99,
          "factor from step to step (trpo)"),
      ]
    }
    return method
  }

  private let settings: MetaLearningSettings
  private let own: TrustRegionSettings

  /// The method as settings describe it.
  public init(_ settings: MetaLearningSettings, _ keys: NoSettings) {
    self.settings = settings
    own = settings.outer.trustRegion
  }

  /// One meta-iteration.
  public func update(
    _ state: inout LearnerState, on iteration: MetaIteration<EpisodeAdapter>
  ) throws -> OuterUpdate {
    let request = iteration.request(
      from: state, derivative: .unrolled, products: own.curvatureShare == 1 ? .many : .few)
    let adaptation = iteration.adapter.adaptation(of: state)
    let tasks = try iteration.team.map(iteration.count) { worker, index in
      task(
        try iteration.adapter.experience(
          of: iteration.tasks[index], index: index, worker: worker, request), adaptation)
    }
    try iteration.requireFinite(gradients: tasks.map(\.gradient))
    let slope = iteration.problem.layout.withoutContext(
      iteration.team.sum(tasks, \.gradient).scaled(by: 1 / Float(iteration.count)))
    try iteration.requireFinite(slope, "the outer gradient")
    var seconds = PhaseSeconds()
    let (direction, form) = try timed(&seconds.conjugateGradient) {
      try conjugateGradient(slope, iterations: settings.outer.conjugateGradientIterations) {
        try curvatureProduct($0, tasks, iteration)
      }
    }
    let search = try timed(&seconds.lineSearch) {
      try lineSearch(along: direction, quadraticForm: form, from: state, tasks, iteration)
    }
    if search.accepted { state.parameters = search.parameters }
    // The step sizes move by Adam, outside of the trust region, by a small share at a time.
    try state.improveStepSizes(
      along: (0..<settings.inner.steps).map { step in
        iteration.team.sum(tasks) { $0.stepSizes[step] }
      }, in: iteration)
    return OuterUpdate(
      tasks: tasks.map(\.summary), loss: search.loss,
      metrics: [
        "meanKL": .number(search.divergence), "lineSearchSteps": .count(search.tried),
        "accepted": .flag(search.accepted), "outerGradientNorm": .number(Double(slope.norm)),
      ], seconds: seconds)
  }

  /// One task, ready for curvature products and the line search.
  private struct Task {
    let adapted: TrustRegionTask<Float>
    /// The same on the episodes that products with the curvature are taken on.
    let curvature: TrustRegionTask<Float>
    let innerBatches: [Batch<Float>]
    let loss: Double
    let gradient: Tensor<Float>
    let stepSizes: [Tensor<Float>]
    let summary: TaskSummary
  }

  private func task(
    _ experience: TaskExperience, _ adaptation: GradientAdaptation
  ) -> Task {
    var summary = experience.summary
    let (adapted, curvature, surrogate) = timed(&summary.seconds.metaGradient) {
      let (episodes, advantages) = experience.outerEpisodes[experience.outerEpisodes.count - 1]
      let query = Batch(episodes, normalized(advantages, by: .batchDeviation))
      let adapted = TrustRegionTask(
        policy: adaptation.policy, chain: experience.chain, adapted: experience.adapted,
        query: query, cache: episodes.cache, isCurved: own.curvatureShare == 1)
      let curvature =
        own.curvatureShare == 1
        ? adapted : share(of: experience, query: query, cache: episodes.cache, adaptation)
      return (adapted, curvature, adapted.surrogate())
    }
    return Task(
      adapted: adapted, curvature: curvature, innerBatches: experience.innerBatches,
      loss: Double(surrogate.loss),
      gradient: surrogate.gradient, stepSizes: surrogate.stepSizes,
      summary: summary)
  }

  /// The task on the share of its episodes that products with the curvature are taken on: the first ones, which are as
  /// random as any.
  private func share(
    of experience: TaskExperience, query: Batch<Float>, cache: ForwardCache<Float>,
    _ adaptation: GradientAdaptation
  ) -> TrustRegionTask<Float> {
    let count = Int((own.curvatureShare * Double(settings.inner.episodes)).rounded(.up))
    let chain = adaptation.chain(
      experience.chain, on: experience.innerBatches, curvatureEpisodes: count)
    let first = query.prefix(episodes: count)
    return TrustRegionTask(
      policy: adaptation.policy, chain: chain, adapted: experience.adapted, query: first,
      cache: cache.rows(0..<first.count))
  }

  private func curvatureProduct(
    _ vector: Tensor<Float>, _ tasks: Parts<Task>, _ iteration: MetaIteration<EpisodeAdapter>
  ) throws -> Tensor<Float> {
    let products = try iteration.team.map(tasks) { $0.curvature.curvatureProduct(vector) }
    let mean = iteration.team.sum(products).scaled(by: 1 / Float(iteration.count))
    return iteration.problem.layout.withoutContext(mean)
      .adding(vector, scaledBy: Float(own.damping))
  }

  private struct Search {
    var parameters: Tensor<Float>
    var loss: Double
    var divergence: Double
    var tried: Int
    var accepted: Bool
  }

  /// Shrinks the update until the surrogate improves and the divergence keeps its bound.
  private func lineSearch(
    along direction: Tensor<Float>, quadraticForm: Float, from state: LearnerState,
    _ tasks: Parts<Task>, _ iteration: MetaIteration<EpisodeAdapter>
  ) throws -> Search {
    let adaptation = iteration.adapter.adaptation(of: state)
    let before = iteration.team.mean(tasks, \.loss)
    let rate = state.remainingRate(settings.outer)
    // The divergence is quadratic in the step, whose length is to fall linearly.
    let bound = own.maxKL * rate * rate
    let scale = (2 * Float(bound) / quadraticForm).squareRoot()
    var search = Search(
      parameters: state.parameters, loss: before, divergence: 0, tried: 0, accepted: false)
    guard scale.isFinite, direction.isFinite else { return search }
    var size = scale
    for _ in 0..<own.lineSearchSteps {
      search.tried += 1
      let candidate = state.parameters.adding(direction, scaledBy: -size)
      let values = try iteration.team.map(tasks) { task in
        let chain = adaptation.readapted(on: task.innerBatches, from: candidate)
        return task.adapted.evaluate(adapted: chain.end(from: candidate))
      }
      let loss = iteration.team.mean(values) { Double($0.loss) }
      let divergence = iteration.team.mean(values) { Double($0.divergence) }
      // Written so that a NaN is refused.
      if loss < before && divergence < bound {
        return Search(
          parameters: candidate, loss: loss, divergence: divergence, tried: search.tried,
          accepted: true)
      }
      size *= Float(own.lineSearchShrink)
    }
    return search
  }
}

extension OuterMethodName {
  /// Trust region policy optimization.
  public static let trustRegion: OuterMethodName = "trpo"
}

extension OuterSettings {
  /// What the trust region alone has.
  public var trustRegion: TrustRegionSettings {
    get { own[TrustRegionSettings.self] }
    set { own[TrustRegionSettings.self] = newValue }
  }
}
