internal import Adaptation
public import Differentiation
internal import Models
internal import Parallel
internal import Policies
internal import Rollouts
public import Settings

/// RL²: a recurrent policy that sees its actions and rewards learns by reinforcement to learn by reinforcement. It
/// adapts by what it remembers of a trial, and nothing else changes.
///
/// Source: Duan, Schulman, Chen, Bartlett, Sutskever and Abbeel, "RL²: Fast reinforcement learning via slow
/// reinforcement learning", 2016; Wang et al., "Learning to reinforcement learn", 2016. As is usual since, by
/// proximal policy optimization (Schulman et al. 2017, section 5) where Duan et al. take a trust region.
public struct RL2: OuterMethod {
  /// What is known of it.
  public static var definition: OuterMethodDefinition {
    var method = OuterMethodDefinition(
      .rl2, "a recurrent policy that sees its rewards, trained on whole trials", derivative: .none,
      RL2.self)
    method.improvesStepSizes = false
    method.collections = { $0.outer.trials.episodes }
    method.adaptation = { policy, state, _, _ in
      MemoryAdaptation(policy, parameters: state.parameters)
    }
    method.checks = trialGradientChecks
    method.fields = {
      [
        .integer(
          "trialEpisodes", \.trials.episodes, in: 1...1000,
          "episodes of a trial, over which the policy remembers (rl2)"),
        .integer(
          "minibatches", \.trials.minibatches, in: 1...10_000,
          "parts of a pass, each of whole trials (rl2)"),
        .number(
          "valueWeight", \.trials.valueWeight, in: 0...1e6,
          "weight of the critic's squared error (rl2)"),
        .number(
          "entropyWeight", \.trials.entropyWeight, in: 0...1e6,
          "weight of the policy's entropy (rl2)"),
        .optionalNumber(
          "stopKL", \.trials.stopKL, in: aboveZero...100,
          "divergence from who collected at which passes end, null for never (rl2)"),
        .optionalNumber(
          "maximumGradientNorm", \.trials.maximumGradientNorm, in: aboveZero...1e9,
          "a longer gradient is scaled back to it, null for any length (rl2)"),
      ]
    }
    method.refusal = refusal
    method.presets = [
      MethodPreset("rl2") { settings, _ in
        settings.remember()
      }
    ]
    return method
  }

  private static func refusal(_ settings: MetaLearningSettings) -> ConstraintViolation? {
    let name = OuterMethodName.rl2.rawValue
    if settings.inner.steps > 0 {
      return ConstraintViolation(
        "inner.steps",
        "is \(settings.inner.steps), expected 0 with outer.method: \(name), which "
          + "takes no gradient steps on a task")
    }
    if settings.policy.network == .perceptron {
      return ConstraintViolation(
        "policy.network",
        "is perceptron, expected one that remembers, such as gru, with outer.method: \(name)")
    }
    if !settings.policy.valueHead {
      return ConstraintViolation(
        "policy.valueHead", "is false, expected true with outer.method: \(name)")
    }
    if settings.policy.inputs != .history {
      return ConstraintViolation(
        "policy.inputs",
        "is \(settings.policy.inputs.rawValue), expected history with outer.method: "
          + "\(name), whose policy learns from its rewards")
    }
    return nil
  }

  private let settings: MetaLearningSettings
  private let own: TrialSettings

  /// The method as settings describe it.
  public init(_ settings: MetaLearningSettings, _ keys: NoSettings) {
    self.settings = settings
    own = settings.outer.trials
  }

  /// What the critic's predictions are in units of.
  public func initialState(for layout: ParameterLayout) -> [String: [Double]] {
    [ValueScale.name: ValueScale().numbers]
  }

  /// One meta-iteration.
  public func update(
    _ state: inout LearnerState, on iteration: MetaIteration<EpisodeAdapter>
  ) throws -> OuterUpdate {
    let (adapter, team) = (iteration.adapter, iteration.team)
    let before = state.parameters
    let collected = try team.map(iteration.count) { worker, index in
      try adapter.trials(
        of: iteration.tasks[index], index: index, worker: worker, iteration: iteration.number,
        parameters: before, episodes: own.episodes)
    }
    var seconds = PhaseSeconds()
    let outcome = try timed(&seconds.metaGradient) {
      try learn(from: collected.map(\.episodes), &state, iteration)
    }
    return OuterUpdate(
      tasks: collected.map(\.summary), loss: outcome.loss,
      metrics: [
        "meanKL": .number(outcome.divergence), "valueError": .number(outcome.valueError),
        "outerGradientNorm": .number(Double(outcome.gradient.norm)),
      ], seconds: seconds)
  }

  /// Passes over the trials.
  ///
  /// - Returns: The mean over the minibatches of the last whole pass, or of the first one as far as it went.
  private func learn(
    from episodes: Parts<[Episodes]>, _ state: inout LearnerState,
    _ iteration: MetaIteration<EpisodeAdapter>
  ) throws -> TrialGradient<Float> {
    let (team, policy) = (iteration.team, iteration.adapter.policy)
    let (before, scale) = (state.parameters, ValueScale(state.own[ValueScale.name]))
    let minibatches = min(own.minibatches, settings.inner.episodes)
    let judged = try team.map(episodes.grouped(by: tasksAtOnce(minibatches))) {
      JudgedTrials(
        Trials($0), policy, parameters: before, scale: scale,
        discount: settings.advantages.discount, lambda: settings.outer.gaeLambda)
    }
    let newScale = scale.moved(toward: try team.sum(judged) { ReturnMoments(of: $0.returns) })
    state.own[ValueScale.name] = newScale.numbers
    state.parameters = policy.rescalingValue(before, from: scale, to: newScale)
    let advantages = try team.sum(judged) { ReturnMoments(of: $0.advantages) }
    let batches = try team.map(judged) { judged in
      (0..<minibatches).map { minibatch in
        TrialBatch(
          judged, every: minibatches, from: minibatch, advantages: advantages, scale: newScale)
      }
    }
    let loss = TrialLoss(policy, settings.outer)
    var outcome: TrialGradient<Float>?
    let steps = try (0..<minibatches).map { minibatch in
      try team.sum(batches) { $0[minibatch].batch.count }
    }
    for _ in 0..<settings.outer.epochs {
      var pass: TrialGradient<Float>?
      for minibatch in 0..<minibatches {
        let parameters = state.parameters
        let sum = try team.sum(
          try team.map(batches) { batches in
            let batch = batches[minibatch]
            return loss.gradient(at: parameters, on: batch)
              .scaled(by: Double(batch.batch.count) / Double(steps[minibatch]))
          })
        if let limit = own.stopKL, sum.divergence > limit { return outcome ?? pass ?? sum }
        let clipping = own.maximumGradientNorm.flatMap {
          GradientClipping(sum.gradient, maximumNorm: Float($0))
        }
        _ = try state.improveInitialization(
          alongMean: clipping?.clipped(sum.gradient) ?? sum.gradient, in: iteration)
        // The mean of those gone over so far.
        let share = 1 / Double(minibatch + 1)
        pass = pass.map { $0.scaled(by: 1 - share) + sum.scaled(by: share) } ?? sum
      }
      outcome = pass
    }
    return outcome ?? TrialGradient(gradient: before.scaled(by: 0))
  }

  /// The tasks whose trials go through the network together: a power of two, so that a product has rows enough.
  private func tasksAtOnce(_ minibatches: Int) -> Int {
    var tasks = 1
    while tasks * settings.inner.episodes < Self.fewestTrials * minibatches
      && tasks < settings.outer.tasks
    {
      tasks *= 2
    }
    return tasks
  }

  /// Trials of a minibatch that go through the network together, at the least.
  private static var fewestTrials: Int { 8 }
}

extension OuterMethodName {
  /// A recurrent policy trained on whole trials.
  public static let rl2: OuterMethodName = "rl2"
}

extension MetaLearningSettings {
  /// Takes RL²: a recurrent policy that sees its rewards and has a critic, and trials of as many episodes as are otherwise
  /// collected of a task; no parameter is adapted.
  public mutating func remember() {
    follow(.rl2)
    fixStepSizes()
    policy.network = .gatedRecurrent
    policy.hiddenSizes = [128]
    policy.inputs = .history
    policy.valueHead = true
    policy.contextSize = 0
    outer.trials.episodes = max(inner.steps + 1, 2)
    outer.stepWeights = []
    outer.stepWeightAnnealing = 0
    outer.explorationCredit = 0
    outer.gaeLambda = 0.95
    outer.learningRate = 1e-3
    outer.logStandardDeviationFactor = 1
    outer.epochs = 4
    outer.clip = 0.2
    inner.steps = 0
    inner.minimumLogStandardDeviation = nil
    inner.adapts = []
  }
}
