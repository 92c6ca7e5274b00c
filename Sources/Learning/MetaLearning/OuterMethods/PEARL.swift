internal import Adaptation
public import Differentiation
internal import EnvironmentKit
internal import Models
internal import Parallel
internal import Policies
internal import Randomness
internal import Rollouts
public import Settings

/// PEARL: a policy acts by latent variables that are inferred from steps of the task and drawn anew before each episode;
/// actor, critics and encoder learn off-policy, from a replay of each training task.
///
/// Source: Rakelly, Zhou, Quillen, Finn and Levine, "Efficient off-policy meta-reinforcement learning via probabilistic
/// context variables", 2019, algorithm 1.
public struct PEARL: OuterMethod {
  /// What is known of it.
  public static var definition: OuterMethodDefinition {
    var method = OuterMethodDefinition(
      .pearl, "a policy that acts by inferred variables, trained off-policy from a replay",
      derivative: .none, PEARL.self)
    method.learnFromTrials { LatentAdaptation($0, parameters: $1) }
    method.keepsTrainingTasks = true
    method.checks = replayGradientChecks
    method.fields = {
      [
        .integer(
          "replaySteps", \.replay.capacity, in: 1...1_000_000_000,
          "latest steps that are kept of each training task (pearl)"),
        .integer(
          "updates", \.replay.updates, in: 0...1_000_000, "optimizer steps in an iteration (pearl)"),
        .integer(
          "batchTasks", \.replay.batchTasks, in: 1...10_000, "tasks that each learns from (pearl)"),
        .integer(
          "batchSteps", \.replay.batchSteps, in: 1...1_000_000, "steps of each of these (pearl)"),
        .integer(
          "contextSteps", \.replay.contextSteps, in: 1...1_000_000,
          "steps that each of these is inferred from (pearl)"),
        .number(
          "rewardScale", \.replay.rewardScale, in: 0...1e6,
          "factor on rewards, beside which the entropy of actions weighs 1 (pearl)"),
        .number(
          "targetRate", \.replay.targetRate, in: 0...1,
          "share of the value that its target takes with each step (pearl)"),
        .number(
          "latentWeight", \.replay.latentWeight, in: 0...1e6,
          "weight of the divergence of what is inferred from what is known at first (pearl)"),
      ]
    }
    method.refusal = refusal
    method.memory = replayMemory
    method.presets = [
      MethodPreset("pearl", trainingTasks: 100, hasEqualBudget: false) { settings, _ in
        settings.inferFromReplay()
      }
    ]
    return method
  }

  private static func refusal(_ settings: MetaLearningSettings) -> ConstraintViolation? {
    let needs: [(key: String, found: String, expected: String)] = [
      ("inner.steps", "\(settings.inner.steps)", "0"),
      (
        "policy.network", settings.policy.network.rawValue,
        NetworkName.latent.rawValue
      ),
      (
        "policy.distribution", settings.policy.distribution.rawValue,
        ContinuousDistribution.squashedGaussian.rawValue
      ),
      ("policy.inputs", settings.policy.inputs.rawValue, PolicyInputs.observation.rawValue),
      ("policy.valueHead", "\(settings.policy.valueHead)", "false"),
    ]
    return needs.first { $0.found != $0.expected }.map {
      ConstraintViolation(
        $0.key, "is \($0.found), expected \($0.expected) with outer.method: pearl")
    }
  }

  /// The steps of all training tasks, and what an update takes.
  private static func replayMemory(
    _ problem: Problem, _ settings: MetaLearningSettings
  ) -> [MethodMemory] {
    guard case .episodes(let environment, let policy) = problem,
      let network = policy.network as? LatentNetwork, let tasks = environment.trainingTasks
    else { return [] }
    let width = Transitions<Float>.width(
      observations: network.observationWidth, actions: network.actionWidth)
    let own = settings.outer.replay
    let replay = 4 * Double(tasks.count) * Double(own.capacity) * Double(width)
    let together = min(own.tasksTogether, own.batchTasks)
    let groups = (own.batchTasks + together - 1) / together
    let held =
      Double(own.batchSteps + own.contextSteps) * Double(network.heldByCritics) * Double(together)
    return [
      // As it stands, and twice where it is saved.
      MethodMemory(
        bytes: 3 * replay, parts: 1, for: "the replay of \(tasks.count) tasks",
        key: "replaySteps", value: own.capacity, savedBytes: replay),
      MethodMemory(
        bytes: 4 * held, parts: groups, for: "the steps of an update in the networks",
        key: own.batchSteps > own.contextSteps ? "batchSteps" : "contextSteps",
        value: max(own.batchSteps, own.contextSteps)),
      MethodMemory(
        bytes: 4 * Double(policy.layout.count) * Double(groups), parts: 1,
        for: "a gradient of each part of an update", key: "batchTasks", value: own.batchTasks),
    ]
  }

  private let settings: MetaLearningSettings

  /// The method as settings describe it.
  public init(_ settings: MetaLearningSettings, _ keys: NoSettings) { self.settings = settings }

  private static let targetName = "valueTarget"

  /// The target of the value: as long as the value's parameters; before the first update it has none of its own.
  public func initialState(for layout: ParameterLayout) -> [String: [Double]] {
    [Self.targetName: [Double](repeating: 0, count: layout.valueRange.count)]
  }

  /// What a step consists of.
  public func replayWidth(for layout: ParameterLayout) -> Int? {
    let (observations, actions) = layout.latentWidths
    return Transitions<Float>.width(observations: observations, actions: actions)
  }

  /// One meta-iteration.
  public func update(
    _ state: inout LearnerState, on iteration: MetaIteration<EpisodeAdapter>
  ) throws -> OuterUpdate {
    let (policy, environment) = (iteration.adapter.policy, iteration.adapter.environment)
    guard let network = policy.network as? LatentNetwork else {
      preconditionFailure("a policy without latent variables is refused before")
    }
    guard let pool = environment.trainingTasks else {
      throw EnvironmentError(
        "has other tasks in each iteration, and pearl keeps a replay of each; limit its training "
          + "tasks", environment: environment.name)
    }
    let collected = try iteration.trials(
      by: LatentAdaptation(policy, parameters: state.parameters))
    let rows = iteration.team.gather(collected.map { $0.episodes.map(\.transitions.rows) })
    for (task, rows) in zip(iteration.tasks, rows) {
      guard let index = pool.firstIndex(of: task) else {
        throw EnvironmentError(
          "draws a task that isn't among all of its tasks: \(task.json)",
          environment: environment.name)
      }
      for rows in rows {
        state.replay[index, default: RowQueue(width: rows.shape.columns)]
          .append(rows, keeping: settings.outer.replay.capacity)
      }
    }
    var seconds = PhaseSeconds()
    let last = try timed(&seconds.metaGradient) {
      try learn(&state, policy, network, horizon: environment.specification.horizon, iteration)
    }
    return OuterUpdate(
      tasks: collected.map(\.summary), loss: last?.loss ?? 0,
      metrics: last?.terms.mapValues { .number($0) } ?? [:], seconds: seconds)
  }

  /// Learns from what has been collected.
  ///
  /// - Returns: The losses of the last update; nil where there was none.
  private func learn(
    _ state: inout LearnerState, _ policy: Policy, _ network: LatentNetwork, horizon: Int,
    _ iteration: MetaIteration<EpisodeAdapter>
  ) throws -> LossGradient<Float>? {
    let own = settings.outer.replay
    let value = policy.layout.valueRange
    var target = Tensor<Float>(
      Shape(1, value.count), (state.own[Self.targetName] ?? []).map { Float($0) })
    if state.optimizer.updates == 0 {
      target = state.parameters.view(from: value.lowerBound, shape: target.shape)
    }
    let loss = ActorCriticLoss(policy, network, settings)
    let recent = settings.inner.episodes * settings.outer.trials.episodes * horizon
    let replays = state.replay.sorted { $0.key < $1.key }.map(\.value)
    let groups = stride(from: 0, to: own.batchTasks, by: own.tasksTogether).map {
      $0..<min($0 + own.tasksTogether, own.batchTasks)
    }
    var last: LossGradient<Float>?
    for update in 0..<own.updates {
      let parameters = state.parameters
      let parts = try iteration.team.map(groups.count) { _, group in
        let batches = groups[group].map { place in
          var random = RandomStream(
            seed: iteration.adapter.seed, iteration: iteration.number, task: place, phase: update,
            purpose: .replay)
          let replay = replays[random.index(below: replays.count)]
          return ReplayBatch(replay, recent: recent, network, own, &random)
        }
        return loss.gradient(
          at: parameters, target: target, on: ReplayBatch(joining: batches)
        ).scaled(by: Double(batches.count) / Double(own.batchTasks))
      }
      let mean = iteration.team.sum(parts)
      _ = try state.improveInitialization(alongMean: mean.gradient, in: iteration)
      target = target.scaled(by: Float(1 - own.targetRate)).adding(
        state.parameters.view(from: value.lowerBound, shape: target.shape),
        scaledBy: Float(own.targetRate))
      last = mean
    }
    state.own[Self.targetName] = target.elements.map { Double($0) }
    return last
  }
}

extension ParameterLayout {
  /// The value's parameters among a latent network's.
  var valueRange: Range<Int> {
    let own = entries.filter { $0.name.hasPrefix("value.") }
    guard let first = own.first, let last = own.last else { return 0..<0 }
    return first.start..<last.start + last.shape.count
  }

  /// How many numbers a latent network observes, and how many describe an action.
  fileprivate var latentWidths: (observations: Int, actions: Int) {
    let inputs = { (part: String) in
      entries.first { $0.name == part + "layers.0.weight" }?.shape.rows ?? 0
    }
    // The encoder is shown both and a reward; the critic both and what the value is shown besides.
    let actions = inputs("critics.0.") - inputs("value.")
    return (inputs("encoder.") - actions - 1, actions)
  }
}

extension OuterMethodName {
  /// A policy that acts by inferred variables, trained off-policy.
  public static let pearl: OuterMethodName = "pearl"
}

extension MetaLearningSettings {
  /// Takes PEARL: a policy that acts by latent variables, and trials of two episodes of few tasks; no parameter is adapted.
  public mutating func inferFromReplay() {
    follow(.pearl)
    takeNoSteps()
    policy.network = .latent
    policy.parameters = [:]
    policy.hiddenSizes = [300, 300, 300]
    policy.activation = .relu
    policy.distribution = .squashedGaussian
    policy.inputs = .observation
    policy.valueHead = false
    policy.outputGain = 0.01
    outer.tasks = 5
    outer.trials.episodes = 2
    outer.learningRate = 3e-4
    outer.decay = false
    inner.episodes = 2
  }
}
