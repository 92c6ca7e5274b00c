internal import Differentiation
internal import Policies
internal import Rollouts

extension MetaLearner {
  /// One meta-iteration by trust region policy optimization through adaptation.
  func trustRegionIteration(_ tasks: TaskSet) throws -> IterationReport {
    let adapter = episodeAdapter
    let loop = adapter.loop(stepSizes)
    let request = request(tasks, derivative: .unrolled)
    let problems = try parallelMap(count: tasks.count, threads: threads) { worker, index in
      problem(
        try adapter.experience(of: tasks.tasks[index], index: index, worker: worker, request), loop)
    }
    try requireFinite(gradients: problems.map(\.gradient))
    guard let total = treeSum(problems.map(\.gradient), { $0.adding($1) }) else {
      preconditionFailure("a meta-iteration needs at least one task")
    }
    let slope = problem.layout.withoutContext(total.scaled(by: 1 / Float(tasks.count)))
    try requireFinite(slope, "the outer gradient")
    outerGradientNorm = Double(slope.norm)
    var seconds = PhaseSeconds()
    let (direction, form) = try timed(&seconds.conjugateGradient) {
      try conjugateGradient(slope, iterations: settings.outer.conjugateGradientIterations) {
        try curvatureProduct($0, problems)
      }
    }
    let search = try timed(&seconds.lineSearch) {
      try lineSearch(along: direction, quadraticForm: form, problems, loop)
    }
    if search.accepted { state.parameters = search.parameters }
    // The step sizes move by Adam, outside of the trust region, by a small share at a time.
    try improveStepSizes(
      along: (0..<settings.inner.steps).compactMap { step in
        treeSum(problems.map { $0.stepSizes[step] }, { $0.adding($1) })
      }, tasks: tasks.count)
    return report(
      tasks, problems.map(\.summary), outerLoss: search.loss, meanKL: search.divergence,
      lineSearchSteps: search.tried, accepted: search.accepted, further: seconds)
  }

  /// One task, ready for curvature products and the line search.
  private struct Problem {
    let adapted: TrustRegionTask<Float>
    let experience: TaskExperience
    let loss: Double
    let gradient: Tensor<Float>
    let stepSizes: [Tensor<Float>]
    let summary: TaskSummary
  }

  private func problem(_ experience: TaskExperience, _ loop: EpisodeLoop) -> Problem {
    var summary = experience.summary
    let (adapted, surrogate) = timed(&summary.seconds.metaGradient) {
      let (episodes, advantages) = experience.outerEpisodes[experience.outerEpisodes.count - 1]
      let adapted = TrustRegionTask(
        policy: loop.policy, chain: experience.chain, adapted: experience.adapted,
        query: loop.batch(episodes, normalized(advantages, by: .batchDeviation)),
        hidden: episodes.hidden)
      return (adapted, adapted.surrogate())
    }
    return Problem(
      adapted: adapted, experience: experience, loss: Double(surrogate.loss),
      gradient: surrogate.gradient, stepSizes: surrogate.stepSizes,
      summary: summary)
  }

  private func curvatureProduct(
    _ vector: Tensor<Float>, _ problems: [Problem]
  ) throws -> Tensor<Float> {
    let products = try parallelMap(count: problems.count, threads: threads) { _, index in
      problems[index].adapted.curvatureProduct(vector)
    }
    guard let sum = treeSum(products, { $0.adding($1) }) else { return vector }
    return problem.layout.withoutContext(sum.scaled(by: 1 / Float(problems.count)))
      .adding(vector, scaledBy: Float(settings.outer.damping))
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
    along direction: Tensor<Float>, quadraticForm: Float, _ problems: [Problem], _ loop: EpisodeLoop
  ) throws -> Search {
    let outer = settings.outer
    let before = problems.reduce(0) { $0 + $1.loss } / Double(problems.count)
    let rate = remainingRate
    // The divergence is quadratic in the step, whose length is to fall linearly.
    let bound = outer.maxKL * rate * rate
    let scale = (2 * Float(bound) / quadraticForm).squareRoot()
    var search = Search(
      parameters: state.parameters, loss: before, divergence: 0, tried: 0, accepted: false)
    guard scale.isFinite, direction.isFinite else { return search }
    var size = scale
    for _ in 0..<outer.lineSearchSteps {
      search.tried += 1
      let candidate = state.parameters.adding(direction, scaledBy: -size)
      let values = try parallelMap(count: problems.count, threads: threads) { _, index in
        let chain = loop.readapted(
          on: problems[index].experience.innerBatches, from: candidate)
        return problems[index].adapted.evaluate(adapted: chain.end(from: candidate))
      }
      let loss = values.reduce(0) { $0 + Double($1.loss) } / Double(values.count)
      let divergence = values.reduce(0) { $0 + Double($1.divergence) } / Double(values.count)
      // Written so that a NaN is refused.
      if loss < before && divergence < bound {
        return Search(
          parameters: candidate, loss: loss, divergence: divergence, tried: search.tried,
          accepted: true)
      }
      size *= Float(outer.lineSearchShrink)
    }
    return search
  }
}
