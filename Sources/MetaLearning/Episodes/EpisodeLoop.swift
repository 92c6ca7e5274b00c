internal import Differentiation
internal import EnvironmentKit
internal import Policies
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
struct EpisodeLoop: Sendable {
  let policy: Policy
  /// Who collects what the steps learn from: the policy with its noise kept wide.
  let explorer: Policy
  let settings: MetaLearningSettings
  let stepSizes: StepSizes
  /// The environment's time limit.
  let horizon: Int

  /// - Parameters:
  ///   - policy: The policy.
  ///   - settings: The inner loop's, and what the outer method asks of it.
  ///   - stepSizes: α of each step.
  ///   - horizon: The environment's time limit.
  init(policy: Policy, settings: MetaLearningSettings, stepSizes: StepSizes, horizon: Int) {
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
      var seconds = 0.0
      timed(&seconds) {
        if phase > 0 || steps == 0 {
          experience.outerEpisodes.append(
            (episodes, weights[max(phase, 1) - 1] == 0 ? [] : outerAdvantages(of: episodes)))
        }
        if phase < steps {
          let batch = innerBatch(episodes)
          let step = step(
            from: parameters, tiedTo: initial, stepSizes: stepSizes[phase], on: batch,
            hidden: episodes.hidden, products: products)
          experience.innerBatches.append(batch)
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
  ///   - parameters: Where it begins, `[1, parameter]`.
  ///   - initial: The initialization, which iMAML ties adapted parameters to.
  ///   - stepSizes: α for each parameter, `[1, parameter]`.
  ///   - batch: What it learns from.
  ///   - oldLogProbabilities: Of the policy that collected it, where that was not with `parameters`.
  ///   - hidden: What the policy's hidden layers put out there, where that was kept.
  ///   - products: How many products with its Jacobian will be asked for.
  /// - Returns: The step.
  func step(
    from parameters: Tensor<Float>, tiedTo initial: Tensor<Float>, stepSizes: Tensor<Float>,
    on batch: Batch<Float>, oldLogProbabilities: Tensor<Float>? = nil,
    hidden: [Tensor<Float>] = [], products: HessianProducts = .none
  ) -> AdaptationStep<Float> {
    let step = AdaptationStep(
      from: parameters, stepSizes: stepSizes, policy: explorer,
      estimator: settings.inner.estimator, on: batch, oldLogProbabilities: oldLogProbabilities,
      maximumNorm: settings.inner.maximumGradientNorm.map { Float($0) }, hidden: hidden,
      products: products)
    guard let strength = settings.proximalStrength else { return step }
    return step.tied(to: initial, strength: Float(strength))
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

  /// The same adaptation from another initialization, on batches already collected.
  func readapt(_ experience: TaskExperience, from initial: Tensor<Float>) -> Tensor<Float> {
    experience.innerBatches.enumerated().reduce(initial) { parameters, entry in
      step(
        from: parameters, tiedTo: initial, stepSizes: stepSizes[entry.offset], on: entry.element
      ).after
    }
  }

  /// Episodes with the inner loop's advantages, normalized over the batch.
  func innerBatch(_ episodes: Episodes) -> Batch<Float> {
    let values = advantages(of: episodes, settings: settings.advantages)
    return batch(episodes, normalized(values, by: .batchDeviation))
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
