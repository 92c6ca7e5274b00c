/// What one control of a step drives. A control is clipped to [-1, 1]; one that isn't a number
/// counts as 0.
public enum Actuator: Sendable, Hashable {
  /// A torque of control x `limit`, in N m, on the second body of a revolute or wheel joint, and
  /// its opposite on the first.
  case torque(Joint, limit: Float)
  /// A force of control x `limit`, in N, on the second body of a prismatic joint along its axis,
  /// and its opposite on the first.
  case force(Joint, limit: Float)
  /// A motor that runs at `speed`, in rad/s or m/s, with the control's sign, and reaches it with at
  /// most |control| x `limit`, in N m or N: the actuators of BipedalWalker.
  case motor(Joint, speed: Float, limit: Float)
  /// A motor that runs at control x `speed`, in rad/s or m/s, with at most `limit`, in N m or N.
  case speed(Joint, maximum: Float, limit: Float)

  /// The joint that it drives.
  public var joint: Joint {
    switch self {
    case .torque(let joint, _), .force(let joint, _), .motor(let joint, _, _),
      .speed(let joint, _, _):
      joint
    }
  }

  var isMotor: Bool {
    switch self {
    case .motor, .speed: true
    case .torque, .force: false
    }
  }

  func validate(_ checks: Checks, joints: [JointDefinition]) throws(PhysicsError) {
    guard joints.indices.contains(joint.index) else {
      throw checks.fail("there is no joint \(joint.index); the world has \(joints.count)")
    }
    let driven = joints[joint.index]
    let fits: Bool
    switch self {
    case .torque(_, let limit):
      fits = driven.kind.turns
      try checks.notNegative(limit, "the limit", "N m")
    case .force(_, let limit):
      fits = driven.kind.slides && !driven.kind.turns
      try checks.notNegative(limit, "the limit", "N")
    case .motor(_, let speed, let limit), .speed(_, let speed, let limit):
      fits = driven.kind.turns || driven.kind.slides
      try checks.notNegative(speed, "the speed", "")
      try checks.notNegative(limit, "the limit", "")
    }
    guard fits else {
      throw checks.fail(
        "joint '\(driven.name)' can't be driven so; torques turn revolute and wheel joints, forces "
          + "push prismatic ones, and a weld has no actuator")
    }
  }
}
