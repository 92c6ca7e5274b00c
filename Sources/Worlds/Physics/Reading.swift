/// One number that a step reads from its world.
public enum Reading: Sendable, Hashable {
  /// The x of a body's position, in m.
  case x(Body)
  /// The y of a body's position, in m.
  case y(Body)
  /// A body's angle, in rad.
  case angle(Body)
  /// The x of the velocity of a body's centre of mass, in m/s.
  case velocityX(Body)
  /// The y of the velocity of a body's centre of mass, in m/s.
  case velocityY(Body)
  /// A body's angular velocity, in rad/s.
  case angularVelocity(Body)
  /// The angle of a revolute, weld or wheel joint, in rad.
  case jointAngle(Joint)
  /// The speed of that angle, in rad/s.
  case jointAngularSpeed(Joint)
  /// The translation of a prismatic or wheel joint, in m.
  case jointTranslation(Joint)
  /// The speed of that translation, in m/s.
  case jointLinearSpeed(Joint)
  /// 1 if the body touches a fixture of one of the categories, else 0, as
  /// ``World/isTouching(_:_:)-(Body,CollisionCategories)`` has it.
  case touching(Body, CollisionCategories = .all)
  /// The free share, in [0, 1], of a ray from a body's position along a vector in m, which turns
  /// with the body or keeps its direction in the world. The body itself is no obstacle.
  case range(
    from: Body, along: SIMD2<Float>, turningWithBody: Bool = true,
    hitting: CollisionCategories = .all)

  func validate(_ checks: Checks, in definition: WorldDefinition) throws(PhysicsError) {
    switch self {
    case .x(let body), .y(let body), .angle(let body), .velocityX(let body),
      .velocityY(let body), .angularVelocity(let body), .touching(let body, _):
      try validate(body, checks, in: definition)
    case .range(let body, let ray, _, _):
      try validate(body, checks, in: definition)
      try checks.point(ray, "the ray")
    case .jointAngle(let joint), .jointAngularSpeed(let joint):
      let kind = try kind(of: joint, checks, in: definition)
      guard !kind.slides || kind.turns else {
        throw checks.fail("a prismatic joint has no angle; read its translation")
      }
    case .jointTranslation(let joint), .jointLinearSpeed(let joint):
      guard try kind(of: joint, checks, in: definition).slides else {
        throw checks.fail("only prismatic and wheel joints have a translation; read its angle")
      }
    }
  }

  private func validate(
    _ body: Body, _ checks: Checks, in definition: WorldDefinition
  ) throws(PhysicsError) {
    guard definition.bodies.indices.contains(body.index) else {
      throw checks.fail("there is no body \(body.index); the world has \(definition.bodies.count)")
    }
  }

  private func kind(
    of joint: Joint, _ checks: Checks, in definition: WorldDefinition
  ) throws(PhysicsError) -> JointKind {
    guard definition.joints.indices.contains(joint.index) else {
      throw checks.fail(
        "there is no joint \(joint.index); the world has \(definition.joints.count)")
    }
    return definition.joints[joint.index].kind
  }
}
