public import Models
public import Settings

/// What a policy is shown before each action.
public enum PolicyInputs: String, CaseIterable, Codable, Sendable {
  /// What the environment lets it observe.
  case observation
  /// That, its last action (one of finitely many as a 1 among zeros), the reward of it, and whether an episode begins:
  /// action and reward are carried over from the episode before (Duan et al. 2016; Wang et al. 2016).
  case history
}

/// The distribution of continuous actions.
public enum ContinuousDistribution: String, CaseIterable, Codable, Sendable {
  /// Normal, with a standard deviation that is the same for all observations.
  case gaussian
  /// The hyperbolic tangent of normal numbers whose standard deviation the network puts out.
  case squashedGaussian
}

/// How a policy is built; choices have a categorical distribution in any case.
public struct PolicySettings: Settings, Sendable, Equatable {
  /// The kind of network, by its name among those registered.
  public var network = NetworkName.perceptron
  /// What the network has of its own.
  public var parameters: [String: ParameterValue] = [:]
  /// Widths of the hidden layers.
  public var hiddenSizes: [Int] = [100, 100]
  /// What follows every hidden layer.
  public var activation: Activation = .tanh
  /// Where the Gaussian's log standard deviation starts.
  public var initialLogStandardDeviation: Double = 0
  /// The Gaussian's log standard deviation never acts lower than this.
  public var minimumLogStandardDeviation: Double = -3
  /// Width of a context vector that joins the observations, starting at 0 for each task (CAVIA, Zintgraf et
  /// al. 2019); 0 for none.
  public var contextSize = 0
  /// Factor on the initial weights of the last layer.
  public var outputGain: Double = 1
  /// What it is shown before each action.
  public var inputs = PolicyInputs.observation
  /// The distribution of continuous actions.
  public var distribution = ContinuousDistribution.gaussian
  /// Whether the network puts out one number more, the value of what it is shown, for methods that have a critic.
  public var valueHead = false

  /// The settings of the paper's 2D navigation.
  public init() {}

  /// The keys.
  public static var fields: [Field<Self>] {
    [
      .integers(
        "hiddenSizes", \.hiddenSizes, in: 1...4096, counts: 0...8, "units of each hidden layer"),
      .choice(
        "activation", \.activation, "what follows each hidden layer (perceptron, belief, latent)"),
      .number(
        "initialLogStandardDeviation", \.initialLogStandardDeviation, in: -20...5,
        "log standard deviation of actions at the start, in units of the action (gaussian)"),
      .number(
        "minimumLogStandardDeviation", \.minimumLogStandardDeviation, in: -20...5,
        "floor under the log standard deviation (gaussian)"),
      .integer(
        "contextSize", \.contextSize, in: 0...1024,
        "width of a context vector beside the observations"),
      .number("outputGain", \.outputGain, in: 0...100, "factor on the last layer's first weights"),
      .name("network", \.network, among: Networks.builtIn.all.map(\.name), "kind of network"),
      .choice(
        "inputs", \.inputs,
        "what the policy is shown: the observation, or besides the last action, its reward and whether an episode begins"
      ),
      .choice("distribution", \.distribution, "how continuous actions are drawn"),
      .flag(
        "valueHead", \.valueHead,
        "whether the network also puts out a value, for methods with a critic"),
      .parameters("parameters", \.parameters, "what a network has of its own"),
    ]
  }

  /// How many numbers describe an action, where a network puts out so many.
  func actions(ofOutputs outputs: Int) -> Int {
    (outputs - (valueHead ? 1 : 0)) / (distribution == .squashedGaussian ? 2 : 1)
  }

  /// Below the floor, the deviation could not be learned.
  public func violation() -> ConstraintViolation? {
    guard initialLogStandardDeviation < minimumLogStandardDeviation else { return nil }
    return ConstraintViolation(
      "initialLogStandardDeviation",
      "is \(initialLogStandardDeviation), expected at least minimumLogStandardDeviation, "
        + "\(minimumLogStandardDeviation)")
  }
}
