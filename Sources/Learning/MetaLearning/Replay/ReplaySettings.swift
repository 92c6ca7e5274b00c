/// What methods have that learn from a replay of each training task.
public struct ReplaySettings: MethodSettings {
  /// The latest steps that are kept of each task.
  public var capacity = 100_000
  /// Steps of the optimizer in an iteration.
  public var updates = 2000
  /// Tasks that an update learns from.
  public var batchTasks = 16
  /// Steps of each of them.
  public var batchSteps = 256
  /// Steps that each of them is inferred from.
  public var contextSteps = 100
  /// Factor on rewards: the entropy of actions weighs 1.
  public var rewardScale = 5.0
  /// Share of the value's parameters that its target takes with each update.
  public var targetRate = 0.005
  /// Weight of the divergence of what is inferred from the standard normal distribution.
  public var latentWeight = 0.1

  /// The tasks that go through the networks together, so that products have rows enough.
  var tasksTogether: Int { max(1, Self.rowsTogether / batchSteps) }

  private static var rowsTogether: Int { 512 }

  /// The settings of the paper's experiments, but for a smaller replay and a smaller weight of the divergence.
  public init() {}
}

extension OuterSettings {
  /// What methods have that learn from a replay.
  public var replay: ReplaySettings {
    get { own[ReplaySettings.self] }
    set { own[ReplaySettings.self] = newValue }
  }
}
