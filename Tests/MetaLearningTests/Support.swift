import Adaptation
import Differentiation
import EnvironmentKit
import MetaLearning
import Models
import Parallel
import PointNavigation
import Policies
import Randomness

/// Normal test values that depend on the seed alone.
func values(_ shape: Shape, seed: UInt64, scale: Double = 1) -> Tensor<Double> {
  var random = RandomStream(seed: seed, purpose: .verification)
  return Tensor(
    shape,
    (0..<shape.count).map { _ in
      let draw: Double = random.normal()
      return scale * draw
    })
}

/// The norm of the difference over the norm of the expected values.
func relativeError(_ found: Tensor<Double>, _ expected: Tensor<Double>) -> Double {
  found.adding(expected, scaledBy: -1).norm / expected.norm
}

/// The derivative along a direction: Richardson's combination of two central differences.
func difference(
  at point: Tensor<Double>, along direction: Tensor<Double>,
  _ function: (Tensor<Double>) -> Tensor<Double>
) -> Tensor<Double> {
  func slope(_ step: Double) -> Tensor<Double> {
    function(point.adding(direction, scaledBy: step))
      .adding(function(point.adding(direction, scaledBy: -step)), scaledBy: -1)
      .scaled(by: 1 / (2 * step))
  }
  return slope(2e-5).scaled(by: 4.0 / 3).adding(slope(4e-5), scaledBy: -1.0 / 3)
}

/// A small task with made-up batches, adapted in two ways: by `AdaptationChain`, and as one recorded
/// computation from the initialization to the adapted parameters.
struct TwoSteps: CustomStringConvertible, Sendable {
  let description: String
  let policy: Policy
  let estimator: Estimator
  let batches: [Batch<Double>]

  init(_ distribution: ActionDistribution, _ estimator: Estimator) {
    description = "\(distribution), \(estimator)"
    self.estimator = estimator
    policy = Policy(
      network: MultilayerPerceptron(
        layerSizes: [2, 4, distribution == .squashedGaussian ? 6 : 3], activation: .tanh),
      distribution: distribution)
    batches = (0..<3).map { index in
      let seed = UInt64(100 + 10 * index)
      let rows = 7 + index
      return Batch(
        inputs: Sequences(values(Shape(rows, 2), seed: seed)),
        actions: distribution == .categorical
          ? .discrete((0..<rows).map { ($0 * 5 + index) % 3 })
          : .continuous(values(Shape(rows, 3), seed: seed + 1)),
        advantages: values(Shape(rows, 1), seed: seed + 2))
    }
  }

  var initial: Tensor<Double> { values(Shape(1, policy.layout.count), seed: 90, scale: 0.5) }
  /// One size for each step and parameter; smaller ones where the network puts out deviations, which must not come to
  /// their bounds.
  var stepSizes: [Tensor<Double>] {
    let scale = policy.distribution == .squashedGaussian ? 0.05 : 1
    return (0..<2).map { step in
      let draws = values(initial.shape, seed: 91 + UInt64(step))
      return Tensor(draws.shape, draws.elements.map { scale * (0.2 + 0.05 * abs($0)) })
    }
  }

  func chain(from initial: Tensor<Double>, differentiable: Bool = true, scale: Double = 1)
    -> (chain: AdaptationChain<Double>, adapted: Tensor<Double>)
  {
    var chain = AdaptationChain<Double>()
    var current = initial
    for (batch, sizes) in zip(batches, stepSizes) {
      let step = AdaptationStep(
        from: current, stepSizes: sizes.scaled(by: scale), policy: policy, estimator: estimator,
        on: batch, products: differentiable ? .few : .none)
      chain.append(step)
      current = step.after
    }
    return (chain, current)
  }

  /// The parameters before and after each step, everything recorded.
  ///
  /// Old log-probabilities are numbers here, those at ``initial``, so that
  /// differences see the curvature that they mean.
  func recorded(
    from initial: [Variable<Double>], stepSizes: [[Variable<Double>]]
  ) -> [[Variable<Double>]] {
    var path = [initial]
    for (step, sizes) in zip(chain(from: self.initial).chain.steps, stepSizes) {
      let current = path[path.count - 1]
      let loss = recordedLoss(batches[path.count - 1], current, old: step.before)
      let slopes = gradient(of: loss, withRespectTo: current, recording: true)
      path.append(zip(current, zip(slopes, sizes)).map { $0 - $1.0 * $1.1 })
    }
    return path
  }

  private func recordedLoss(
    _ batch: Batch<Double>, _ parameters: [Variable<Double>], old: Tensor<Double>
  ) -> Variable<Double> {
    let observations = batch.inputs
    let outputs = policy.outputs(parameters, observations)
    return policyGradientLoss(
      estimator, policy, outputs, on: batch.collected(by: policy, with: old))
  }

  /// The step sizes as constants, tensor by tensor.
  var constantStepSizes: [[Variable<Double>]] { stepSizes.map { policy.layout.constants(of: $0) } }

  static let all: [TwoSteps] = [
    ActionDistribution.gaussian(minimumLogStandardDeviation: -20), .squashedGaussian, .categorical,
  ]
  .flatMap { distribution in Estimator.allCases.map { TwoSteps(distribution, $0) } }
}

/// A small learner on point navigation, some of whose episodes end early.
func navigationLearner(
  threads: Int = 1, goalTolerance: Double = 0.1, _ change: (inout MetaLearningSettings) -> Void
) throws -> MetaLearner {
  var settings = MetaLearningSettings()
  settings.policy.hiddenSizes = [8]
  settings.inner.episodes = 6
  settings.outer.tasks = 5
  change(&settings)
  if settings.outer.method == .implicitGradient {
    // An inner optimum takes ratios to who collected, and enough to hold it near the initialization.
    settings.inner.estimator = .likelihoodRatio
    settings.inner.proximalStrength = 5
  }
  if settings.outer.method == .rl2 {
    settings.remember()
    settings.policy.hiddenSizes = [8]
  }
  if settings.outer.method == .varibad {
    settings.infer()
    settings.policy.hiddenSizes = [8]
    settings.policy.parameters = [
      "latentSize": 2, "encoderSizes": .array([5]), "decoderSizes": .array([4]),
    ]
  }
  var isPooled = false
  if settings.outer.method == .pearl {
    isPooled = true
    settings.inferFromReplay()
    settings.policy.hiddenSizes = [8]
    settings.policy.parameters = ["latentSize": 2, "encoderSizes": .array([5])]
    settings.outer.replay.updates = 3
    (settings.outer.replay.batchTasks, settings.outer.replay.batchSteps) = (7, 12)
    settings.outer.replay.contextSteps = 9
  }
  let unlimited = try EnvironmentDefinition(PointNavigation.self).make(
    parameters: ["horizon": .integer(25), "goalTolerance": .number(goalTolerance)])
  let environment = isPooled ? try unlimited.limitingTraining(to: 6, seed: 5) : unlimited
  let policy = try Policy(
    for: environment.specification, settings: settings.policy, networks: .builtIn)
  return try MetaLearner(
    problem: .episodes(environment, policy), settings: settings, seed: 5, team: Threads(threads))
}

extension OuterMethodName {
  /// Those that differentiate through adaptation.
  static let differentiating: [OuterMethodName] = [.trustRegion, .adam, .proximalPolicy]
}

/// A learner on three arms of which one pays, with few units and large steps.
func banditLearner(
  horizon: Int = 3, _ change: (inout MetaLearningSettings) -> Void
) throws -> MetaLearner {
  var settings = MetaLearningSettings()
  settings.outer.tasks = 12
  settings.inner.episodes = 6
  settings.advantages.discount = 0.9
  change(&settings)
  let environment = try EnvironmentDefinition(Bandit.self).make(
    parameters: ["horizon": .integer(horizon)])
  let policy = try Policy(
    for: environment.specification, settings: settings.policy, networks: .builtIn)
  return try MetaLearner(
    problem: .episodes(environment, policy), settings: settings, seed: 3, team: Threads(1))
}

/// Whether a method that learns from trials takes settings, and refuses what no such method can work with by its key.
func refusesWhatTrialsLack(_ take: (inout MetaLearningSettings) -> Void) -> Bool {
  let changes: [(String, (inout MetaLearningSettings) -> Void)] = [
    ("inner.steps", { $0.inner.steps = 1 }),
    ("policy.network", { $0.policy.network = .perceptron }),
    ("policy.valueHead", { $0.policy.valueHead = false }),
    ("policy.inputs", { $0.policy.inputs = .observation }),
  ]
  return changes.allSatisfy { key, change in
    var settings = MetaLearningSettings()
    take(&settings)
    guard settings.method.violation(in: settings) == nil else { return false }
    change(&settings)
    return settings.method.violation(in: settings)?.key == key
  }
}
