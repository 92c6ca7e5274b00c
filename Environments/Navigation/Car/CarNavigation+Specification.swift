public import EnvironmentKit

extension CarNavigation {
  /// Describes the car's motion, steering and throttle.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Returns: 8 observations, 11 with the task; two actions.
  /// - Throws: `EnvironmentError` for a horizon below 1.
  public static func specification(parameters: Parameters) throws -> EnvironmentSpecification {
    let side = arenaHalfSide
    // The speed that the drive keeps up; a slide turns all of it sideways.
    let speed = parameters.topSpeed
    let angle = parameters.maximumSteeringAngle
    var observation =
      ["x", "y"].map { Component($0, unit: "m", range: -side...side) }
      + ["heading sine", "heading cosine"].map { Component($0, range: -1...1) }
      + ["forward speed", "lateral speed"].map {
        Component($0, unit: "m/s", range: -speed...speed)
      }
      // A bump against the fence turns the car faster than its tyres do.
      + [
        Component("yaw rate", unit: "rad/s"),
        Component("steering angle", unit: "rad", range: -angle...angle),
      ]
    if parameters.observesTask {
      observation += ["goal x", "goal y"].map { Component($0, unit: "m", range: -side...side) }
      observation.append(Component("friction", range: 0...greatestFriction))
    }
    return try EnvironmentSpecification(
      observation: observation,
      action: .continuous(["steering", "throttle"].map { Component($0, range: -1...1) }),
      horizon: parameters.horizon, terminationIsSuccess: true, taskUnits: ["goal": "m"])
  }

  /// The greatest coefficient of friction of a task.
  static let greatestFriction: Float = 4

  /// Makes the task distribution.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Returns: Goals, with one friction or each with its own.
  public static func tasks(parameters: Parameters) -> CarTasks { CarTasks(parameters) }

  /// Checks that the goal is in the arena, and that the road isn't without friction.
  ///
  /// - Parameters:
  ///   - task: The task.
  ///   - parameters: Valid parameters.
  /// - Throws: `EnvironmentError` for a goal that the car can't reach, or such a road.
  public static func validate(task: Task, parameters: Parameters) throws {
    try require("goal", task.goal, within: arenaHalfSide - carSize.x / 2)
    try require("friction", task.friction, in: leastFriction...greatestFriction)
  }

  /// The least coefficient of friction of a task.
  static let leastFriction: Float = 0.01
}
