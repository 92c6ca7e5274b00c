/// A motor that drives a joint to a speed.
public struct Motor: Sendable, Hashable, Codable {
  /// The speed it holds, in rad/s, or m/s along a prismatic joint.
  public var speed: Float
  /// The greatest torque in N m, or force in N along a prismatic joint.
  public var limit: Float

  /// Creates a motor; with speed 0 it is dry friction in the joint.
  ///
  /// - Parameters:
  ///   - speed: The speed it holds, in rad/s or m/s.
  ///   - limit: The greatest torque in N m, or force in N.
  public init(speed: Float, limit: Float) {
    self.speed = speed
    self.limit = limit
  }

  func validate(_ checks: Checks) throws(PhysicsError) {
    try checks.finite(speed, "the motor's speed", "")
    try checks.notNegative(limit, "the motor's limit", "")
  }
}

/// A linear spring and damper of a revolute joint: torque = -stiffness (angle - rest) - damping
/// speed.
///
/// It is integrated implicitly, within the solver, so it is stable for any stiffness and damping.
/// Where either is large for the time step, swings die out sooner than by the formula, and a damper
/// brakes over a few steps.
public struct JointSpring: Sendable, Hashable, Codable {
  /// The torque of a turn, in N m/rad.
  public var stiffness: Float
  /// The torque of a speed, in N m s/rad.
  public var damping: Float
  /// The joint's angle without torque, in rad.
  public var rest: Float

  /// Creates a spring.
  ///
  /// - Parameters:
  ///   - stiffness: The torque of a turn, in N m/rad.
  ///   - damping: The torque of a speed, in N m s/rad.
  ///   - rest: The joint's angle without torque, in rad.
  public init(stiffness: Float = 0, damping: Float = 0, rest: Float = 0) {
    self.stiffness = stiffness
    self.damping = damping
    self.rest = rest
  }
}

/// What a joint leaves free.
public enum JointKind: Sendable, Hashable {
  /// Rotation about the anchor; limits in rad.
  case revolute(limits: ClosedRange<Float>? = nil, motor: Motor? = nil, spring: JointSpring? = nil)
  /// Translation along the axis; limits in m.
  case prismatic(axis: SIMD2<Float>, limits: ClosedRange<Float>? = nil, motor: Motor? = nil)
  /// Nothing; with a stiffness in N m/rad and a damping in N m s/rad it gives way in its angle.
  case weld(stiffness: Float = 0, damping: Float = 0)
  /// Rotation, and translation along the axis on a suspension: limits in m, stiffness in N/m,
  /// damping in N s/m. The motor turns the wheel.
  case wheel(
    axis: SIMD2<Float>, limits: ClosedRange<Float>? = nil, motor: Motor? = nil,
    stiffness: Float = 0, damping: Float = 0)
}

/// Where a joint holds its bodies.
public enum JointAnchor: Sendable, Hashable {
  /// A point of the world, in m, and the axis in the world's frame, at the bodies' initial poses.
  case world(SIMD2<Float>)
  /// A point in each body's frame, in m, and the axis in the first body's frame.
  case local(SIMD2<Float>, SIMD2<Float>)
}

/// A joint between two bodies. Angles, translations and speeds are those of the second body
/// relative to the first.
public struct JointDefinition: Sendable, Hashable {
  /// What errors call it.
  public var name: String
  /// The body that the joint's frame belongs to.
  public var first: Body
  /// The body that moves relative to it.
  public var second: Body
  /// Where it holds them.
  public var anchor: JointAnchor
  /// What it leaves free.
  public var kind: JointKind
  /// The angle between the bodies, second minus first, that counts as 0, in rad; if nil, the
  /// initial.
  public var referenceAngle: Float?
  /// Whether the two bodies collide.
  public var bodiesCollide: Bool

  /// Creates a joint.
  ///
  /// - Parameters:
  ///   - name: What errors call it.
  ///   - first: The body that the joint's frame belongs to.
  ///   - second: The body that moves relative to it.
  ///   - anchor: Where it holds them.
  ///   - kind: What it leaves free.
  ///   - referenceAngle: The angle between the bodies that counts as 0, in rad; the initial if nil.
  ///   - bodiesCollide: Whether the two bodies collide.
  public init(
    _ name: String, from first: Body, to second: Body, at anchor: JointAnchor,
    _ kind: JointKind = .revolute(), referenceAngle: Float? = nil, bodiesCollide: Bool = false
  ) {
    self.name = name
    self.first = first
    self.second = second
    self.anchor = anchor
    self.kind = kind
    self.referenceAngle = referenceAngle
    self.bodiesCollide = bodiesCollide
  }
}
