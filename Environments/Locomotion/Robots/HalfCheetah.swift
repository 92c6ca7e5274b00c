/// A half-cheetah: a trunk with a head, a back leg and a front leg of three segments each.
public typealias HalfCheetah = LeggedEnvironment<HalfCheetahBody>

/// The body of MuJoCo's half-cheetah: its lengths, masses (14 kg), joint ranges, springs, dampers
/// and torques, with angles counterclockwise, so that signs are the opposite of MuJoCo's.
///
/// What differs: rotors of 0.05 kg m^2 turn with each segment (MuJoCo's have 0.1), the ground is hard,
/// and the feet grip better (friction 0.8 in place of 0.4). It never falls: an episode goes on until the horizon, however
/// the body lies.
///
/// Reference: Wawrzynski, "Learning to control a 6-degree-of-freedom walking robot", EUROCON 2007.
public enum HalfCheetahBody: LeggedRobot {
  /// The name in configurations.
  public static var name: String { "half-cheetah" }
  /// One line on what is to be done.
  public static var summary: String { "Run on two legs of three segments, with six torques" }

  /// Lengths, masses, joints and torques.
  public static var description: RobotDescription {
    let radius: Float = 0.046
    func limb(
      _ name: String, on parent: Int?, at joint: SIMD2<Float>, to end: SIMD2<Float>, mass: Float,
      range: ClosedRange<Float>, stiffness: Float, torque: Float
    ) -> Limb {
      Limb(
        name: name, parent: parent, joint: joint, end: end, radius: radius, mass: mass,
        range: range, stiffness: stiffness, damping: stiffness / 40, rotorInertia: 0.05,
        torque: torque)
    }
    return RobotDescription(
      trunk: [
        Bar(start: [-0.5, 0], end: [0.5, 0], radius: radius),
        Bar(start: [0.5, 0], end: [0.715, 0.197], radius: radius, beginsRound: false),
      ],
      trunkMass: 6.36,
      limbs: [
        limb(
          "back thigh", on: nil, at: [-0.5, 0], to: [0.16, -0.25], mass: 1.53,
          range: -1.05...0.52, stiffness: 240, torque: 120),
        limb(
          "back shin", on: 0, at: [0.16, -0.25], to: [-0.28, -0.14], mass: 1.58,
          range: -0.785...0.785, stiffness: 180, torque: 90),
        limb(
          "back foot", on: 1, at: [-0.28, -0.14], to: [0.055, -0.188], mass: 1.07,
          range: -0.785...0.4, stiffness: 120, torque: 60),
        limb(
          "front thigh", on: nil, at: [0.5, 0], to: [-0.14, -0.24], mass: 1.43,
          range: -0.7...1, stiffness: 180, torque: 120),
        limb(
          "front shin", on: 3, at: [-0.14, -0.24], to: [0.13, -0.18], mass: 1.18,
          range: -0.87...1.2, stiffness: 120, torque: 60),
        limb(
          "front foot", on: 4, at: [0.13, -0.18], to: [0.0845, -0.128], mass: 0.85,
          range: -0.5...0.5, stiffness: 60, torque: 30),
      ],
      friction: 0.8, controlStep: 0.05)
  }
}
