internal import EnvironmentKit

/// What changes from task to task; what a family leaves alone keeps its neutral value.
public struct LocomotionTask: Codable, Sendable, Equatable {
  /// The forward velocity that the family `velocity` commands, in m/s; 0 in the others.
  public var velocity: Float = 0
  /// Which way the family `direction` rewards: 1 forward, -1 backward; 1 in the others.
  public var direction: Float = 1
  /// Masses, friction, gravity and motors.
  public var dynamics = Dynamics()
  /// The shape of the ground.
  public var terrain = Terrain()

  /// The units of what isn't a factor.
  static let units = ["velocity": "m/s", "terrain.roughness": "m", "terrain.stepHeight": "m"]

  /// Creates the neutral task: an unchanged robot on plain ground.
  public init() {}

  /// Checks every value's range.
  func validate(joints: Int) throws {
    guard velocity.isFinite, abs(velocity) <= 20 else {
      throw EnvironmentError("'velocity' is \(velocity); it must lie in [-20, 20] m/s")
    }
    guard abs(direction) == 1 else {
      throw EnvironmentError("'direction' is \(direction); it must be 1 or -1")
    }
    try dynamics.validate(joints: joints)
    try terrain.validate()
  }
}

/// Factors on a robot's body and on what acts on it; all 1 leaves them as they are.
public struct Dynamics: Codable, Sendable, Equatable {
  /// The factor on every mass, and so on every moment of inertia.
  public var mass: Float = 1
  /// The factor on the friction between robot and ground.
  public var friction: Float = 1
  /// The factor on the gravity of 9.81 m/s^2.
  public var gravity: Float = 1
  /// The factor on every torque limit.
  public var strength: Float = 1
  /// The joint that is weakened besides, by its place among the actions; -1 for none.
  public var weakJoint = -1
  /// The factor on the torque limit of that joint, from 0 to 1.
  public var weakStrength: Float = 1

  /// Creates dynamics that change nothing.
  public init() {}

  /// The factor on one joint's torque limit.
  func strength(ofJoint joint: Int) -> Float {
    joint == weakJoint ? strength * weakStrength : strength
  }

  func validate(joints: Int) throws {
    for (name, value, range) in [
      ("mass", mass, 0.1...10), ("friction", friction, 0...10), ("gravity", gravity, 0...5),
      ("strength", strength, 0...5), ("weakStrength", weakStrength, 0...1),
    ] as [(String, Float, ClosedRange<Float>)] {
      try require("dynamics.\(name)", value, in: range)
    }
    guard -1..<joints ~= weakJoint else {
      throw EnvironmentError(
        "'dynamics.weakJoint' is \(weakJoint); it must be from 0 to \(joints - 1), or -1 for none")
    }
  }
}

/// The shape of the ground: flat around the start, and from 1 m ahead a slope with bumps and steps.
public struct Terrain: Codable, Sendable, Equatable {
  /// The rise of a metre forward, in m.
  public var slope: Float = 0
  /// The height of the greatest bumps and the depth of the greatest dips, in m.
  public var roughness: Float = 0
  /// The height of the steps, up or down, one every 2 m, in m.
  public var stepHeight: Float = 0
  /// Names the stream that bumps and steps are drawn from.
  public var seed: UInt32 = 0

  /// Creates flat ground.
  public init() {}

  func validate() throws {
    for (name, value, range) in [
      ("slope", slope, -0.5...0.5), ("roughness", roughness, 0...0.3),
      ("stepHeight", stepHeight, 0...0.3),
    ] as [(String, Float, ClosedRange<Float>)] {
      try require("terrain.\(name)", value, in: range)
    }
  }
}
