internal import Adaptation
public import Differentiation
internal import Models
internal import Parallel
internal import Policies
internal import Randomness
internal import Rollouts
public import Settings

/// VariBAD: a recurrent encoder infers the task from what happened, as a distribution over latent variables from which
/// rewards and transitions can be predicted, and a policy acts by the observation and that distribution.
///
/// The policy learns by proximal policy optimization and doesn't move the encoder; encoder and decoders learn by their
/// bound on the same trials. Zintgraf et al. keep trials of earlier iterations for that; here each iteration has enough of
/// its own.
///
/// Source: Zintgraf, Shiarlis, Igl, Schulze, Gal, Hofmann and Whiteson, "VariBAD: A very good method for Bayes-adaptive
/// deep RL via meta-learning", 2020.
public struct VariBAD: OuterMethod {
  /// What is known of it.
  public static var definition: OuterMethodDefinition {
    var method = OuterMethodDefinition(
      .varibad, "a policy that acts by an inferred distribution over tasks", derivative: .none,
      VariBAD.self)
    method.learnFromTrials { MemoryAdaptation($0, parameters: $1) }
    method.checks = beliefGradientChecks
    method.fields = {
      [
        .integer(
          "posteriors", \.beliefs.posteriors, in: 1...100_000,
          "moments of a trial whose beliefs predict it (varibad)"),
        .integer(
          "decodedSteps", \.beliefs.decodedSteps, in: 1...100_000,
          "steps that each of them predicts (varibad)"),
        .number(
          "divergenceWeight", \.beliefs.divergenceWeight, in: 0...1e6,
          "weight of a belief's divergence from the one before (varibad)"),
        .number(
          "rewardWeight", \.beliefs.rewardWeight, in: 0...1e6,
          "weight of the squared errors of predicted rewards (varibad)"),
        .number(
          "transitionWeight", \.beliefs.transitionWeight, in: 0...1e6,
          "weight of the squared errors of predicted observations (varibad)"),
      ]
    }
    method.refusal = { settings in
      guard settings.policy.network == .belief else {
        return ConstraintViolation(
          "policy.network",
          "is \(settings.policy.network.rawValue), expected belief with outer.method: varibad")
      }
      return settings.withoutTrials
    }
    method.memory = predictionMemory
    method.presets = [
      MethodPreset("varibad") { settings, _ in
        settings.infer()
      }
    ]
    return method
  }

  /// What the decoders predict of some tasks' trials together.
  private static func predictionMemory(
    _ problem: Problem, _ settings: MetaLearningSettings
  ) -> [MethodMemory] {
    guard case .episodes(_, let policy) = problem,
      let network = policy.network as? BeliefNetwork
    else { return [] }
    let own = settings.outer.beliefs
    let together = min(settings.tasksAtOnce, settings.outer.tasks)
    let trials = Double(together * settings.inner.episodes / settings.minibatches)
    let held =
      (own.rewardWeight > 0 ? network.rewardDecoder.heldNumbers : 0)
      + (own.transitionWeight > 0 ? network.transitionDecoder.heldNumbers : 0)
    let isWide = own.decodedSteps > own.posteriors
    return [
      MethodMemory(
        bytes: 4 * trials * Double(own.posteriors) * Double(own.decodedSteps) * Double(held),
        parts: (settings.outer.tasks + together - 1) / together, for: "what beliefs predict",
        key: isWide ? "decodedSteps" : "posteriors",
        value: isWide ? own.decodedSteps : own.posteriors)
    ]
  }

  private let settings: MetaLearningSettings

  /// The method as settings describe it.
  public init(_ settings: MetaLearningSettings, _ keys: NoSettings) { self.settings = settings }

  /// What the critic's predictions are in units of.
  public func initialState(for layout: ParameterLayout) -> [String: [Double]] {
    [ValueScale.name: ValueScale().numbers]
  }

  /// One meta-iteration.
  public func update(
    _ state: inout LearnerState, on iteration: MetaIteration<EpisodeAdapter>
  ) throws -> OuterUpdate {
    let team = iteration.team
    let policy = BeliefPolicy(iteration.adapter.policy)
    let passes = TrialPasses(settings, actor: policy.actor)
    let before = state.parameters
    let collected = try iteration.trials(
      by: MemoryAdaptation(iteration.adapter.policy, parameters: before),
      inGroupsOf: settings.tasksAtOnce)
    var seconds = PhaseSeconds()
    let outcome = try timed(&seconds.metaGradient) {
      let groups = collected.map(\.episodes).grouped(by: settings.tasksAtOnce)
      let trials = try team.map(groups) { Trials($0, keepsFollowing: true) }
      let shown = try team.map(trials) { policy.shown($0, parameters: before) }
      let batches = try team.map(trials) { trials in
        (0..<settings.minibatches).map {
          trials.taking(passes.members(of: $0, among: trials.count))
        }
      }
      let loss = BeliefLoss(policy.network, settings.outer.beliefs)
      return try passes.learn(from: shown, &state, iteration) { parameters, pass, minibatch in
        let own = policy.beliefParameters(parameters)
        let count = team.sum(batches) { $0[minibatch].count }
        let sum = team.sum(
          try team.map(batches.count) { _, index in
            let part = batches[index][minibatch]
            var random = RandomStream(
              seed: iteration.adapter.seed, iteration: iteration.number, task: index, phase: pass,
              episode: minibatch, purpose: .beliefs)
            let sample = BeliefSample(part, policy.network, settings.outer.beliefs, &random)
            return loss.gradient(at: own, on: sample)
              .scaled(by: Double(part.count) / Double(count))
          })
        return (sum.gradient, sum.terms)
      }
    }
    return OuterUpdate(
      tasks: collected.map(\.summary), loss: outcome.loss, metrics: outcome.metrics,
      seconds: seconds)
  }
}

extension OuterMethodName {
  /// A policy that acts by an inferred distribution over tasks.
  public static let varibad: OuterMethodName = "varibad"
}

extension MetaLearningSettings {
  /// Takes VariBAD: a policy that acts by what its encoder infers, and trials of as many episodes as are otherwise
  /// collected of a task; no parameter is adapted.
  public mutating func infer() {
    remember()
    follow(.varibad)
    policy.network = .belief
    policy.hiddenSizes = [64, 64]
    outer.beliefs.divergenceWeight = 0.01
  }
}
