public import EnvironmentKit

/// What stays the same over the tasks of a legged robot.
public struct LocomotionParameters: EnvironmentParameters {
  /// The family of tasks: `velocity`, `direction`, `dynamics` or `terrain`.
  public var task = TaskFamily.velocity
  /// The steps of an episode.
  public var horizon = 200
  /// Whether the observation ends with the task's numbers, for an oracle.
  public var observesTask = false
  /// The smallest commanded velocity of the family `velocity`, in m/s; below 0 it is backward.
  public var minimumVelocity: Float = 0
  /// The greatest commanded velocity of the family `velocity`, in m/s.
  public var maximumVelocity: Float = 2
  /// The greatest commanded velocity of its shifted tasks, in m/s.
  public var shiftedVelocity: Float = 3
  /// The base b of the factors b^u, u in [-1, 1], of the family `dynamics`.
  public var dynamicsBase: Float = 1.5
  /// The cost of the squared length of a clipped action.
  public var controlCost: Float = 0.05
  /// What standing still for a step is worth, to robots that can fall. The more, the less they dare.
  public var uprightReward: Float = 0.2
  /// How far an episode starts from rest, in rad, rad/s and m/s.
  public var initialNoise: Float = 0.1
  /// The simulated steps in a control step.
  public var substeps = 5
  /// The rounds of the velocity solver in each.
  public var velocityIterations = 8
  /// The most rounds of the position solver in each.
  public var positionIterations = 3

  /// Creates the default parameters.
  public init() {}

  /// Checks every value's range.
  ///
  /// - Throws: `EnvironmentError` with the key, the value and what is allowed.
  public func validate() throws {
    try require("horizon", horizon, in: 1...2000)
    try require("minimumVelocity", minimumVelocity, in: -20...20)
    try require("maximumVelocity", maximumVelocity, in: minimumVelocity...20)
    try require("shiftedVelocity", shiftedVelocity, in: maximumVelocity...20)
    try require("dynamicsBase", dynamicsBase, in: 1...3)
    try require("controlCost", controlCost, in: 0...100)
    try require("uprightReward", uprightReward, in: 0...100)
    try require("initialNoise", initialNoise, in: 0...0.5)
    try require("substeps", substeps, in: 1...1000)
    try require("velocityIterations", velocityIterations, in: 1...1000)
    try require("positionIterations", positionIterations, in: 1...1000)
  }

  var solver: SolverSettings {
    SolverSettings(
      substeps: substeps, velocityIterations: velocityIterations,
      positionIterations: positionIterations)
  }
}
