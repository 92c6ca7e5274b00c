import Adaptation
import Deployment
import Differentiation
import EnvironmentKit
import Foundation
import MetaLearning
import PointNavigation
import Policies
import Randomness
import Rollouts
import RunRecords

/// A policy as training would leave it, without a training.
struct Exports {
  let environment: AnyEnvironment
  let exported: ExportedPolicy

  /// The methods that adapt in different ways.
  static let methods: [OuterMethodName] = ["trpo", "imaml", "rl2", "varibad", "pearl"]

  init(
    _ method: OuterMethodName, discrete: Bool = false,
    _ change: (inout MetaLearningSettings) -> Void = { _ in }
  ) throws {
    var settings = MetaLearningSettings()
    settings.inner.steps = 2
    settings.inner.stepSizeRule = .learned
    settings.inner.episodes = 3
    settings.policy.hiddenSizes = [8]
    switch method {
    case .rl2, .varibad: settings.infer()
    case .pearl: settings.inferFromReplay()
    default: break
    }
    (settings.outer.method, settings.policy.hiddenSizes) = (method, [8])
    settings.inner.episodes = 3
    switch method {
    case .rl2: settings.policy.network = .gatedRecurrent
    case .varibad: settings.policy.network = .belief
    case .pearl: settings.policy.network = .latent
    case .implicitGradient:
      (settings.inner.estimator, settings.inner.stepSizeRule) = (.likelihoodRatio, .fixed)
      settings.inner.proximalStrength = 5
    default: settings.inner.estimator = .likelihoodRatio
    }
    change(&settings)
    environment =
      discrete
      ? try EnvironmentDefinition(PointNavigationCorners.self).make(parameters: ["horizon": 12])
      : try EnvironmentDefinition(PointNavigation.self).make(parameters: ["horizon": 12])
    let policy = try Policy(
      for: environment.specification, settings: settings.policy, networks: .builtIn)
    var random = RandomStream(seed: 3, purpose: .initialization)
    var state = LearnerState(
      parameters: policy.initialParameters(&random, settings: settings.policy),
      layout: policy.layout, inner: settings.inner)
    let shape = state.logStepSizes.shape
    state.logStepSizes = Tensor(
      shape, (0..<shape.count).map { _ in -3 + (random.normal() as Float) / 10 })
    exported = ExportedPolicy(
      origin: .init(
        fledge: "0", run: "test", seed: 3, iteration: 7, environment: environment.name,
        parameters: environment.parameters),
      specification: environment.specification, settings: settings, policy: policy,
      initialization: state.parameters, logStepSizes: state.logStepSizes, rule: TestTimeRule())
  }

  /// A task that the policy doesn't know.
  func task() throws -> AnyTask {
    try environment.sampleTasks(split: .test, count: 1, seed: 5, iteration: 0)[0]
  }

  /// Episodes as an evaluation collects them.
  func collected(_ count: Int, by actor: Actor, phase: Int = 0) throws -> Episodes {
    try Collector(environment: environment, policy: exported.policy, capacity: count).collect(
      count, task: task(), by: actor,
      name: CollectionName(seed: 11, iteration: 0, task: 0, phase: phase))
  }
}

extension Episodes {
  /// The same episodes as if they had been recorded.
  var histories: [EpisodeHistory] {
    let width = finalObservations.shape.columns
    return (0..<count).map { episode in
      let steps = steps(of: episode)
      let drawn: [Float] =
        switch actions {
        case .continuous(let values): values.rows(steps).elements
        case .discrete(let indices): indices[steps].map { Float($0) }
        }
      return EpisodeHistory(
        observations: observations.rows(steps).elements
          + finalObservations.elements[episode * width..<(episode + 1) * width],
        actions: drawn, rewards: Array(rewards[steps]), terminated: terminated[episode])
    }
  }
}

extension Tensor<Float> {
  /// Its numbers, to the last bit.
  var bits: [UInt32] { elements.map(\.bitPattern) }
}

/// A folder that is removed with the value.
final class TemporaryFolder {
  let path = FileManager.default.temporaryDirectory.path + "/fledge-export-" + UUID().uuidString

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
