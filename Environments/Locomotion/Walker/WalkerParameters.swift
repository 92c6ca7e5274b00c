public import EnvironmentKit

/// How finely ``Walker`` is simulated: always one step of 1/50 s for a control step.
public enum WalkerSolver: String, ParameterChoice {
  /// The settings of BipedalWalker: 180 rounds of velocities, up to 60 of positions.
  case original
  /// A sixth of the rounds, for training: less than half the time a step.
  ///
  /// An episode starts at the same state, but the joints give more at shocks, by up to 0.3 m in
  /// place of 0.15 m, and a gait that was tuned to one solver doesn't carry over to the other.
  case fast

  /// The rounds of the velocity solver in a step.
  var velocityIterations: Int {
    switch self {
    case .original: 180
    case .fast: 30
    }
  }

  /// The most rounds of the position solver in a step.
  var positionIterations: Int {
    switch self {
    case .original: 60
    case .fast: 10
    }
  }
}

/// What stays the same over the tasks of ``Walker``.
public struct WalkerParameters: EnvironmentParameters {
  /// The family of tasks: `velocity`, `dynamics`, `terrain`, or `original`, which has one task alone.
  public var task = WalkerFamily.velocity
  /// The most steps of an episode.
  public var horizon = 1600
  /// Whether the observation ends with the task's numbers, for an oracle.
  public var observesTask = false
  /// How finely it is simulated: `original` or `fast`.
  public var solver = WalkerSolver.fast
  /// The smallest commanded velocity of the family `velocity`, in m/s; below 0 it is backward.
  public var minimumVelocity: Float = 0
  /// The greatest commanded velocity of the family `velocity`, in m/s.
  public var maximumVelocity: Float = 3
  /// The greatest commanded velocity of its shifted tasks, in m/s.
  public var shiftedVelocity: Float = 4.5
  /// The base b of the factors b^u, u in [-1, 1], of the family `dynamics`.
  public var dynamicsBase: Float = 1.5

  /// Creates the default parameters.
  public init() {}

  /// Checks every value's range.
  ///
  /// - Throws: `EnvironmentError` with the key, the value and what is allowed.
  public func validate() throws {
    try require("horizon", horizon, in: 1...10_000)
    try require("minimumVelocity", minimumVelocity, in: -20...20)
    try require("maximumVelocity", maximumVelocity, in: minimumVelocity...20)
    try require("shiftedVelocity", shiftedVelocity, in: maximumVelocity...20)
    try require("dynamicsBase", dynamicsBase, in: 1...3)
  }
}
