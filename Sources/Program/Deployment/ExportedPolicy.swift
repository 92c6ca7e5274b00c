public import Adaptation
public import Differentiation
public import EnvironmentKit
public import MetaLearning
public import Policies
internal import Settings

/// A policy with all that acting and adapting take, apart from the program and the simulator that trained it.
///
/// It is a folder on disk: `policy.json`, `policy.safetensors`, `policy.onnx` and a `README.md`.
public struct ExportedPolicy: Sendable {
  /// Where it comes from.
  public var origin: Origin
  /// What it observes and does, and how long its episodes are.
  public let specification: EnvironmentSpecification
  /// How it is built and how it adapts: of the outer loop, the method alone.
  public let settings: MetaLearningSettings
  /// The policy.
  public let policy: Policy
  /// The initialization, `[1, parameter]`.
  public let initialization: Tensor<Float>
  /// log α of each inner step, `[inner step, parameter]`; without rows where step sizes are fixed.
  public let logStepSizes: Tensor<Float>
  /// What becomes of the step sizes of training.
  public let rule: TestTimeRule
  /// What it has learned of a task; nil before it has adapted.
  public var learned: Learned?

  /// Where a policy comes from.
  public struct Origin: Sendable, Equatable {
    /// The version of the program that exported it.
    public var fledge: String
    /// The run's name and seed, and after how many meta-iterations.
    public var run: String
    /// The seed of the run.
    public var seed: Int
    /// Meta-iterations.
    public var iteration: Int
    /// The environment's name.
    public var environment: String
    /// The environment's parameters.
    public var parameters: [String: ParameterValue]

    /// Where a policy comes from.
    public init(
      fledge: String, run: String, seed: Int, iteration: Int, environment: String,
      parameters: [String: ParameterValue]
    ) {
      (self.fledge, self.run, self.seed) = (fledge, run, seed)
      (self.iteration, self.environment, self.parameters) = (iteration, environment, parameters)
    }
  }

  /// What a policy has learned of a task.
  public struct Learned: Sendable {
    /// As its `Adaptation` keeps it.
    public var arrays: [String: Tensor<Float>]
    /// How many episodes it learned from.
    public var episodes: Int
    /// How many steps these had.
    public var steps: Int
    /// The task as JSON, where it is known.
    public var task: String?

    /// What was learned.
    public init(arrays: [String: Tensor<Float>], episodes: Int, steps: Int, task: String? = nil) {
      (self.arrays, self.episodes, self.steps, self.task) = (arrays, episodes, steps, task)
    }

    /// What was learned of so much more of the task that something was known of before.
    init(
      arrays: [String: Tensor<Float>], from experience: (episodes: Int, steps: Int),
      after earlier: Learned?
    ) {
      self.init(
        arrays: arrays, episodes: experience.episodes + (earlier?.episodes ?? 0),
        steps: experience.steps + (earlier?.steps ?? 0), task: earlier?.task)
    }
  }

  /// A policy of a run.
  ///
  /// - Parameters:
  ///   - origin: Where it comes from.
  ///   - specification: Its environment's.
  ///   - settings: As it was trained.
  ///   - policy: The policy.
  ///   - initialization: `[1, parameter]`.
  ///   - logStepSizes: `[inner step, parameter]`.
  ///   - rule: What becomes of step sizes.
  public init(
    origin: Origin, specification: EnvironmentSpecification, settings: MetaLearningSettings,
    policy: Policy, initialization: Tensor<Float>, logStepSizes: Tensor<Float>,
    rule: TestTimeRule
  ) {
    (self.origin, self.specification, self.settings) = (origin, specification, settings)
    (self.policy, self.initialization) = (policy, initialization)
    (self.logStepSizes, self.rule) = (logStepSizes, rule)
  }

  /// How it adapts.
  public var adaptation: any Adaptation {
    var state = LearnerState(
      parameters: initialization, layout: policy.layout, inner: settings.inner)
    state.logStepSizes = logStepSizes
    return settings.trainedAdaptation(of: policy, from: state, rule: rule)
  }

  /// The parameters that it acts by, `[1, parameter]`.
  public var parameters: Tensor<Float> { learned?.arrays["parameters"] ?? initialization }
}
