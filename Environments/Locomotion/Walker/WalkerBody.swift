internal import EnvironmentKit
internal import Physics

/// The bodies and joints of BipedalWalker, with its coordinates, and what a step reads from them.
enum WalkerBody {
  /// The joints, in the order of actions.
  static let joints = ["left hip", "left knee", "right hip", "right knee"]
  /// The frequency of control steps and of simulated ones, in Hz.
  static let frequency: Float = 50

  /// The ground's place among the bodies.
  static let ground = Body(index: 0)
  /// The hull's place among the bodies; thigh and shin of each leg follow.
  static let hull = Body(index: 1)

  /// The greatest torque of a motor, in N m.
  private static let torque: Float = 80
  /// What a hip's motor runs at, in rad/s.
  private static let hipSpeed: Float = 4
  /// What a knee's motor runs at, in rad/s.
  private static let kneeSpeed: Float = 6
  /// The width and the length of a thigh, in m; a shin has 0.8 of the width.
  private static let leg: SIMD2<Float> = [8.0 / 30, 34.0 / 30]
  /// How far below the hull's origin the hips are, in m.
  private static let hipDepth: Float = 8.0 / 30
  /// The hull starts over the middle of the flat start.
  private static let start: SIMD2<Float> = [
    WalkerGround.spacing * Float(WalkerGround.startCount) / 2, WalkerGround.level + 2 * leg.y,
  ]

  /// The walker over a level ground, whose shape an episode replaces.
  static func world(dynamics: Dynamics, solver: WalkerSolver) -> WorldDefinition {
    var definition = WorldDefinition()
    definition.gravity = [0, -10 * dynamics.gravity]
    definition.timeStep = 1 / frequency
    definition.velocityIterations = solver.velocityIterations
    definition.positionIterations = solver.positionIterations
    let length = Float(WalkerGround.count - 1) * WalkerGround.spacing
    _ = definition.add(
      BodyDefinition(
        "ground", .static,
        fixtures: [
          FixtureDefinition(
            .chain([[length, WalkerGround.level], [0, WalkerGround.level]]), friction: 2.5)
        ]))
    let corners: [SIMD2<Float>] = [[-30, -8], [34, -8], [34, 1], [6, 9], [-30, 9]]
    let hull = definition.add(
      BodyDefinition(
        "hull", state: BodyState(position: start),
        fixtures: [
          fixture(.polygon(corners.map { $0 / 30 }), density: 5, friction: 0.1, dynamics: dynamics)
        ]))
    for (side, angle) in [("left", -0.05), ("right", 0.05)] as [(String, Float)] {
      addLeg(side, angle: angle, to: hull, dynamics: dynamics, in: &definition)
    }
    definition.readings = readings
    return definition
  }

  private static func addLeg(
    _ side: String, angle: Float, to hull: Body, dynamics: Dynamics,
    in definition: inout WorldDefinition
  ) {
    // The original sets the legs too high, at the wrong side of the hips, and its knees out of their
    // range; the first step pulls all into place, and that step belongs to its reset.
    func segment(_ name: String, width: Float, middle: Float) -> Body {
      definition.add(
        BodyDefinition(
          "\(side) \(name)",
          state: BodyState(position: start + [0, hipDepth - middle * leg.y], angle: angle),
          fixtures: [
            fixture(
              .box(size: [width * leg.x, leg.y]), density: 1, friction: 0.2, dynamics: dynamics)
          ]))
    }
    func drive(_ joint: JointDefinition, speed: Float) {
      let strength = dynamics.strength(ofJoint: definition.actuators.count)
      definition.actuators.append(
        .motor(definition.add(joint), speed: speed, limit: torque * strength))
    }
    let thigh = segment("thigh", width: 1, middle: 0.5)
    let shin = segment("shin", width: 0.8, middle: 1.5)
    drive(
      JointDefinition(
        "\(side) hip", from: hull, to: thigh, at: .local([0, -hipDepth], [0, leg.y / 2]),
        .revolute(limits: -0.8...1.1), referenceAngle: 0), speed: hipSpeed)
    drive(
      JointDefinition(
        "\(side) knee", from: thigh, to: shin, at: .local([0, -leg.y / 2], [0, leg.y / 2]),
        .revolute(limits: -1.6 ... -0.1), referenceAngle: 0), speed: kneeSpeed)
  }

  /// A shape that collides with the ground alone, so that the legs pass each other.
  private static func fixture(
    _ shape: Shape, density: Float, friction: Float, dynamics: Dynamics
  ) -> FixtureDefinition {
    FixtureDefinition(
      shape, density: density * dynamics.mass,
      // The mean of both frictions is geometric, and the ground's stays.
      friction: friction * dynamics.friction * dynamics.friction,
      filter: CollisionFilter(
        categories: CollisionCategories(rawValue: 1 << 5), collidesWith: .standard))
  }

  /// Where a joint is, in m.
  static func position(ofJoint joint: Int, in world: World) -> SIMD2<Float> {
    world.worldPoint([0, leg.y / 2], of: Body(index: hull.index + 1 + joint))
  }

  /// The first of the ranges among what is read.
  static let firstRange = 14
  /// What is read after the observation: the hull's x, and whether it touches the ground.
  static let (x, hullContact, readingCount) = (24, 25, 26)

  private static var readings: [Reading] {
    var readings: [Reading] = [
      .angle(hull), .angularVelocity(hull), .velocityX(hull), .velocityY(hull),
    ]
    for leg in 0..<2 {
      let (hip, knee) = (Joint(index: 2 * leg), Joint(index: 2 * leg + 1))
      readings += [
        .jointAngle(hip), .jointAngularSpeed(hip), .jointAngle(knee), .jointAngularSpeed(knee),
        .touching(Body(index: hull.index + 2 + 2 * leg)),
      ]
    }
    readings += rays.map {
      .range(from: hull, along: $0, turningWithBody: false, hitting: .standard)
    }
    return readings + [.x(hull), .touching(hull)]
  }
}

extension WalkerBody {
  /// How a component comes from its reading: offset + scale x reading, clipped to the range.
  struct Observed {
    let component: Component
    var scale: Float = 1
    var offset: Float = 0
  }

  /// The observation of BipedalWalker, in its order and its units.
  static let observation: [Observed] = {
    func angle(_ name: String, from zero: Float = 0) -> Observed {
      Observed(
        component: Component(
          name, unit: zero == 0 ? "rad" : "rad from \(zero) rad", range: -Float.pi...Float.pi),
        offset: -zero)
    }
    func rate(_ name: String, unit: String, scale: Float) -> Observed {
      Observed(component: Component(name, unit: unit, range: -5...5), scale: scale)
    }
    let share = { Observed(component: Component($0, range: 0...1)) }
    let legs = ["left", "right"].flatMap { side in
      [
        angle("\(side) hip angle"),
        rate("\(side) hip speed", unit: "4 rad/s", scale: 1 / hipSpeed),
        angle("\(side) knee angle", from: -1),
        rate("\(side) knee speed", unit: "6 rad/s", scale: 1 / kneeSpeed),
        share("\(side) foot contact"),
      ]
    }
    return [
      angle("hull angle"), rate("hull angular velocity", unit: "25 rad/s", scale: 2 / frequency),
      rate("hull forward velocity", unit: "8.33 m/s", scale: 0.3 * (600.0 / 30) / frequency),
      rate("hull upward velocity", unit: "12.5 m/s", scale: 0.3 * (400.0 / 30) / frequency),
    ] + legs + rays.indices.map { share("range \($0)") }
  }()
}
