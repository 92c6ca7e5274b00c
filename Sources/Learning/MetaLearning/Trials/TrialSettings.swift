internal import Adaptation
internal import Differentiation
internal import Policies
internal import Settings

/// What methods have that learn from trials by an actor and a critic.
public struct TrialSettings: MethodSettings {
  /// Episodes of a trial, over which the policy remembers.
  public var episodes = 2
  /// Parts that each pass goes over one after the other, each of whole trials.
  public var minibatches = 4
  /// Weight of the critic's squared error.
  public var valueWeight = 0.5
  /// Weight of the policy's entropy.
  public var entropyWeight = 0.0
  /// A longer gradient is scaled back to it; nil for any length.
  public var maximumGradientNorm: Double? = 0.5

  /// The divergence from the policy that collected, in nats, at which no further pass is made; nil for never. Where noise
  /// has become small, a few steps too far can undo all that was learned.
  public var stopKL: Double? = 0.1

  /// The usual settings of the field.
  public init() {}

  /// The keys, each with the methods that it is of: those that learn within trials, or of these the ones that go over the
  /// trials of an iteration in passes, where others keep a replay.
  static var fields: [Field<OuterSettings>] {
    let learning = OuterMethods.builtIn.all.filter { $0.adaptation != nil }
    let names = { (methods: [OuterMethodDefinition]) in
      methods.map(\.name.rawValue).joined(separator: ", ")
    }
    let passing = names(learning.filter { !$0.keepsTrainingTasks })
    return [
      .integer(
        "trialEpisodes", \.trials.episodes, in: 1...1000,
        "episodes of a trial, over which the policy learns (\(names(learning)))"),
      .integer(
        "minibatches", \.trials.minibatches, in: 1...10_000,
        "parts of a pass, each of whole trials (\(passing))"),
      .number(
        "valueWeight", \.trials.valueWeight, in: 0...1e6,
        "weight of the critic's squared error (\(passing))"),
      .number(
        "entropyWeight", \.trials.entropyWeight, in: 0...1e6,
        "weight of the policy's entropy (\(passing))"),
      .optionalNumber(
        "stopKL", \.trials.stopKL, in: aboveZero...100,
        "divergence from who collected at which passes end, null for never (\(passing))"),
      .optionalNumber(
        "maximumGradientNorm", \.trials.maximumGradientNorm, in: aboveZero...1e9,
        "a longer gradient is scaled back to it, null for any length (\(passing))"),
    ]
  }
}

extension OuterMethodDefinition {
  /// A method whose policy learns from the episodes of a trial in turn.
  ///
  /// - Parameter adapt: How it does, given its parameters, `[1, parameter]`.
  mutating func learnFromTrials(
    by adapt: @escaping @Sendable (Policy, Tensor<Float>) -> any Adaptation
  ) {
    improvesStepSizes = false
    collections = { $0.outer.trials.episodes }
    adaptation = { policy, state, _, _ in adapt(policy, state.parameters) }
  }
}

extension OuterSettings {
  /// What methods have that learn from trials.
  public var trials: TrialSettings {
    get { own[TrialSettings.self] }
    set { own[TrialSettings.self] = newValue }
  }
}

extension MetaLearningSettings {
  /// What in settings is wrong for a method that learns from trials of a policy that sees its rewards; nil for nothing.
  var withoutTrials: ConstraintViolation? {
    let name = outer.method.rawValue
    if inner.steps > 0 {
      return ConstraintViolation(
        "inner.steps",
        "is \(inner.steps), expected 0 with outer.method: \(name), which "
          + "takes no gradient steps on a task")
    }
    if !policy.valueHead {
      return ConstraintViolation(
        "policy.valueHead", "is false, expected true with outer.method: \(name)")
    }
    if policy.inputs != .history {
      return ConstraintViolation(
        "policy.inputs",
        "is \(policy.inputs.rawValue), expected history with outer.method: "
          + "\(name), whose policy learns from its rewards")
    }
    return nil
  }
}
