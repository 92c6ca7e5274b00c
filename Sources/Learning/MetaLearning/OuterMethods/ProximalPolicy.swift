public import Differentiation
public import Policies
internal import Rollouts

/// The outer loss of proximal meta-policy search: clipped likelihood ratios, so that several updates can be
/// made on the same episodes.
///
/// `-mean(min(r A, clip(r, 1 - ε, 1 + ε) A))` with `r = π / old π`.
///
/// Source: Rothfuss, Lee, Clavera, Asfour and Abbeel, "ProMP: Proximal meta-policy search", 2019, equation 12;
/// Schulman et al., "Proximal policy optimization algorithms", 2017, equation 7.
///
/// - Parameters:
///   - policy: The policy.
///   - outputs: What it puts out for the batch's observations.
///   - clip: ε.
///   - batch: What was collected, with its advantages and the log probabilities of who collected it.
/// - Returns: A number, `[1, 1]`.
public func clippedLoss<Scalar>(
  _ policy: Policy, _ outputs: DistributionOutputs<Scalar>, clip: Scalar, on batch: Batch<Scalar>
) -> Variable<Scalar> {
  let logProbabilities = policy.distribution.logProbabilities(outputs, of: batch.actions)
  let old = batch.oldLogProbabilities ?? logProbabilities.value
  let ratio = (logProbabilities - Variable(old)).exponential
  let low = Variable(Tensor(ratio.shape, repeating: 1 - clip))
  let high = Variable(Tensor(ratio.shape, repeating: 1 + clip))
  let clipped = (low + (ratio - low).rectified()).minimum(high)
  let advantages = Variable(batch.advantages)
  return (ratio * advantages).minimum(clipped * advantages).mean().scaled(by: -1)
}

extension MetaLearner {
  /// One meta-iteration of ProMP: episodes are collected once, then for some epochs the initialization follows
  /// the clipped loss through adaptation, held back by the divergence from the policies that collected.
  func proximalPolicyIteration(_ tasks: TaskSet) throws -> IterationReport {
    let adapter = episodeAdapter
    let loop = adapter.loop(stepSizes)
    let request = request(tasks, derivative: .unrolled)
    let episodes = try parallelMap(count: tasks.count, threads: threads) { worker, index in
      ProximalTask(
        try adapter.experience(of: tasks.tasks[index], index: index, worker: worker, request),
        loop, weights: request.weights)
    }
    var seconds = PhaseSeconds()
    var loss = 0.0
    for _ in 0..<settings.outer.epochs {
      let loop = adapter.loop(stepSizes)
      let initial = state.parameters
      let gradients = try timed(&seconds.metaGradient) {
        try parallelMap(count: tasks.count, threads: threads) { _, index in
          episodes[index].gradient(
            from: initial, loop, penalties: state.klPenalties, clip: settings.outer.clip)
        }
      }
      try requireFinite(gradients: gradients.map(\.initialization))
      guard let total = treeSum(gradients, +) else { break }
      try improveInitialization(along: total.initialization, tasks: tasks.count)
      try improveStepSizes(along: total.stepSizes, tasks: tasks.count)
      loss = total.loss / Double(tasks.count)
    }
    // What the weights answer for is where all updates have led.
    let loopAfter = adapter.loop(stepSizes)
    let divergences = try timed(&seconds.metaGradient) {
      try parallelMap(count: tasks.count, threads: threads) { _, index in
        episodes[index].divergences(from: state.parameters, loopAfter)
      }
    }.reduce([Double](repeating: 0, count: settings.inner.steps)) { sums, values in
      zip(sums, values).map { $0 + $1 / Double(tasks.count) }
    }
    adaptPenalties(to: divergences)
    return report(
      tasks, episodes.map(\.experience.summary), outerLoss: loss,
      meanKL: divergences.max(), further: seconds)
  }

  /// Halves or doubles the weight of a divergence that strays from its target (Schulman et al. 2017, section
  /// 4).
  private func adaptPenalties(to divergences: [Double]) {
    let target = settings.outer.klTarget
    guard target > 0 else { return }
    for (step, divergence) in divergences.enumerated() {
      if divergence < target / 1.5 { state.klPenalties[step] /= 2 }
      if divergence > target * 1.5 { state.klPenalties[step] *= 2 }
    }
  }
}

/// One task's episodes, with the policies that collected them.
private struct ProximalTask {
  let experience: TaskExperience
  /// What the policy put out before each step, for the episodes collected there.
  private let oldInner: [PolicyEvaluation<Float>]
  /// What was collected after each step whose loss has a weight, or for the only loss without any step.
  private let outer: [(weight: Double, batch: Batch<Float>)?]

  struct Gradient {
    var initialization: Tensor<Float>
    var stepSizes: [Tensor<Float>]
    var loss: Double

    static func + (left: Gradient, right: Gradient) -> Gradient {
      Gradient(
        initialization: left.initialization.adding(right.initialization),
        stepSizes: zip(left.stepSizes, right.stepSizes).map { $0.adding($1) },
        loss: left.loss + right.loss)
    }
  }

  init(_ experience: TaskExperience, _ loop: EpisodeLoop, weights: [Double]) {
    self.experience = experience
    oldInner = zip(experience.chain.steps, experience.innerBatches).map { step, batch in
      PolicyEvaluation(
        loop.explorer, parameters: step.before, observations: batch.observations)
    }
    let parameters = experience.outerParameters
    outer = weights.enumerated().map { step, weight in
      guard weight != 0 else { return nil }
      let (episodes, advantages) = experience.outerEpisodes[step]
      let batch = loop.batch(episodes, normalized(advantages, by: .batchDeviation))
      return (
        weight,
        batch.collected(
          by: loop.actor(phase: step + 1), with: parameters[step], hidden: episodes.hidden)
      )
    }
  }

  /// How far the policies before each step have moved from those that collected, in nats, `[step]`.
  func divergences(from initial: Tensor<Float>, _ loop: EpisodeLoop) -> [Double] {
    let chain = loop.readapted(on: experience.innerBatches, from: initial)
    return chain.steps.indices.map {
      Double(divergence(before: $0, at: chain.steps[$0].before, loop).loss)
    }
  }

  private func divergence(
    before step: Int, at parameters: Tensor<Float>, _ loop: EpisodeLoop
  ) -> LossDerivatives<Float> {
    let evaluation = PolicyEvaluation(
      loop.explorer, parameters: parameters,
      observations: experience.innerBatches[step].observations)
    return LossDerivatives(at: evaluation, products: .none) {
      loop.policy.distribution.divergence(from: oldInner[step].outputs, to: $0).mean()
    }
  }

  /// The gradient of the weighted clipped losses and divergences, through adaptation from other parameters
  /// than those that collected.
  func gradient(
    from initial: Tensor<Float>, _ loop: EpisodeLoop, penalties: [Double], clip: Double
  ) -> Gradient {
    let chain = loop.readapted(
      on: experience.innerBatches, from: initial,
      products: loop.settings.inner.firstOrder ? .none : .few)
    var places = [Tensor<Float>?](repeating: nil, count: outer.count)
    var penalty = Tensor<Float>(initial.shape, repeating: 0)
    var loss = 0.0
    for (index, step) in chain.steps.enumerated() {
      let slope = divergence(before: index, at: step.before, loop).gradient
        .scaled(by: Float(penalties[index]))
      if index == 0 { penalty = slope } else { places[index - 1] = slope }
    }
    for (index, parameters) in chain.places(from: initial).enumerated() {
      guard let (weight, batch) = outer[index] else { continue }
      let actor = loop.actor(phase: index + 1)
      let evaluation = PolicyEvaluation(
        actor, parameters: parameters, observations: batch.observations)
      let derivatives = LossDerivatives(at: evaluation, products: .none) {
        clippedLoss(actor, $0, clip: Float(clip), on: batch)
      }
      loss += weight * Double(derivatives.loss)
      let slope = derivatives.gradient.scaled(by: Float(weight))
      places[index] = places[index]?.adding(slope) ?? slope
    }
    let pulled = chain.pullback(losses: places)
    return Gradient(
      initialization: pulled.initialization.adding(penalty), stepSizes: pulled.stepSizes,
      loss: loss)
  }
}
