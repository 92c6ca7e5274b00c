import Physics
import Testing

@Suite struct ValidationTests {
  /// A change that makes a sound description unsound, and a part of the line that says so.
  struct Fault: Sendable, CustomTestStringConvertible {
    let message: String
    let change: @Sendable (inout WorldDefinition) -> Void
    init(_ message: String, _ change: @escaping @Sendable (inout WorldDefinition) -> Void) {
      self.message = message
      self.change = change
    }
    var testDescription: String { message }
  }

  private static func shape(_ message: String, _ shape: Shape) -> Fault {
    Fault("body 'trunk', fixture 0: " + message) { $0.bodies[1].fixtures[0].shape = shape }
  }

  private static func joint(_ message: String, _ kind: JointKind) -> Fault {
    Fault("joint 'joint': " + message) { $0.joints[0].kind = kind }
  }

  static let values: [Fault] = [
    Fault("world: gravity's y is nan") { $0.gravity.y = .nan },
    Fault("world: timeStep is 0.0 s; it must lie in") { $0.timeStep = 0 },
    Fault("world: velocityIterations is 0") { $0.velocityIterations = 0 },
    Fault("world: positionIterations is -1") { $0.positionIterations = -1 },
    Fault("body 'trunk': position's x is 1e+30 m") { $0.bodies[1].state.position.x = 1e30 },
    Fault("body 'trunk': angle is inf rad") { $0.bodies[1].state.angle = .infinity },
    Fault("body 'trunk': linearDamping is -1.0 1/s") { $0.bodies[1].linearDamping = -1 },
    Fault("body 'trunk': addedInertia is -1.0 kg m^2") { $0.bodies[1].addedInertia = -1 },
    Fault("body 'ground': a static body has a velocity") { $0.bodies[0].state.velocity.x = 1 },
    Fault("fixture 0: density is -1.0 kg/m^2; it must be at least 0") {
      $0.bodies[1].fixtures[0].density = -1
    },
    Fault("fixture 0: friction is nan") { $0.bodies[1].fixtures[0].friction = .nan },
    Fault("fixture 0: restitution is 1.5") { $0.bodies[1].fixtures[0].restitution = 1.5 },
    Fault("body 'trunk': its mass or inertia can't be told from 0") {
      $0.bodies[1].fixtures[0].density = 0
    },
    Fault("body 'trunk': its mass or inertia can't be told from 0") {
      $0.bodies[1].fixtures[0].density = 1e-38
    },
    Fault("body 'trunk': its mass or inertia can't be told from 0") {
      $0.bodies[1].fixtures[0].density = 1e38
    },
    Fault("body 'trunk': its mass or inertia can't be told from 0") {
      $0.bodies[1].fixtures[0].shape = .box(size: [0.1, 0.1], center: [900, 0])
    },
  ]

  static let shapes: [Fault] = [
    shape("the circle's radius is -1.0 m", .circle(radius: -1)),
    shape("the box's width is nan m", .box(size: [.nan, 1])),
    shape("the polygon has 2 points; it needs 3 to 8", .polygon([[0, 0], [1, 0]])),
    shape(
      "the polygon isn't convex and counterclockwise at point 1",
      .polygon([[0, 0], [0, 1], [1, 0]])),
    shape(
      "the polygon isn't convex and counterclockwise",
      .polygon([[0, 0], [1, 0], [2, 0], [1, 1]])),
    shape(
      "the polygon isn't convex and counterclockwise",
      .polygon([[0, 1], [-0.6, -0.8], [0.95, 0.3], [-0.95, 0.3], [0.6, -0.8]])),
    shape(
      "points 0 and 1 of the polygon coincide", .polygon([[0, 0], [0, 0], [1, 0], [1, 1]])),
    shape("the polygon's area is", .polygon([[0, 0], [0.02, 0], [0.01, 0.00005]])),
    shape("points 0 and 1 of the edge coincide", .edge([1, 1], [1, 1])),
    shape("the chain has 1 points; it needs 2", .chain([[0, 0]])),
    shape(
      "points 2 and 0 of the chain coincide", .chain([[0, 0], [1, 0], [0, 0]], isLoop: true)),
    shape("point 1 of the chain's y is nan m", .chain([[0, 0], [1, .nan]])),
  ]

  static let joints: [Fault] = [
    Fault("joint 'joint': there is no body 99; the world has 8") {
      $0.joints[0].second = Body(index: 99)
    },
    Fault("joint 'joint': it joins a body to itself") { $0.joints[0].second = $0.joints[0].first },
    Fault("joint 'joint': neither body is dynamic") {
      $0.bodies[1].kind = .kinematic
      $0.joints[0].second = Body(index: 0)
    },
    joint("the upper limit is inf rad", .revolute(limits: 0...Float.infinity)),
    joint("the motor's limit is -1.0", .revolute(motor: Motor(speed: 1, limit: -1))),
    joint("stiffness is -1.0 N m/rad", .revolute(spring: JointSpring(stiffness: -1))),
    joint("the axis is (0.0, 0.0); it must have a direction", .prismatic(axis: .zero)),
    Fault("actuator 0: joint 'joint' can't be driven so") { $0.joints[0].kind = .weld() },
    Fault("actuator 1: there is no joint 50; the world has 6") {
      $0.actuators[1] = .torque(Joint(index: 50), limit: 1)
    },
    Fault("actuator 0: the limit is nan N m") {
      $0.actuators[0] = .torque(Joint(index: 0), limit: .nan)
    },
    Fault("actuator 1: joint 'joint' has two motors") {
      $0.actuators = [
        .motor(Joint(index: 0), speed: 1, limit: 1),
        .speed(Joint(index: 0), maximum: 1, limit: 1),
      ]
    },
    Fault("reading 0: there is no body 8") { $0.readings = [.x(Body(index: 8))] },
    Fault("reading 0: only prismatic and wheel joints have a translation") {
      $0.readings = [.jointTranslation(Joint(index: 0))]
    },
  ]

  @Test(arguments: values + shapes + joints)
  func `what doesn't make a world is refused in one line`(fault: Fault) throws {
    var definition = WorldDefinition.robot()
    fault.change(&definition)
    let error = #expect(throws: PhysicsError.self) { try World(definition) }
    let message = error?.message ?? ""
    #expect(message.contains(fault.message), "\(message)")
    #expect(!message.contains("\n"))
  }

  @Test func `a refused description leaves the world as it was`() throws {
    let world = try World(.robot())
    world.step([1, 1, 1, 1, 1, 1], substeps: 20)
    let moment = world.snapshot()
    var bad = world.definition
    bad.bodies[3].fixtures[0].density = 0
    #expect(throws: PhysicsError.self) { try world.rebuild(bad) }
    #expect(world.snapshot() == moment)
    #expect(world.definition == .robot())
  }

  @Test func `a world may be empty`() throws {
    let world = try World(WorldDefinition())
    world.step(substeps: 3)
    #expect(world.states.isEmpty)
    #expect(world.step([]).isEmpty)
  }

  @Test func `every shape makes a world`() throws {
    var definition = WorldDefinition()
    _ = definition.add(
      BodyDefinition(
        "ground", .static,
        fixtures: [
          FixtureDefinition(.chain((0..<200).map { [100 - Float($0), 0] })),
          FixtureDefinition(.edge([-100, 0], [-90, 5])),
        ]))
    let octagon = (0..<8).map { index -> SIMD2<Float> in
      let corners: [SIMD2<Float>] = [
        [2, 1], [1, 2], [-1, 2], [-2, 1], [-2, -1], [-1, -2], [1, -2], [2, -1],
      ]
      return corners[index] / 4
    }
    for (index, shape) in [
      Shape.circle(radius: 0.3, center: [0.1, 0]), .box(size: [1, 0.5], center: [0, 1], angle: 1),
      .polygon(octagon),
    ].enumerated() {
      _ = definition.add(
        BodyDefinition(
          "body", state: BodyState(position: [Float(index) * 3, 2]),
          fixtures: [FixtureDefinition(shape, density: 1)]))
    }
    let world = try World(definition)
    world.step(substeps: 300)
    #expect(world.states.dropFirst().allSatisfy { $0.position.y > -1 && $0.position.y < 2 })
  }
}
