public import EnvironmentKit

extension CarNavigation {
  /// What differs from task to task.
  public enum Family: String, ParameterChoice {
    /// The goal, with one friction.
    case goal
    /// The goal and the friction.
    case friction
  }

  /// What stays the same over the tasks.
  public struct Parameters: EnvironmentParameters {
    /// What differs from task to task.
    public var task = Family.goal
    /// How a step is rewarded.
    public var reward = NavigationReward.dense
    /// Whether goal and friction are observed: the oracle that adaptation is compared with.
    public var observesTask = false
    /// Half the side of the square of goals, in m.
    public var goalRange: Float = 1.3
    /// Half the side of the larger square that holds the shifted goals, in m.
    public var shiftedRange: Float = 1.6
    /// The coefficient of friction in the family `goal`, and the greatest one in `friction`.
    public var friction: Float = 1
    /// The least coefficient of friction in the family `friction`.
    public var leastFriction: Float = 0.2
    /// The least coefficient of friction of shifted tasks in the family `friction`.
    public var shiftedFriction: Float = 0.1
    /// Half the side of the square of starts, in m.
    public var startRange: Float = 0.05
    /// The greatest turn of the car from east at the start, in rad.
    public var headingRange: Float = 0.1
    /// How near the goal is reached, in m.
    public var goalTolerance: Float = 0.2
    /// The mass of the car, in kg.
    public var mass: Float = 2
    /// The greatest force of the drive, in N.
    public var driveForce: Float = 4
    /// The greatest force of the brakes, in N.
    public var brakeForce: Float = 12
    /// The rate at which the air slows the car, in 1/s.
    public var damping: Float = 1
    /// The greatest steering angle, in rad.
    public var maximumSteeringAngle: Float = 0.5
    /// How fast the front tyres turn, in rad/s.
    public var steeringRate: Float = 4
    /// The steps of an episode, of 0.1 s each.
    public var horizon = 120

    /// Creates the defaults: at most 2 m/s, turning circles of 1 m and more.
    public init() {}

    /// The speed at which the drive balances the air, in m/s.
    var topSpeed: Float { driveForce / (mass * damping) }

    /// Checks every value's range.
    ///
    /// - Throws: `EnvironmentError` with the key, the value and what is allowed.
    public func validate() throws {
      try require("goalRange", goalRange, in: 0.7...1.7)
      try require("shiftedRange", shiftedRange, in: goalRange.nextUp...1.8)
      try require("startRange", startRange, in: 0...0.3)
      try require("headingRange", headingRange, in: 0...Float.pi)
      try require("goalTolerance", goalTolerance, in: 0.01...0.5)
      try require("mass", mass, in: 1e-3...1e3)
      try require("brakeForce", brakeForce, in: 0...1e6)
      try require("damping", damping, in: 1e-3...1e3)
      try require("driveForce", driveForce, above: 0)
      guard topSpeed <= 10 else {
        throw EnvironmentError(
          "'driveForce' is \(driveForce), for a speed of \(topSpeed) m/s; it must be at most "
            + "\(10 * mass * damping), for 10 m/s in an arena of 4 m", key: "driveForce")
      }
      try require("maximumSteeringAngle", maximumSteeringAngle, in: 0.01...1.2)
      try require("steeringRate", steeringRate, in: 0.01...1e3)
      try requireHorizon(horizon)
      try validateFriction()
    }

    private func validateFriction() throws {
      let (least, greatest) = (CarNavigation.leastFriction, CarNavigation.greatestFriction)
      try require("friction", friction, in: least...greatest)
      guard task == .friction else { return }
      try require("leastFriction", leastFriction, in: least.nextUp...friction)
      try require("shiftedFriction", shiftedFriction, in: least...leastFriction.nextDown)
    }
  }
}
