/// What methods have that infer a task from what happened in it, by a bound on how probable that is.
public struct BeliefSettings: MethodSettings {
  /// Moments of each trial whose beliefs are asked to predict it.
  public var posteriors = 8
  /// Steps of the trial that each of them predicts.
  public var decodedSteps = 32
  /// Weight of the divergence of each belief from the one before it.
  public var divergenceWeight = 1.0
  /// Weight of the squared errors of rewards.
  public var rewardWeight = 1.0
  /// Weight of the squared errors of observations.
  public var transitionWeight = 1.0

  /// The terms weigh as in the paper.
  public init() {}
}

extension OuterSettings {
  /// What methods have that infer a task.
  public var beliefs: BeliefSettings {
    get { own[BeliefSettings.self] }
    set { own[BeliefSettings.self] = newValue }
  }
}
