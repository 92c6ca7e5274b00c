package import Differentiation
internal import EnvironmentKit
package import Policies
internal import Rollouts

/// What one meta-iteration collected and computed on one task.
struct TaskExperience {
  var chain = AdaptationChain<Float>()
  /// The parameters after the last step, `[1, parameter]`.
  var adapted: Tensor<Float>
  /// The batch each inner step descended.
  var innerBatches: [Batch<Float>] = []
  /// The episodes collected after 1, 2, ... steps, or where none are taken before any, with the outer loop's
  /// advantages, centred only.
  var outerEpisodes: [(episodes: Episodes, advantages: [Double])] = []
  /// Mean undiscounted return after 0, 1, ... steps, and what it took.
  var summary = TaskSummary()

  /// The parameters that collected the outer episodes, `[1, parameter]` each.
  var outerParameters: [Tensor<Float>] { chain.places(from: adapted) }
}

/// The inner loop on one task: collect, step, and collect again, as often as the settings say.
package struct EpisodeLoop: Sendable {
  package let policy: Policy
  /// Who collects what the steps learn from: the policy with its noise kept wide.
  package let explorer: Policy
  let settings: MetaLearningSettings
  let stepSizes: StepSizes
  /// The environment's time limit.
  let horizon: Int

  /// - Parameters:
  ///   - policy: The policy.
  ///   - settings: The inner loop's, and what the outer method asks of it.
  ///   - stepSizes: α of each step.
  ///   - horizon: The environment's time limit.
  package init(
    policy: Policy, settings: MetaLearningSettings, stepSizes: StepSizes, horizon: Int
  ) {
    self.policy = policy
    explorer =
      settings.inner.minimumLogStandardDeviation.map(policy.exploring) ?? policy
    self.settings = settings
    self.stepSizes = stepSizes
    self.horizon = horizon
  }

  /// Who acts after `phase` steps: only after the last there is nothing more to find out.
  func actor(phase: Int) -> Policy { phase < settings.inner.steps ? explorer : policy }

  /// Runs it with the calling worker's collector; episodes whose outer loss has no weight get no
  /// advantages.
  func run(
    from initial: Tensor<Float>, task: AnyTask, weights: [Double], collector: Collector,
    seed: UInt64, iteration: Int, index: Int
  ) throws -> TaskExperience {
    var experience = TaskExperience(adapted: initial)
    let steps = settings.inner.steps
    for phase in 0...steps {
      let parameters = experience.adapted
      let episodes = try timed(&experience.summary.seconds.rollouts) {
        try collector.collect(
          settings.inner.episodes, task: task, policy: actor(phase: phase), parameters: parameters,
          name: CollectionName(seed: seed, iteration: iteration, task: index, phase: phase))
      }
      experience.summary.scores.append(episodes.meanReturn)
      experience.summary.environmentSteps += episodes.stepCount
      experience.summary.successRates.append(episodes.successRate)
      var seconds = 0.0
      timed(&seconds) {
        if phase > 0 || steps == 0 {
          experience.outerEpisodes.append(
            (episodes, weights[max(phase, 1) - 1] == 0 ? [] : outerAdvantages(of: episodes)))
        }
        if steps == 0 {
          let unweighted = batch(episodes, [Float](repeating: 0, count: episodes.stepCount))
          experience.summary.actionEntropy =
            unweighted.collected(by: policy, with: parameters, hidden: episodes.hidden).entropy
        }
        if phase < steps {
          let batch = innerBatch(episodes, from: parameters)
          let step = step(
            phase, from: parameters, tiedTo: initial, on: batch, hidden: episodes.hidden,
            products: products)
          experience.innerBatches.append(batch)
          experience.summary.innerGradientNorms.append(Double(step.gradient.norm))
          if phase == 0 { experience.summary.actionEntropy = batch.entropy }
          experience.adapted = step.after
          experience.chain.append(step)
        }
      }
      experience.summary.seconds.innerGradient += seconds
    }
    return experience
  }

  /// One step down the inner loss.
  ///
  /// - Parameters:
  ///   - index: How many steps were taken before.
  ///   - parameters: Where it begins, `[1, parameter]`.
  ///   - initial: The initialization, which iMAML ties adapted parameters to.
  ///   - batch: What it learns from.
  ///   - hidden: What the policy's hidden layers put out there, where that was kept.
  ///   - products: How many products with its Jacobian will be asked for.
  /// - Returns: The step.
  func step<Scalar: TensorScalar>(
    _ index: Int, from parameters: Tensor<Scalar>, tiedTo initial: Tensor<Scalar>,
    on batch: Batch<Scalar>, hidden: [Tensor<Scalar>] = [], products: HessianProducts = .none
  ) -> AdaptationStep<Scalar> {
    guard let strength = settings.proximalStrength else {
      return AdaptationStep(
        from: parameters, stepSizes: stepSizes[index], policy: explorer,
        estimator: settings.inner.estimator, on: batch,
        maximumNorm: settings.inner.maximumGradientNorm.map { Scalar($0) }, hidden: hidden,
        products: products)
    }
    let optimum = InnerOptimum(
      from: parameters, tiedTo: initial, strength: Scalar(strength), stepSizes: stepSizes[index],
      tolerance: Scalar(settings.inner.optimumTolerance)
    ) { place in
      let evaluation = PolicyEvaluation(
        explorer, parameters: place, observations: batch.observations)
      let derivatives = LossDerivatives(at: evaluation, products: .none) {
        policyGradientLoss(settings.inner.estimator, explorer, $0, on: batch)
      }
      return (derivatives.loss, derivatives.gradient)
    }
    return AdaptationStep(from: parameters, to: optimum)
  }

  /// What the outer update will ask of each step.
  private var products: HessianProducts {
    if settings.inner.firstOrder { return .none }
    return switch settings.outer.method {
    case .trpo: .many
    case .adam: .few
    case .promp, .reptile, .imaml: .none
    }
  }

  /// The same adaptation from another initialization, on batches already collected, each by the policy that
  /// its log probabilities tell of.
  package func readapted<Scalar: TensorScalar>(
    on batches: [Batch<Scalar>], from initial: Tensor<Scalar>, products: HessianProducts = .none
  ) -> AdaptationChain<Scalar> {
    var chain = AdaptationChain<Scalar>()
    var parameters = initial
    for (index, batch) in batches.enumerated() {
      let step = step(index, from: parameters, tiedTo: initial, on: batch, products: products)
      chain.append(step)
      parameters = step.after
    }
    return chain
  }

  /// Episodes that the explorer collected, with the inner loop's advantages, normalized over the batch.
  func innerBatch(_ episodes: Episodes, from parameters: Tensor<Float>) -> Batch<Float> {
    batch(episodes, innerAdvantages(of: episodes))
      .collected(by: explorer, with: parameters, hidden: episodes.hidden)
  }

  func innerAdvantages(of episodes: Episodes) -> [Float] {
    normalized(advantages(of: episodes, settings: settings.advantages), by: .batchDeviation)
  }

  func batch(_ episodes: Episodes, _ advantages: [Float]) -> Batch<Float> {
    Batch(
      observations: episodes.observations, actions: episodes.actions,
      advantages: Tensor(Shape(advantages.count, 1), advantages), starts: episodes.starts)
  }

  private func outerAdvantages(of episodes: Episodes) -> [Double] {
    var outer = settings.advantages
    outer.gaeLambda = settings.outer.gaeLambda
    return advantages(of: episodes, settings: outer)
  }
}
