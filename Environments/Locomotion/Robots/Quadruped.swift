/// A quadruped: a trunk on four legs of two segments each.
public typealias Quadruped = LeggedEnvironment<QuadrupedBody>

/// A planar quadruped of 17 kg, the same seen from the front as from behind.
///
/// The two legs of a pair hang side by side from one hip and pass each other; knees point inwards.
/// Springs hold it standing. It never falls: an episode goes on until the horizon, however the body
/// lies.
public enum QuadrupedBody: LeggedRobot {
  /// The name in configurations.
  public static var name: String { "quadruped" }
  /// One line on what is to be done.
  public static var summary: String { "Run on four legs of two segments, with eight torques" }

  /// Lengths, masses, joints and torques.
  public static var description: RobotDescription {
    var limbs: [Limb] = []
    // A leg of the back reaches forward to its knee, one of the front is its mirror image.
    for (pair, side) in [("back", 1), ("front", -1)] as [(String, Float)] {
      for place in ["left", "right"] {
        let thigh = limbs.count
        limbs.append(
          Limb(
            name: "\(pair) \(place) thigh", parent: nil, joint: [-0.4 * side, 0],
            end: [0.11 * side, -0.24], radius: 0.04, mass: 1, range: -0.9...0.9, stiffness: 100,
            damping: 3, rotorInertia: 0.05, torque: 80, isFar: place == "right"))
        limbs.append(
          Limb(
            name: "\(pair) \(place) shin", parent: thigh, joint: [0.11 * side, -0.24],
            end: [-0.11 * side, -0.24], radius: 0.04, mass: 0.7, range: -0.8...0.8, stiffness: 80,
            damping: 2.5, rotorInertia: 0.05, torque: 60, isFar: place == "right"))
      }
    }
    return RobotDescription(
      trunk: [Bar(start: [-0.5, 0], end: [0.5, 0], radius: 0.06)], trunkMass: 10, limbs: limbs,
      friction: 0.8, controlStep: 0.05)
  }
}
