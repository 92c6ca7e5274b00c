internal import Adaptation
public import Differentiation
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
    method.learnFromTrials { MemoryAdaptation($0, parameters: $1) }
    method.checks = trialGradientChecks
    method.fields = { TrialSettings.fields }
    method.refusal = { settings in
      let network = settings.policy.network
      guard network != .perceptron && network != .latent else {
        return ConstraintViolation(
          "policy.network",
          "is \(network.rawValue), expected one that remembers, such as gru, with outer.method: rl2"
        )
      }
      return settings.withoutTrials
    }
    method.presets = [
      MethodPreset("rl2") { settings, _ in
        settings.remember()
      }
    ]
    return method
  }

  private let settings: MetaLearningSettings

  /// The method as settings describe it.
  public init(_ settings: MetaLearningSettings, _ keys: NoSettings) {
    self.settings = settings
  }

  /// What the critic's predictions are in units of.
  public func initialState(for layout: ParameterLayout) -> [String: [Double]] {
    [ValueScale.name: ValueScale().numbers]
  }

  /// One meta-iteration.
  public func update(
    _ state: inout LearnerState, on iteration: MetaIteration<EpisodeAdapter>
  ) throws -> OuterUpdate {
    let collected = try iteration.trials(
      by: MemoryAdaptation(iteration.adapter.policy, parameters: state.parameters),
      inGroupsOf: settings.tasksAtOnce)
    let passes = TrialPasses(settings, actor: iteration.adapter.policy)
    var seconds = PhaseSeconds()
    let outcome = try timed(&seconds.metaGradient) {
      let groups = collected.map(\.episodes).grouped(by: settings.tasksAtOnce)
      let trials = try iteration.team.map(groups) { Trials($0) }
      return try passes.learn(from: trials, &state, iteration)
    }
    return OuterUpdate(
      tasks: collected.map(\.summary), loss: outcome.loss, metrics: outcome.metrics,
      seconds: seconds)
  }
}

extension OuterMethodName {
  /// A recurrent policy trained on whole trials.
  public static let rl2: OuterMethodName = "rl2"
}

extension MetaLearningSettings {
  /// Takes RL²: a recurrent policy that sees its rewards and has a critic, and trials of as many episodes as are otherwise
  /// collected of a task; no parameter is adapted.
  public mutating func remember() {
    outer.trials.episodes = max(method.collections(self), 2)
    follow(.rl2)
    takeNoSteps()
    policy.network = .gatedRecurrent
    policy.parameters = [:]
    policy.hiddenSizes = [128]
    policy.distribution = .gaussian
    policy.inputs = .history
    policy.valueHead = true
    outer.gaeLambda = 0.95
    outer.learningRate = 1e-3
    outer.logStandardDeviationFactor = 1
    outer.epochs = 4
    outer.clip = 0.2
  }
}
