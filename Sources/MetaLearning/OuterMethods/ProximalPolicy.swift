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
///   - oldLogProbabilities: Of the policy that collected the batch, `[step, 1]`.
///   - clip: ε.
///   - batch: What was collected, with its advantages.
/// - Returns: A number, `[1, 1]`.
public func clippedLoss<Scalar>(
  _ policy: Policy, _ outputs: DistributionOutputs<Scalar>, oldLogProbabilities: Tensor<Scalar>,
  clip: Scalar, on batch: Batch<Scalar>
) -> Variable<Scalar> {
  let logProbabilities = policy.distribution.logProbabilities(outputs, of: batch.actions)
  let ratio = (logProbabilities - Variable(oldLogProbabilities)).exponential
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
    var (loss, divergences) = (0.0, [Double](repeating: 0, count: settings.inner.steps))
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
      divergences = total.divergences.map { $0 / Double(tasks.count) }
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
  private let outer: [(weight: Double, batch: Batch<Float>, oldLogProbabilities: Tensor<Float>)?]

  struct Gradient {
    var initialization: Tensor<Float>
    var stepSizes: [Tensor<Float>]
    var loss: Double
    /// Before each step.
    var divergences: [Double]

    static func + (left: Gradient, right: Gradient) -> Gradient {
      Gradient(
        initialization: left.initialization.adding(right.initialization),
        stepSizes: zip(left.stepSizes, right.stepSizes).map { $0.adding($1) },
        loss: left.loss + right.loss,
        divergences: zip(left.divergences, right.divergences).map { $0 + $1 })
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
      let actor = loop.actor(phase: step + 1)
      let evaluation = PolicyEvaluation(
        actor, parameters: parameters[step], observations: batch.observations,
        hidden: episodes.hidden)
      let old = actor.distribution.logProbabilities(evaluation.outputs, of: batch.actions).value
      return (weight, batch, old)
    }
  }

  /// The gradient of the weighted clipped losses and divergences, through adaptation from other parameters
  /// than those that collected.
  func gradient(
    from initial: Tensor<Float>, _ loop: EpisodeLoop, penalties: [Double], clip: Double
  ) -> Gradient {
    var chain = AdaptationChain<Float>()
    var parameters = initial
    var places = [Tensor<Float>?](repeating: nil, count: outer.count)
    var penalty = Tensor<Float>(initial.shape, repeating: 0)
    var (loss, divergences): (Double, [Double]) = (0, [])
    for (index, batch) in experience.innerBatches.enumerated() {
      let old = oldInner[index].outputs
      let distribution = loop.policy.distribution
      let evaluation = PolicyEvaluation(
        loop.explorer, parameters: parameters, observations: batch.observations)
      let divergence = LossDerivatives(at: evaluation, products: .none) {
        distribution.divergence(from: old, to: $0).mean()
      }
      divergences.append(Double(divergence.loss))
      let slope = divergence.gradient.scaled(by: Float(penalties[index]))
      if index == 0 { penalty = slope } else { places[index - 1] = slope }
      let step = loop.step(
        from: parameters, tiedTo: initial, stepSizes: loop.stepSizes[index], on: batch,
        oldLogProbabilities: distribution.logProbabilities(old, of: batch.actions).value,
        products: loop.settings.inner.firstOrder ? .none : .few)
      chain.append(step)
      parameters = step.after
    }
    for (index, parameters) in chain.places(from: initial).enumerated() {
      guard let (weight, batch, old) = outer[index] else { continue }
      let actor = loop.actor(phase: index + 1)
      let evaluation = PolicyEvaluation(
        actor, parameters: parameters, observations: batch.observations)
      let derivatives = LossDerivatives(at: evaluation, products: .none) {
        clippedLoss(actor, $0, oldLogProbabilities: old, clip: Float(clip), on: batch)
      }
      loss += weight * Double(derivatives.loss)
      let slope = derivatives.gradient.scaled(by: Float(weight))
      places[index] = places[index]?.adding(slope) ?? slope
    }
    let pulled = chain.pullback(losses: places)
    return Gradient(
      initialization: pulled.initialization.adding(penalty), stepSizes: pulled.stepSizes,
      loss: loss, divergences: divergences)
  }
}
