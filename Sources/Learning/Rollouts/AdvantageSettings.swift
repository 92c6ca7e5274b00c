public import Settings

/// How advantages are computed from rewards.
public struct AdvantageSettings: Settings, Sendable, Equatable {
  /// γ, the weight of a reward one step later.
  public var discount: Double = 0.99
  /// λ of generalized advantage estimation (Schulman et al. 2016): 1 trusts the returns, smaller
  /// values the baseline.
  public var gaeLambda: Double = 1
  /// Regularization of the baseline's regression.
  public var ridge: Double = 1e-5
  /// Whether tasks go on after the time limit: a value then tells of all rewards to come, those past the
  /// limit too. Otherwise the return up to the limit is what counts, and a value falls to 0 there.
  public var bootstrap: Bool = false

  /// The settings of the paper's 2D navigation.
  public init() {}

  /// The keys.
  public static var fields: [Field<Self>] {
    [
      .number("discount", \.discount, in: 0...1, "gamma, weight of a reward one step later"),
      .number("gaeLambda", \.gaeLambda, in: 0...1, "lambda of the inner advantages"),
      .number("ridge", \.ridge, in: aboveZero...1e6, "ridge of the linear feature baseline"),
      .flag(
        "bootstrap", \.bootstrap,
        "whether tasks go on after the time limit, so that values count what comes past it"),
    ]
  }

  /// Rewards for ever have no sum without discounting.
  public func violation() -> ConstraintViolation? {
    guard bootstrap && discount == 1 else { return nil }
    return ConstraintViolation("bootstrap", "is true, expected false with discount: 1")
  }
}
