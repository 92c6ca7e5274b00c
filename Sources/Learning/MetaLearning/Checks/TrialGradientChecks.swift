internal import Adaptation
internal import Differentiation
internal import EnvironmentKit
internal import Models
internal import Parallel
internal import Policies
internal import Randomness
internal import Rollouts

/// The loss on trials and its gradient, as training takes them.
///
/// - Parameters:
///   - problem: The tasks and the policy.
///   - settings: The configuration to check.
///   - seed: Names the random streams.
///   - isBroken: Takes the gradient of another loss than the configured one.
/// - Returns: One check.
/// - Throws: What collecting throws.
func trialGradientChecks(
  _ problem: Problem, settings: MetaLearningSettings, seed: UInt64, isBroken: Bool
) throws -> [GradientCheck] {
  guard let collected = try CheckedTrials(problem, settings: settings, seed: seed) else {
    return []
  }
  return [
    collected.check(
      collected.policy, collected.parameters, collected.trials, isBroken: isBroken)
  ]
}

/// The loss of an actor that is shown beliefs, and the bound that beliefs are learned by, with their gradients.
///
/// - Parameters:
///   - problem: The tasks and the policy.
///   - settings: The configuration to check.
///   - seed: Names the random streams.
///   - isBroken: Takes the gradients of other losses than the configured ones.
/// - Returns: Two checks.
/// - Throws: What collecting throws.
func beliefGradientChecks(
  _ problem: Problem, settings: MetaLearningSettings, seed: UInt64, isBroken: Bool
) throws -> [GradientCheck] {
  guard let collected = try CheckedTrials(problem, settings: settings, seed: seed) else {
    return []
  }
  let policy = BeliefPolicy(collected.policy)
  let shown = collected.trials.map { policy.shown($0, parameters: collected.parameters) }
  var own = settings.outer.beliefs
  (own.posteriors, own.decodedSteps) = (min(own.posteriors, 8), min(own.decodedSteps, 32))
  let loss = BeliefLoss(policy.network, own)
  if isBroken { own.divergenceWeight += 1 }
  let differentiated = BeliefLoss(policy.network, own)
  let differences = Differences(
    about: policy.beliefParameters(collected.parameters), seed: seed)
  return [
    collected.check(
      policy.actor, policy.actor.lastParameters(of: collected.parameters), shown, isBroken: isBroken
    ),
    GradientCheck(
      "beliefLoss",
      collected.trials.enumerated().flatMap { task, trials in
        var random = RandomStream(seed: seed, task: task, purpose: .beliefs)
        let sample = BeliefSample(trials, policy.network, own, &random)
          .converted(to: Double.self)
        let gradient = differentiated.gradient(at: differences.point, on: sample).gradient
        return differences.errors(of: gradient) { loss.gradient(at: $0, on: sample).loss }
      }),
  ]
}

/// Trials of two tasks that a policy nearby collected.
private struct CheckedTrials {
  let policy: Policy
  /// `[1, parameter]`
  let parameters: Tensor<Float>
  /// Of each task.
  let trials: [Trials]
  private let settings: MetaLearningSettings
  private let seed: UInt64

  /// Nil where tasks have examples.
  init?(_ problem: Problem, settings: MetaLearningSettings, seed: UInt64) throws {
    guard case .episodes(let environment, let policy) = problem else { return nil }
    var settings = settings
    settings.inner.episodes = min(settings.inner.episodes, 2)
    let parameters = try MetaLearner(
      problem: problem, settings: settings, seed: seed, team: Threads(1)
    ).state.parameters
    let adapter = try EpisodeAdapter(
      environment, policy, settings: settings, seed: seed, workers: 1)
    let sampled = try environment.sampleTasks(split: .train, count: 2, seed: seed, iteration: 0)
    trials = try sampled.enumerated().map { index, task in
      Trials(
        [
          try adapter.trials(
            of: task, index: index, worker: 0, iteration: 0,
            by: MemoryAdaptation(policy, parameters: parameters),
            episodes: settings.outer.trials.episodes
          ).episodes
        ], keepsFollowing: true)
    }
    (self.policy, self.parameters, self.settings, self.seed) = (policy, parameters, settings, seed)
  }

  /// The loss of an actor and a critic on the trials as they saw them.
  func check(
    _ actor: Policy, _ parameters: Tensor<Float>, _ trials: [Trials], isBroken: Bool
  ) -> GradientCheck {
    var outer = settings.outer
    let differences = Differences(about: parameters, seed: seed)
    let loss = TrialLoss(actor, outer)
    if isBroken { outer.trials.valueWeight += 1 }
    let differentiated = TrialLoss(actor, outer)
    let judged = trials.map {
      JudgedTrials(
        $0, actor, parameters: parameters, scale: ValueScale(),
        discount: settings.advantages.discount, lambda: outer.gaeLambda)
    }
    let advantages = ReturnMoments(of: judged.flatMap(\.advantages))
    let scale = ValueScale().moved(toward: ReturnMoments(of: judged.flatMap(\.returns)))
    return GradientCheck(
      "trialLoss",
      judged.flatMap { judged in
        let all = Array(0..<judged.trials.count)
        let batch = TrialBatch(judged, all, advantages: advantages, scale: scale)
          .converted(to: Double.self)
        let gradient = differentiated.gradient(at: differences.point, on: batch).gradient
        return differences.errors(of: gradient) { loss.gradient(at: $0, on: batch).loss }
      })
  }
}
