internal import Physics

/// How finely a control step is simulated.
struct SolverSettings: Sendable {
  /// The simulated steps in a control step.
  var substeps: Int
  /// The rounds of the velocity solver in each.
  var velocityIterations: Int
  /// The most rounds of the position solver in each.
  var positionIterations: Int
}

extension RobotDescription {
  /// The ground's place among the bodies.
  static let ground = Body(index: 0)
  /// The trunk's place among the bodies.
  static let trunk = Body(index: 1)

  /// A limb's place among the bodies.
  static func body(ofLimb index: Int) -> Body { Body(index: 2 + index) }

  /// The robot on its ground: torques as actuators, and the readings of ``RobotReadings``.
  ///
  /// The robot collides with the ground alone, so that legs pass each other.
  func world(dynamics: Dynamics, ground: Ground, solver: SolverSettings) -> WorldDefinition {
    var definition = WorldDefinition()
    definition.gravity = [0, -9.81 * dynamics.gravity]
    definition.timeStep = controlStep / Float(solver.substeps)
    definition.velocityIterations = solver.velocityIterations
    definition.positionIterations = solver.positionIterations
    // A solid ground pushes out what enters it; a line has no inside, and needs this guard.
    definition.isContinuous = !ground.isFlat
    _ = definition.add(
      BodyDefinition(
        "ground", .static, fixtures: [FixtureDefinition(ground.shape, friction: 1)]))
    let friction = friction * dynamics.friction
    _ = definition.add(
      BodyDefinition(
        "trunk",
        fixtures: fixtures(trunk, mass: trunkMass * dynamics.mass, friction: friction)))
    for (index, limb) in limbs.enumerated() {
      let body = definition.add(
        BodyDefinition(
          limb.name,
          fixtures: fixtures(
            [limb.bar], mass: limb.mass * dynamics.mass, friction: friction),
          addedInertia: limb.rotorInertia * dynamics.mass))
      let joint = definition.add(
        JointDefinition(
          limb.name, from: limb.parent.map(Self.body(ofLimb:)) ?? Self.trunk, to: body,
          at: .local(limb.joint, .zero),
          .revolute(
            limits: limb.range,
            spring: JointSpring(
              stiffness: limb.stiffness, damping: limb.damping, rest: limb.rest)),
          referenceAngle: 0))
      definition.actuators.append(
        .torque(joint, limit: limb.torque * dynamics.strength(ofJoint: index)))
    }
    definition.readings = RobotReadings.readings(joints: limbs.count)
    return definition
  }

  /// Bars with a mass, as boxes with discs at their ends.
  ///
  /// On a plane only the discs touch, and a disc is the cheapest thing to collide; the boxes carry
  /// the mass and catch the corners of rough ground.
  private func fixtures(
    _ bars: [Bar], mass: Float, friction: Float
  ) -> [FixtureDefinition] {
    // The mean of both frictions is geometric, and the ground's is 1.
    let friction = friction * friction
    let filter = CollisionFilter(group: -1)
    let boxes = bars.map { bar -> (size: SIMD2<Float>, center: SIMD2<Float>, angle: Float) in
      let along = bar.end - bar.start
      let length = (along * along).sum().squareRoot()
      return ([length, 2 * bar.radius - Self.skin], (bar.start + bar.end) / 2, along.angle)
    }
    let area = boxes.reduce(0) { $0 + $1.size.x * $1.size.y }
    var fixtures = boxes.map { box in
      FixtureDefinition(
        .box(size: box.size, center: box.center, angle: box.angle), density: mass / area,
        friction: friction, filter: filter)
    }
    for bar in bars {
      for point in bar.beginsRound ? [bar.start, bar.end] : [bar.end] {
        fixtures.append(
          FixtureDefinition(
            .circle(radius: bar.radius, center: point), friction: friction, filter: filter))
      }
    }
    return fixtures
  }

  /// What a box is thinner than its discs, in m: Box2D keeps boxes 1 cm further apart than discs.
  private static let skin: Float = 0.03
}

/// What a step reads from a robot's world, in order.
enum RobotReadings {
  static let height = 0
  static let pitch = 1
  static let firstJointAngle = 2

  /// The number of readings of a robot: all but the last are observed.
  static func count(joints: Int) -> Int { 6 + 2 * joints }
  /// The place of the trunk's x, the last of the readings.
  static func x(joints: Int) -> Int { count(joints: joints) - 1 }

  static func readings(joints: Int) -> [Reading] {
    let trunk = RobotDescription.trunk
    let joints = (0..<joints).map(Joint.init(index:))
    return [.y(trunk), .angle(trunk)] + joints.map { .jointAngle($0) }
      + [.velocityX(trunk), .velocityY(trunk), .angularVelocity(trunk)]
      + joints.map { .jointAngularSpeed($0) } + [.x(trunk)]
  }
}
