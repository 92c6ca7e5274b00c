internal import Adaptation
internal import Differentiation
internal import EnvironmentKit
internal import Models
internal import Parallel
internal import Policies
internal import Randomness
internal import Rollouts

/// The losses of critics and encoder, value and actor, each with the gradient that training takes of it.
///
/// - Parameters:
///   - problem: The tasks and the policy.
///   - settings: The configuration to check.
///   - seed: Names the random streams.
///   - isBroken: Takes the gradients of other losses than the configured ones.
/// - Returns: Three checks.
/// - Throws: What collecting throws.
func replayGradientChecks(
  _ problem: Problem, settings: MetaLearningSettings, seed: UInt64, isBroken: Bool
) throws -> [GradientCheck] {
  guard case .episodes(let environment, let policy) = problem,
    let network = policy.network as? LatentNetwork
  else { return [] }
  var settings = settings
  settings.inner.episodes = min(settings.inner.episodes, 2)
  settings.outer.replay.batchSteps = min(settings.outer.replay.batchSteps, 64)
  settings.outer.replay.contextSteps = min(settings.outer.replay.contextSteps, 32)
  let parameters = try MetaLearner(
    problem: problem, settings: settings, seed: seed, team: Threads(1)
  ).state.parameters
  let adapter = try EpisodeAdapter(environment, policy, settings: settings, seed: seed, workers: 1)
  let own = settings.outer.replay
  let tasks = try environment.sampleTasks(split: .train, count: 2, seed: seed)
  let parts = try tasks.enumerated().map { index, task in
    let collected = try adapter.trials(
      of: task, index: index, worker: 0, iteration: 0,
      by: LatentAdaptation(policy, parameters: parameters), episodes: 1)
    let rows = collected.episodes[0].transitions.rows
    var replay = RowQueue(width: rows.shape.columns)
    replay.append(rows, keeping: own.capacity)
    var random = RandomStream(seed: seed, task: index, purpose: .replay)
    return ReplayBatch(replay, recent: rows.shape.rows, network, own, &random)
  }
  let batch = ReplayBatch(joining: parts).converted(to: Double.self)
  let loss = ActorCriticLoss(policy, network, settings)
  if isBroken {
    settings.outer.replay.rewardScale += 1
    settings.outer.replay.latentWeight += 1
  }
  let differentiated = ActorCriticLoss(policy, network, settings)
  let differences = Differences(about: parameters, seed: seed)
  let value = policy.layout.valueRange
  let target = differences.point.view(from: value.lowerBound, shape: Shape(1, value.count))
    .scaled(by: 0.9)
  let critics = [network.encoderPart] + network.criticParts
  let networks: [(name: String, tensors: [Int], loss: ([String: Double]) -> Double)] = [
    (
      "criticLoss", critics.flatMap { Array($0.tensors) },
      {
        ($0["criticLoss"] ?? .nan) + own.latentWeight * ($0["latentDivergence"] ?? .nan)
      }
    ),
    ("valueLoss", Array(network.valuePart.tensors), { $0["valueLoss"] ?? .nan }),
    ("actorLoss", Array(network.headPart.tensors), { $0["actorLoss"] ?? .nan }),
  ]
  return networks.map { part in
    // Each loss by the parameters that it moves, while all others stay.
    let mask = policy.layout.mask(of: Set(part.tensors))
    let gradient = differentiated.gradient(at: differences.point, target: target, on: batch)
      .gradient.multiplied(by: mask)
    return GradientCheck(
      part.name,
      differences.errors(of: gradient) { point in
        let moved = differences.point.adding(
          point.adding(differences.point, scaledBy: -1).multiplied(by: mask))
        return part.loss(
          loss.gradient(
            at: moved, target: target, on: batch, takingLatentBy: differences.point
          ).terms)
      })
  }
}

extension ParameterLayout {
  /// 1 for the parameters of some tensors, 0 for all others, `[1, parameter]`.
  fileprivate func mask(of tensors: Set<Int>) -> Tensor<Double> {
    vector(
      of: entries.enumerated().map { index, entry in
        Variable(Tensor(entry.shape, repeating: tensors.contains(index) ? 1 : 0))
      })
  }
}
