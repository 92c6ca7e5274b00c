internal import Adaptation
internal import Differentiation
internal import EnvironmentKit
internal import Models
internal import Parallel
internal import Policies
internal import Rollouts

/// The loss on trials and its gradient, as training takes them, on two tasks' trials that a policy nearby collected.
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
  guard case .episodes(let environment, let policy) = problem else { return [] }
  var settings = settings
  settings.inner.episodes = min(settings.inner.episodes, 2)
  let state = try MetaLearner(
    problem: problem, settings: settings, seed: seed, team: Threads(1)
  ).state
  let adapter = try EpisodeAdapter(
    environment, policy, settings: settings, seed: seed, workers: 1)
  let differences = Differences(about: state.parameters, seed: seed)
  let loss = TrialLoss(policy, settings.outer)
  if isBroken { settings.outer.trials.valueWeight += 1 }
  let differentiated = TrialLoss(policy, settings.outer)
  let sampled = try environment.sampleTasks(split: .train, count: 2, seed: seed, iteration: 0)
  let judged = try sampled.enumerated().map { index, task in
    JudgedTrials(
      Trials([
        try adapter.trials(
          of: task, index: index, worker: 0, iteration: 0, parameters: state.parameters,
          episodes: settings.outer.trials.episodes
        ).episodes
      ]), policy, parameters: state.parameters, scale: ValueScale(),
      discount: settings.advantages.discount, lambda: settings.outer.gaeLambda)
  }
  let advantages = ReturnMoments(of: judged.flatMap(\.advantages))
  let scale = ValueScale().moved(toward: ReturnMoments(of: judged.flatMap(\.returns)))
  return [
    GradientCheck(
      "trialLoss",
      judged.flatMap { judged in
        let batch = TrialBatch(judged, every: 1, from: 0, advantages: advantages, scale: scale)
          .converted(to: Double.self)
        let gradient = differentiated.gradient(at: differences.point, on: batch).gradient
        return differences.errors(of: gradient) { loss.gradient(at: $0, on: batch).loss }
      })
  ]
}
