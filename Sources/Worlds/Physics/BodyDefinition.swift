/// Where a body is and how it moves.
public struct BodyState: Sendable, Hashable, Codable {
  /// The position of the body's origin, in m.
  public var position: SIMD2<Float>
  /// The angle, in rad, counterclockwise; it counts turns.
  public var angle: Float
  /// The velocity of the centre of mass, in m/s.
  public var velocity: SIMD2<Float>
  /// The angular velocity, in rad/s, counterclockwise.
  public var angularVelocity: Float

  /// Creates a state.
  ///
  /// - Parameters:
  ///   - position: The position of the body's origin, in m.
  ///   - angle: The angle, in rad.
  ///   - velocity: The velocity of the centre of mass, in m/s.
  ///   - angularVelocity: The angular velocity, in rad/s.
  public init(
    position: SIMD2<Float> = .zero, angle: Float = 0, velocity: SIMD2<Float> = .zero,
    angularVelocity: Float = 0
  ) {
    self.position = position
    self.angle = angle
    self.velocity = velocity
    self.angularVelocity = angularVelocity
  }

  func validate(_ checks: Checks) throws(PhysicsError) {
    try checks.point(position, "position")
    try checks.finite(angle, "angle", "rad")
    try checks.finite(velocity.x, "velocity's x", "m/s")
    try checks.finite(velocity.y, "velocity's y", "m/s")
    try checks.finite(angularVelocity, "angularVelocity", "rad/s")
  }
}

/// What moves a body.
public enum BodyKind: Sendable, Hashable {
  /// Nothing does: ground and walls.
  case `static`
  /// Its velocity does, whatever it meets.
  case kinematic
  /// Forces do.
  case dynamic
}

/// A rigid body and its fixtures.
public struct BodyDefinition: Sendable, Hashable {
  /// What errors and pictures call it.
  public var name: String
  /// What moves it.
  public var kind: BodyKind
  /// Where it starts.
  public var state: BodyState
  /// Its shapes; a dynamic body needs one with area and density.
  public var fixtures: [FixtureDefinition]
  /// The rate at which its velocity decays, in 1/s.
  public var linearDamping: Float
  /// The rate at which its angular velocity decays, in 1/s.
  public var angularDamping: Float
  /// The factor on the world's gravity.
  public var gravityScale: Float
  /// A moment of inertia beside that of the shapes, in kg m^2: a motor's rotor, geared up.
  ///
  /// Light bodies at the end of a chain that carries a load make the solver slow to converge, and
  /// inertia is what helps against it.
  public var addedInertia: Float
  /// Whether it keeps its angle.
  public var isRotationFixed: Bool
  /// Whether it is kept from passing through other dynamic bodies at high speed, at some cost.
  public var isBullet: Bool

  /// Creates a body.
  ///
  /// - Parameters:
  ///   - name: What errors and pictures call it.
  ///   - kind: What moves it.
  ///   - state: Where it starts.
  ///   - fixtures: Its shapes; a dynamic body needs one with area and density.
  ///   - linearDamping: The rate at which its velocity decays, in 1/s.
  ///   - angularDamping: The rate at which its angular velocity decays, in 1/s.
  ///   - gravityScale: The factor on the world's gravity.
  ///   - addedInertia: A moment of inertia beside that of the shapes, in kg m^2.
  ///   - isRotationFixed: Whether it keeps its angle.
  ///   - isBullet: Whether it is kept from passing through other dynamic bodies at high speed.
  public init(
    _ name: String, _ kind: BodyKind = .dynamic, state: BodyState = BodyState(),
    fixtures: [FixtureDefinition] = [], linearDamping: Float = 0, angularDamping: Float = 0,
    gravityScale: Float = 1, addedInertia: Float = 0, isRotationFixed: Bool = false,
    isBullet: Bool = false
  ) {
    self.name = name
    self.kind = kind
    self.state = state
    self.fixtures = fixtures
    self.linearDamping = linearDamping
    self.angularDamping = angularDamping
    self.gravityScale = gravityScale
    self.addedInertia = addedInertia
    self.isRotationFixed = isRotationFixed
    self.isBullet = isBullet
  }

  func validate() throws(PhysicsError) {
    let checks = Checks(place: "body '\(name)'")
    try state.validate(checks)
    if kind == .static, state.velocity != .zero || state.angularVelocity != 0 {
      throw checks.fail("a static body has a velocity; make it kinematic, or let it rest")
    }
    try checks.notNegative(linearDamping, "linearDamping", "1/s")
    try checks.notNegative(angularDamping, "angularDamping", "1/s")
    try checks.finite(gravityScale, "gravityScale", "")
    try checks.notNegative(addedInertia, "addedInertia", "kg m^2")
    for (index, fixture) in fixtures.enumerated() {
      try fixture.validate(Checks(place: "body '\(name)', fixture \(index)"))
    }
  }
}
