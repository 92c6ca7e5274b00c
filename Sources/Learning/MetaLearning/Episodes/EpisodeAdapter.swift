internal import Differentiation
internal import EnvironmentKit
internal import Policies
internal import Rollouts

/// The inner loop on episodes, with a collector for each worker.
struct EpisodeAdapter: TaskAdapter {
  let environment: AnyEnvironment
  let policy: Policy
  private let settings: MetaLearningSettings
  private let seed: UInt64
  private let collectors: [Collector]

  init(
    _ environment: AnyEnvironment, _ policy: Policy, settings: MetaLearningSettings, seed: UInt64,
    workers: Int
  ) throws {
    self.environment = environment
    self.policy = policy
    self.settings = settings
    self.seed = seed
    collectors = try (0..<workers).map { _ in
      try Collector(environment: environment, policy: policy, capacity: settings.inner.episodes)
    }
  }

  func loop(_ stepSizes: StepSizes) -> EpisodeLoop {
    EpisodeLoop(
      policy: policy, settings: settings, stepSizes: stepSizes,
      horizon: environment.specification.horizon)
  }

  /// Runs the inner loop, without derivatives of any outer loss.
  func experience(
    of task: AnyTask, index: Int, worker: Int, _ request: AdaptationRequest
  ) throws -> TaskExperience {
    try loop(request.stepSizes).run(
      from: request.state.parameters, task: task, weights: request.weights,
      collector: collectors[worker], seed: seed, iteration: request.iteration, index: index)
  }

  func adapt(
    to task: AnyTask, index: Int, worker: Int, _ request: AdaptationRequest
  ) throws -> TaskAdaptation {
    let experience = try experience(of: task, index: index, worker: worker, request)
    var adaptation = TaskAdaptation(
      chain: experience.chain, adapted: experience.adapted, summary: experience.summary)
    adaptation.residual = experience.chain.steps.compactMap(\.residual).max()
    if request.derivative == .none { return adaptation }
    let loop = loop(request.stepSizes)
    var seconds = 0.0
    timed(&seconds) { loop.differentiate(experience, request, into: &adaptation) }
    adaptation.summary.seconds.metaGradient += seconds
    return adaptation
  }
}

extension EpisodeLoop {
  /// The gradient of the weighted loss after each step.
  ///
  /// Each loss is a sum over time steps divided by those that full episodes would have had, so that it
  /// follows the expected return: a task whose episodes end early counts for as many steps as it has.
  /// Advantages are divided by one number for all tasks, so that a task that is nearly solved does not
  /// count as much as one that is not.
  fileprivate func differentiate(
    _ experience: TaskExperience, _ request: AdaptationRequest,
    into adaptation: inout TaskAdaptation
  ) {
    let scale = request.state.advantageScale
    let divisor: AdvantageScale = scale > 0 ? .fixed(scale) : .batchDeviation
    let parameters = experience.outerParameters
    for (step, weight) in request.weights.enumerated() {
      guard weight != 0 else {
        adaptation.gradients.append(nil)
        continue
      }
      let (episodes, advantages) = experience.outerEpisodes[step]
      let deviation = standardDeviation(advantages)
      adaptation.advantageMoments.count += Double(advantages.count)
      adaptation.advantageMoments.squares += deviation * deviation * Double(advantages.count)
      let batch = batch(episodes, normalized(advantages, by: divisor))
      let evaluation = PolicyEvaluation(
        actor(phase: step + 1), parameters: parameters[step], observations: batch.observations,
        hidden: episodes.hidden)
      let share = weight * Double(episodes.stepCount) / Double(episodes.count * horizon)
      let derivatives = LossDerivatives(at: evaluation, products: .none) {
        policyGradientLoss(.logLikelihood, policy, $0, on: batch)
      }
      adaptation.loss += share * Double(derivatives.loss)
      adaptation.gradients.append(derivatives.gradient.scaled(by: Float(share)))
    }
    if request.derivative == .implicit {
      adaptation.hessianProduct = innerHessian(after: experience)
    } else if settings.outer.explorationCredit > 0 && scale > 0 {
      adaptation.credits = credits(
        of: experience, weights: request.weights, scale: scale * Double(horizon))
    }
  }

  /// Products with the Hessian of the inner loss at the adapted parameters, on the episodes collected
  /// there.
  private func innerHessian(
    after experience: TaskExperience
  ) -> (Tensor<Float>) -> Tensor<Float> {
    let episodes = experience.outerEpisodes[experience.outerEpisodes.count - 1].episodes
    let batch = batch(episodes, innerAdvantages(of: episodes))
    let evaluation = PolicyEvaluation(
      policy, parameters: experience.adapted, observations: batch.observations,
      hidden: episodes.hidden)
    let derivatives = LossDerivatives(at: evaluation, products: .many) {
      policyGradientLoss(settings.inner.estimator, policy, $0, on: batch)
    }
    return derivatives.hessianProduct
  }
}
