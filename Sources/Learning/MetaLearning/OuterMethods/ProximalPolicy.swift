internal import Adaptation
public import Differentiation
internal import Models
internal import Parallel
internal import Policies
internal import Rollouts
public import Settings

/// What proximal meta-policy search alone has.
public struct ProximalPolicySettings: MethodSettings {
  /// Where the weights of the divergences start, one for each inner step.
  public var klPenalty = 5e-4
  /// The divergence before each inner step that the weights are adapted to, in nats: half as much or twice
  /// as much weight where it is off by a factor of 1.5; 0 keeps the weights.
  public var klTarget = 0.01

  /// The usual settings of the field.
  public init() {}
}

/// Proximal meta-policy search: episodes are collected once, then for some epochs the initialization follows the clipped
/// loss through adaptation, held back by the divergence from the policies that collected.
///
/// Source: Rothfuss, Lee, Clavera, Asfour and Abbeel, "ProMP: Proximal meta-policy search", 2019, algorithm 1.
public struct ProximalPolicy: OuterMethod {
  /// What is known of it.
  public static var definition: OuterMethodDefinition {
    var method = OuterMethodDefinition(
      .proximalPolicy, "clipped likelihood ratios, several epochs on the same episodes",
      derivative: .unrolled, ProximalPolicy.self)
    method.weighsSteps = true
    method.fields = {
      [
        .integer(
          "epochs", \.epochs, in: 1...1000,
          "passes over the same episodes, where they are learned from more than once"),
        .number(
          "clip", \.clip, in: aboveZero...10,
          "bound on the change of likelihood ratios, where they are clipped"),
        .number(
          "klPenalty", \.proximalPolicy.klPenalty, in: 0...1e6,
          "first weight of the divergences (promp)"),
        .number(
          "klTarget", \.proximalPolicy.klTarget, in: 0...100,
          "divergence that their weights adapt to, in nats, 0 for constant weights (promp)"),
      ]
    }
    method.refusal = { settings in
      if let refusal = settings.withoutInnerSteps { return refusal }
      let estimator = settings.inner.estimator
      return estimator == .likelihoodRatio
        ? nil
        : ConstraintViolation(
          "inner.estimator",
          "is \(estimator.rawValue), expected likelihoodRatio with outer.method: promp, whose "
            + "updates leave the policy that collected")
    }
    method.presets = [
      MethodPreset("promp") { settings, _ in
        settings.follow(.proximalPolicy)
        settings.inner.estimator = .likelihoodRatio
        // As far in all epochs as otherwise in one update.
        let epochs = Double(settings.outer.epochs)
        settings.outer.learningRate /= epochs
        settings.outer.stepSizeLearningRate /= epochs
      }
    ]
    return method
  }

  /// Of the weights of the divergences among what is carried along, one before each inner step.
  private static let penaltiesName = "proximal/penalties"

  private let settings: MetaLearningSettings
  private let own: ProximalPolicySettings

  /// The method as settings describe it.
  public init(_ settings: MetaLearningSettings, _ keys: NoSettings) {
    self.settings = settings
    own = settings.outer.proximalPolicy
  }

  /// The weights of the divergences.
  public func initialState(for layout: ParameterLayout) -> [String: [Double]] {
    [Self.penaltiesName: [Double](repeating: own.klPenalty, count: settings.inner.steps)]
  }

  /// One meta-iteration.
  public func update(
    _ state: inout LearnerState, on iteration: MetaIteration<EpisodeAdapter>
  ) throws -> OuterUpdate {
    let (adapter, team) = (iteration.adapter, iteration.team)
    let request = iteration.request(from: state, derivative: .unrolled)
    let collecting = adapter.adaptation(of: state)
    let tasks = try team.map(iteration.count) { worker, index in
      ProximalTask(
        try adapter.experience(
          of: iteration.tasks[index], index: index, worker: worker, request),
        collecting, weights: request.weights)
    }
    var seconds = PhaseSeconds()
    var loss = 0.0
    var norm = 0.0
    for _ in 0..<settings.outer.epochs {
      let adaptation = adapter.adaptation(of: state)
      let (initial, penalties) = (state.parameters, state.own[Self.penaltiesName] ?? [])
      let gradients = try timed(&seconds.metaGradient) {
        try team.map(tasks) {
          $0.gradient(from: initial, adaptation, penalties: penalties, clip: settings.outer.clip)
        }
      }
      try iteration.requireFinite(gradients: gradients.map(\.initialization))
      let total = team.sum(gradients)
      norm = try state.improveInitialization(along: total.initialization, in: iteration)
      try state.improveStepSizes(along: total.stepSizes, in: iteration)
      loss = total.loss / Double(iteration.count)
    }
    // What the weights answer for is where all updates have led.
    let (reached, adaptation) = (state.parameters, adapter.adaptation(of: state))
    let moved = try timed(&seconds.metaGradient) {
      try team.map(tasks) { $0.divergences(from: reached, adaptation) }
    }
    let divergences = (0..<settings.inner.steps).map { step in
      team.mean(moved) { $0[step] }
    }
    state.own[Self.penaltiesName] = zip(state.own[Self.penaltiesName] ?? [], divergences)
      .map(adapted)
    return OuterUpdate(
      tasks: tasks.map(\.experience.summary), loss: loss,
      metrics: [
        "meanKL": .number(divergences.max() ?? .nan), "outerGradientNorm": .number(norm),
      ], seconds: seconds)
  }

  /// Halves or doubles the weight of a divergence that strays from its target (Schulman et al. 2017, section
  /// 4).
  private func adapted(_ penalty: Double, to divergence: Double) -> Double {
    let target = own.klTarget
    guard target > 0 else { return penalty }
    if divergence < target / 1.5 { return penalty / 2 }
    return divergence > target * 1.5 ? penalty * 2 : penalty
  }
}

extension OuterMethodName {
  /// Clipped likelihood ratios, several epochs.
  public static let proximalPolicy: OuterMethodName = "promp"
}

extension OuterSettings {
  /// What proximal meta-policy search alone has.
  public var proximalPolicy: ProximalPolicySettings {
    get { own[ProximalPolicySettings.self] }
    set { own[ProximalPolicySettings.self] = newValue }
  }
}

/// One task's episodes, with the policies that collected them.
private struct ProximalTask {
  let experience: TaskExperience
  /// What the policy put out before each step, for the episodes collected there.
  private let oldInner: [PolicyEvaluation<Float>]
  /// What was collected after each step whose loss has a weight, or for the only loss without any step.
  private let outer: [(actor: Policy, weight: Double, batch: Batch<Float>)?]

  init(_ experience: TaskExperience, _ adaptation: GradientAdaptation, weights: [Double]) {
    self.experience = experience
    oldInner = zip(experience.chain.steps, experience.innerBatches).map { step, batch in
      PolicyEvaluation(
        adaptation.explorer, parameters: step.before, inputs: batch.inputs)
    }
    let parameters = experience.outerParameters
    outer = weights.enumerated().map { step, weight in
      guard weight != 0 else { return nil }
      let (episodes, advantages) = experience.outerEpisodes[step]
      let actor = adaptation.actor(phase: step + 1)
      let batch = Batch(episodes, normalized(advantages, by: .batchDeviation))
      return (
        actor, weight,
        batch.collected(by: actor, with: parameters[step], cache: episodes.cache)
      )
    }
  }

  /// How far the policies before each step have moved from those that collected, in nats, `[step]`.
  func divergences(from initial: Tensor<Float>, _ adaptation: GradientAdaptation) -> [Double] {
    let chain = adaptation.readapted(on: experience.innerBatches, from: initial)
    return chain.steps.indices.map {
      Double(divergence(before: $0, at: chain.steps[$0].before, adaptation).loss)
    }
  }

  private func divergence(
    before step: Int, at parameters: Tensor<Float>, _ adaptation: GradientAdaptation
  ) -> LossDerivatives<Float> {
    let evaluation = PolicyEvaluation(
      adaptation.explorer, parameters: parameters,
      inputs: experience.innerBatches[step].inputs)
    return LossDerivatives(at: evaluation, products: .none) {
      adaptation.policy.distribution.divergence(from: oldInner[step].outputs, to: $0).mean()
    }
  }

  /// The gradient of the weighted clipped losses and divergences, through adaptation from other parameters
  /// than those that collected.
  func gradient(
    from initial: Tensor<Float>, _ adaptation: GradientAdaptation, penalties: [Double], clip: Double
  ) -> TaskGradient {
    let chain = adaptation.readapted(
      on: experience.innerBatches, from: initial,
      products: adaptation.inner.firstOrder ? .none : .few)
    var places = [Tensor<Float>?](repeating: nil, count: outer.count)
    var penalty = Tensor<Float>(initial.shape, repeating: 0)
    var loss = 0.0
    for (index, step) in chain.steps.enumerated() {
      let slope = divergence(before: index, at: step.before, adaptation).gradient
        .scaled(by: Float(penalties[index]))
      if index == 0 { penalty = slope } else { places[index - 1] = slope }
    }
    for (index, parameters) in chain.places(from: initial).enumerated() {
      guard let (actor, weight, batch) = outer[index] else { continue }
      let evaluation = PolicyEvaluation(
        actor, parameters: parameters, inputs: batch.inputs)
      let derivatives = LossDerivatives(at: evaluation, products: .none) {
        clippedLoss(actor, $0, clip: Float(clip), on: batch)
      }
      loss += weight * Double(derivatives.loss)
      let slope = derivatives.gradient.scaled(by: Float(weight))
      places[index] = places[index]?.adding(slope) ?? slope
    }
    let pulled = chain.pullback(losses: places)
    return TaskGradient(pulled.initialization.adding(penalty), pulled.stepSizes, loss: loss)
  }
}
