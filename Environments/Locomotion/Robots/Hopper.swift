/// A hopper: a trunk on one leg of three segments.
public typealias Hopper = LeggedEnvironment<HopperBody>

/// The body of MuJoCo's hopper: its lengths and its masses, 16 kg.
///
/// What differs: the thigh swings forward too, and the leg starts bent with the foot below the hip,
/// where it can push off both ways; the torques are half to a quarter of MuJoCo's 200 N m, and a
/// control step lasts 0.02 s in place of 0.008 s. It has fallen when the trunk's origin is less
/// than 0.7 m above the ground or its pitch exceeds 0.2 rad, as Gymnasium's, or when its knee comes
/// within 0.1 m of the ground: otherwise it learns to walk on knee and toes, 0.7 m high.
///
/// Reference: Erez, Tassa and Todorov, "Infinite-horizon model predictive control for periodic
/// tasks with contacts", RSS 2011.
public enum HopperBody: LeggedRobot {
  /// The name in configurations.
  public static var name: String { "hopper" }
  /// One line on what is to be done.
  public static var summary: String { "Hop on one leg without falling, with three torques" }

  /// Lengths, masses, joints and torques.
  public static var description: RobotDescription {
    RobotDescription(
      trunk: [Bar(start: [0, 0.2], end: [0, -0.2], radius: 0.05)], trunkMass: 3.7,
      limbs: [
        Limb(
          name: "thigh", parent: nil, joint: [0, -0.2], end: [0, -0.45], radius: 0.05, mass: 4.1,
          range: -0.8...1.6, rest: 0.5, stiffness: 0, damping: 2, rotorInertia: 0.2, torque: 80),
        Limb(
          name: "shin", parent: 0, joint: [0, -0.45], end: [0, -0.5], radius: 0.04, mass: 2.8,
          range: -2.6...0, rest: -1, stiffness: 0, damping: 2, rotorInertia: 0.2, torque: 80),
        Limb(
          name: "foot", parent: 1, joint: [0, -0.5], start: [-0.13, 0], end: [0.26, 0],
          radius: 0.06, mass: 5.3, range: -0.785...0.785, rest: 0.5, stiffness: 0, damping: 2,
          rotorInertia: 0.2, torque: 50),
      ],
      friction: 1, controlStep: 0.02,
      uprightBounds: UprightBounds(height: 0.7, pitch: 0.2, knee: 0.1))
  }
}
