public import Differentiation
public import EnvironmentKit
public import Policies
internal import Randomness
internal import Rollouts

/// A quantity of the update that is not a finite number.
public struct NonFiniteUpdate: Error, CustomStringConvertible {
  /// One line that names quantity, environment and iteration.
  public let description: String
}

/// Model-agnostic meta-learning of a policy (Finn, Abbeel and Levine 2017): each meta-iteration samples
/// tasks, adapts the shared initialization to each of them, and improves the initialization by what
/// the adapted policies went on to collect.
///
/// The result of an iteration depends on the state, the settings and the seed alone, not on the number
/// of threads.
public final class MetaLearner {
  /// The policy that is learned.
  public let policy: Policy
  /// What is carried from iteration to iteration; assign a checkpoint's to go on from it.
  public var state: LearnerState
  let settings: MetaLearningSettings
  let threads: Int
  private let environment: AnyEnvironment
  private let seed: UInt64
  private let collectors: [Collector]

  /// A learner before its first iteration.
  ///
  /// - Parameters:
  ///   - environment: Where the tasks come from.
  ///   - settings: The policy, the inner loop and the outer loop.
  ///   - seed: Names every random stream.
  ///   - threads: Workers over tasks, at least 1.
  /// - Throws: The environment's error if it cannot make its worlds.
  public init(
    environment: AnyEnvironment, settings: MetaLearningSettings, seed: UInt64, threads: Int
  ) throws {
    precondition(threads >= 1, "at least one thread is needed, found \(threads)")
    self.environment = environment
    self.settings = settings
    self.seed = seed
    self.threads = threads
    let policy = Policy(for: environment.specification, settings: settings.policy)
    self.policy = policy
    var random = RandomStream(seed: seed, purpose: .initialization)
    let parameters = policy.initialParameters(&random, settings: settings.policy)
    state = LearnerState(parameters: parameters, policy: policy, inner: settings.inner)
    collectors = try (0..<threads).map { _ in
      try Collector(environment: environment, policy: policy, capacity: settings.inner.episodes)
    }
  }

  /// Performs the next meta-iteration.
  ///
  /// - Throws: ``NonFiniteUpdate``, or what collecting throws; the state is then as it was.
  public func iterate() throws -> IterationReport {
    let before = state
    do {
      let iteration = state.iteration + 1
      let tasks = TaskSet(
        iteration: iteration,
        tasks: try environment.sampleTasks(
          split: .train, count: settings.outer.tasks, seed: seed, iteration: iteration))
      let report =
        switch settings.outer.method {
        case .vpg: try policyGradientIteration(tasks)
        case .trpo: try trustRegionIteration(tasks)
        case .reptile: try reptileIteration(tasks)
        }
      try requireFinite(state.parameters, "a parameter")
      try requireFinite(state.logStepSizes, "a learned step size")
      state.iteration = iteration
      return report
    } catch {
      state = before
      throw error
    }
  }

  /// The tasks of one meta-iteration.
  struct TaskSet {
    let iteration: Int
    let tasks: [AnyTask]
    var count: Int { tasks.count }
  }

  /// What a report needs of a task once its experience is gone.
  struct TaskSummary {
    let returns: [Double]
    let environmentSteps: Int
    let seconds: PhaseSeconds

    init(_ experience: TaskExperience) {
      returns = experience.returns
      environmentSteps = experience.environmentSteps
      seconds = experience.seconds
    }
  }

  func innerLoop() -> InnerLoop {
    InnerLoop(
      policy: policy, settings: settings, stepSizes: stepSizes(),
      horizon: environment.specification.horizon)
  }

  /// α for each step, `[1, parameter]`.
  func stepSizes() -> [Tensor<Float>] { state.stepSizes() }

  func run(
    _ loop: InnerLoop, _ tasks: TaskSet, _ index: Int, worker: Int, weights: [Double]
  ) throws -> TaskExperience {
    try loop.run(
      from: state.parameters, task: tasks.tasks[index], weights: weights,
      collector: collectors[worker], seed: seed, iteration: tasks.iteration, index: index)
  }

  func requireFinite(_ tensor: Tensor<Float>, _ quantity: String) throws {
    guard tensor.isFinite else {
      throw NonFiniteUpdate(
        description: "\(quantity) is not a finite number in \(environment.name), "
          + "iteration \(state.iteration + 1); smaller step sizes or learning rates may help")
    }
  }

  func report(
    _ tasks: TaskSet, _ summaries: [TaskSummary], outerLoss: Double, meanKL: Double? = nil,
    lineSearchSteps: Int? = nil, accepted: Bool? = nil, further: PhaseSeconds = PhaseSeconds()
  ) -> IterationReport {
    let returns = (0...settings.inner.steps).map { step in
      summaries.reduce(0) { $0 + $1.returns[step] } / Double(summaries.count)
    }
    let shared = summaries.reduce(PhaseSeconds()) { $0 + $1.seconds }
    return IterationReport(
      iteration: tasks.iteration,
      environmentSteps: summaries.reduce(0) { $0 + $1.environmentSteps }, returns: returns,
      outerLoss: outerLoss, meanKL: meanKL, lineSearchSteps: lineSearchSteps, accepted: accepted,
      seconds: shared.divided(by: min(threads, tasks.count)) + further)
  }
}

extension LearnerState {
  /// α for each inner step, `[1, parameter]`.
  public func stepSizes() -> [Tensor<Float>] {
    let sizes = Variable(logStepSizes).exponential.value
    return (0..<sizes.shape.rows).map { sizes.rows($0..<$0 + 1) }
  }
}

extension OuterSettings {
  /// The weight of the loss after each of `steps` inner steps, or of the only loss where there are none;
  /// the last alone for trpo or where none are
  /// given, and the last given one for steps beyond them.
  func resolvedStepWeights(steps: Int) -> [Double] {
    guard method == .vpg, let last = stepWeights.last else {
      return [Double](repeating: 0, count: max(steps, 1) - 1) + [1]
    }
    return (0..<max(steps, 1)).map { $0 < stepWeights.count ? stepWeights[$0] : last }
  }
}
