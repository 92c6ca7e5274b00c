public import EnvironmentKit

extension MazeNavigation {
  /// What differs from task to task.
  public enum Family: String, ParameterChoice {
    /// The goal, in one layout.
    case goal
    /// The goal and the layout.
    case layout
  }

  /// What stays the same over the tasks.
  public struct Parameters: EnvironmentParameters {
    /// What differs from task to task.
    public var task = Family.goal
    /// How a step is rewarded.
    public var reward = NavigationReward.dense
    /// Whether the goal is observed: the oracle that adaptation is compared with.
    public var observesTask = false
    /// Half the side of the square of goals, in m.
    public var goalRange: Float = 0.75
    /// Half the side of the larger square that holds the shifted goals, in m.
    public var shiftedRange: Float = 0.9
    /// Half the side of the square of starts, in m.
    public var startRange: Float = 0.05
    /// How near the goal is reached, in m.
    public var goalTolerance: Float = 0.1
    /// The mass of the robot, in kg.
    public var mass: Float = 1
    /// The greatest force along each axis, in N.
    public var maximumForce: Float = 2
    /// The rate at which the velocity decays, in 1/s.
    public var damping: Float = 2
    /// The steps of an episode, of 0.1 s each.
    public var horizon = 100

    /// Creates the defaults: at most 1 m/s along each axis, reached with a time constant of 0.5 s.
    public init() {}

    /// The speed at which the greatest force along an axis balances the damping, in m/s.
    var terminalSpeed: Float { maximumForce / (mass * damping) }

    /// Checks every value's range.
    ///
    /// - Throws: `EnvironmentError` with the key, the value and what is allowed.
    public func validate() throws {
      // Beyond these bounds, goals would have no room beside the walls.
      try require("goalRange", goalRange, in: 0.4...0.85)
      try require("shiftedRange", shiftedRange, in: goalRange.nextUp...0.9)
      try require("startRange", startRange, in: 0...0.2)
      try require("goalTolerance", goalTolerance, in: 0.01...0.3)
      try require("mass", mass, in: 1e-3...1e3)
      try require("damping", damping, in: 1e-3...1e3)
      try require("maximumForce", maximumForce, above: 0)
      guard terminalSpeed <= 10 else {
        throw EnvironmentError(
          "'maximumForce' is \(maximumForce), for a speed of \(terminalSpeed) m/s; it must be at "
            + "most \(10 * mass * damping), for 10 m/s in an arena of 2 m", key: "maximumForce")
      }
      try requireHorizon(horizon)
    }
  }
}
