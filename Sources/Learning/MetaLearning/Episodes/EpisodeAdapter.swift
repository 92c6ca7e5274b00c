public import Adaptation
internal import Differentiation
public import EnvironmentKit
public import Models
public import Policies
public import Rollouts

/// The inner loop on episodes, with a collector for each worker.
public struct EpisodeAdapter: TaskAdapter {
  /// Where tasks are from.
  public let environment: AnyEnvironment
  /// Who is adapted.
  public let policy: Policy
  private let settings: MetaLearningSettings
  let seed: UInt64
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

  /// Adaptation from a state as training needs it, with what derivatives go through.
  ///
  /// - Parameters:
  ///   - state: The initialization and the step sizes.
  ///   - products: How many products with each step's Jacobian will be asked for.
  /// - Returns: Adaptation that keeps its steps.
  public func adaptation(
    of state: LearnerState, products: HessianProducts = .none
  ) -> GradientAdaptation {
    settings.adaptation(of: policy, from: state, products: products, isRecorded: true)
  }

  /// Collects, adapts and collects again as often as the inner loop has steps, without derivatives of any outer loss.
  ///
  /// - Parameters:
  ///   - task: The task.
  ///   - index: Its place among the tasks of the iteration: names its random streams.
  ///   - worker: The calling worker, from 0.
  ///   - request: What the outer method starts from and asks for; episodes whose loss has no weight get no advantages.
  /// - Returns: What was collected.
  /// - Throws: What collecting throws.
  public func experience(
    of task: AnyTask, index: Int, worker: Int, _ request: AdaptationRequest
  ) throws -> TaskExperience {
    let adaptation = settings.adaptation(
      of: policy, from: request.state.parameters, by: request.stepSizes,
      products: request.products, isRecorded: true)
    let steps = settings.inner.steps
    var progress = adaptation.begin()
    var experience = TaskExperience(adapted: progress.parameters)
    for phase in 0...steps {
      let shown = adaptation.actor(progress)
      let actor = phase < steps ? adaptation.explorer(progress) ?? shown : shown
      let episodes = try timed(&experience.summary.seconds.rollouts) {
        try collectors[worker].collect(
          settings.inner.episodes, task: task, by: actor,
          name: CollectionName(seed: seed, iteration: request.iteration, task: index, phase: phase))
      }
      experience.summary.add(episodes)
      var seconds = 0.0
      timed(&seconds) {
        if phase > 0 || steps == 0 {
          experience.outerEpisodes.append(
            (episodes, request.weights[max(phase, 1) - 1] == 0 ? [] : outerAdvantages(of: episodes))
          )
        }
        if steps == 0 {
          let unweighted = Batch(episodes, [Float](repeating: 0, count: episodes.stepCount))
          experience.summary.actionEntropy =
            unweighted.collected(
              by: policy, with: progress.parameters, cache: episodes.cache
            ).entropy
        }
        if phase < steps {
          adaptation.learn(&progress, from: episodes, repetitions: nil)
          experience.summary.add(progress)
        }
      }
      experience.summary.seconds.innerGradient += seconds
    }
    experience.chain = progress.chain
    experience.adapted = progress.parameters
    experience.innerBatches = progress.batches
    return experience
  }

  /// Collects trials of one task side by side, each of which learns from its episodes as they come.
  ///
  /// - Parameters:
  ///   - task: The task.
  ///   - index: Its place among the tasks of the iteration: names its random streams.
  ///   - worker: The calling worker, from 0.
  ///   - iteration: The number of the meta-iteration.
  ///   - adaptation: How they learn.
  ///   - count: Episodes in a trial.
  /// - Returns: The first episodes of all trials, then the second ones, and so on, and how they went.
  /// - Throws: What collecting throws.
  public func trials(
    of task: AnyTask, index: Int, worker: Int, iteration: Int, by adaptation: some Adaptation,
    episodes count: Int
  ) throws -> (episodes: [Episodes], summary: TaskSummary) {
    var progress = adaptation.begin()
    var summary = TaskSummary()
    let episodes = try timed(&summary.seconds.rollouts) {
      try (0..<count).map { phase in
        let episodes = try collectors[worker].collect(
          settings.inner.episodes, task: task, by: adaptation.actor(progress),
          name: CollectionName(seed: seed, iteration: iteration, task: index, phase: phase))
        adaptation.learn(&progress, from: episodes, repetitions: nil)
        return episodes
      }
    }
    for part in episodes { summary.add(part) }
    return (episodes, summary)
  }

  private func outerAdvantages(of episodes: Episodes) -> [Double] {
    var outer = settings.advantages
    outer.gaeLambda = settings.outer.gaeLambda
    return advantages(of: episodes, settings: outer)
  }

  /// Adapts to a task, and differentiates the losses after adaptation where they stand.
  public func adapt(
    to task: AnyTask, index: Int, worker: Int, _ request: AdaptationRequest
  ) throws -> TaskAdaptation {
    let experience = try experience(of: task, index: index, worker: worker, request)
    var adaptation = TaskAdaptation(
      chain: experience.chain, adapted: experience.adapted, summary: experience.summary)
    adaptation.residual = experience.chain.steps.compactMap(\.residual).max()
    if request.derivative == .none { return adaptation }
    var seconds = 0.0
    timed(&seconds) { differentiate(experience, request, into: &adaptation) }
    adaptation.summary.seconds.metaGradient += seconds
    return adaptation
  }

  /// The gradient of the weighted loss after each step.
  ///
  /// Each loss is a sum over time steps divided by those that full episodes would have had, so that it
  /// follows the expected return: a task whose episodes end early counts for as many steps as it has.
  /// Advantages are divided by one number for all tasks, so that a task that is nearly solved does not
  /// count as much as one that is not.
  private func differentiate(
    _ experience: TaskExperience, _ request: AdaptationRequest,
    into adaptation: inout TaskAdaptation
  ) {
    let loop = settings.adaptation(
      of: policy, from: request.state.parameters, by: request.stepSizes)
    let scale = request.state.advantageScale
    let divisor: AdvantageScale = scale > 0 ? .fixed(scale) : .batchDeviation
    let horizon = environment.specification.horizon
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
      let batch = Batch(episodes, normalized(advantages, by: divisor))
      let evaluation = PolicyEvaluation(
        loop.actor(phase: step + 1), parameters: parameters[step], inputs: batch.inputs,
        cache: episodes.cache)
      let share = weight * Double(episodes.stepCount) / Double(episodes.count * horizon)
      let derivatives = LossDerivatives(at: evaluation, products: .none) {
        policyGradientLoss(.logLikelihood, policy, $0, on: batch)
      }
      adaptation.loss += share * Double(derivatives.loss)
      adaptation.gradients.append(derivatives.gradient.scaled(by: Float(share)))
    }
    if request.derivative == .implicit {
      adaptation.hessianProduct = innerHessian(after: experience, loop)
    } else if settings.outer.explorationCredit > 0 && scale > 0 {
      adaptation.credits = loop.credits(
        of: experience, weights: request.weights, scale: scale * Double(horizon))
    }
  }

  /// Products with the Hessian of the inner loss at the adapted parameters, on the episodes collected
  /// there.
  private func innerHessian(
    after experience: TaskExperience, _ loop: GradientAdaptation
  ) -> (Tensor<Float>) -> Tensor<Float> {
    let episodes = experience.outerEpisodes[experience.outerEpisodes.count - 1].episodes
    let batch = Batch(episodes, loop.innerAdvantages(of: episodes))
    let evaluation = PolicyEvaluation(
      policy, parameters: experience.adapted, inputs: batch.inputs,
      cache: episodes.cache)
    let derivatives = LossDerivatives(at: evaluation, products: .many) {
      policyGradientLoss(settings.inner.estimator, policy, $0, on: batch)
    }
    return derivatives.hessianProduct
  }
}

extension TaskSummary {
  /// Takes down how the episodes after so many steps went.
  mutating func add(_ episodes: Episodes) {
    scores.append(episodes.meanReturn)
    environmentSteps += episodes.stepCount
    successRates.append(episodes.successRate)
  }

  /// Takes down what the last step learned from.
  mutating func add(_ progress: GradientAdaptation.Progress) {
    if let step = progress.chain.steps.last {
      innerGradientNorms.append(Double(step.gradient.norm))
    }
    if progress.stepCount == 1 { actionEntropy = progress.batches.last?.entropy }
  }
}
