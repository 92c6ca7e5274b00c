/// The description of a world: everything that a reset restores.
///
/// ```swift
/// var definition = WorldDefinition()
/// let ground = definition.add(
///   BodyDefinition("ground", .static, fixtures: [FixtureDefinition(.edge([-10, 0], [10, 0]))]))
/// let cart = definition.add(
///   BodyDefinition(
///     "cart", state: BodyState(position: [0, 0.1]),
///     fixtures: [FixtureDefinition(.box(size: [0.5, 0.2]), density: 10)]))
/// let rail = definition.add(
///   JointDefinition(
///     "rail", from: ground, to: cart, at: .world([0, 0.1]), .prismatic(axis: [1, 0])))
/// definition.actuators = [.force(rail, limit: 20)]
/// definition.readings = [.jointTranslation(rail), .jointLinearSpeed(rail)]
/// let world = try World(definition)
/// ```
///
/// Box2D is tuned for moving bodies of 0.1 m to 10 m and for speeds below 2 m a substep, which it
/// doesn't let bodies exceed.
public struct WorldDefinition: Sendable, Hashable {
  /// The acceleration of free fall, in m/s^2.
  public var gravity: SIMD2<Float> = [0, -9.81]
  /// The duration of a substep, in s.
  public var timeStep: Float = 1 / 50
  /// The rounds of the velocity solver in a substep: more hold joints and contacts better.
  public var velocityIterations = 8
  /// The most rounds of the position solver in a substep; it ends when errors are below 5 mm and 2
  /// degrees.
  public var positionIterations = 3
  /// Whether the solver starts from the impulses of the substep before.
  public var isWarmStarted = true
  /// Whether fast bodies are kept from passing through static ones, at some cost.
  public var isContinuous = true
  /// Whether bodies at rest for 0.5 s stop being simulated until something touches them.
  public var allowsSleeping = false
  /// The bodies, in order.
  public var bodies: [BodyDefinition] = []
  /// The joints, in order.
  public var joints: [JointDefinition] = []
  /// What the controls of a step drive, in their order.
  public var actuators: [Actuator] = []
  /// What a step reads, in order.
  public var readings: [Reading] = []

  /// Creates a description without bodies, under the Earth's gravity.
  public init() {}

  /// Adds a body.
  ///
  /// - Parameter body: The body.
  /// - Returns: Its name in this description and its worlds.
  public mutating func add(_ body: BodyDefinition) -> Body {
    bodies.append(body)
    return Body(index: bodies.count - 1)
  }

  /// Adds a joint.
  ///
  /// - Parameter joint: The joint.
  /// - Returns: Its name in this description and its worlds.
  public mutating func add(_ joint: JointDefinition) -> Joint {
    joints.append(joint)
    return Joint(index: joints.count - 1)
  }

  /// A body's definition.
  ///
  /// - Parameter body: A body of this description.
  public subscript(body: Body) -> BodyDefinition {
    get { bodies[body.index] }
    set { bodies[body.index] = newValue }
  }

  /// A joint's definition.
  ///
  /// - Parameter joint: A joint of this description.
  public subscript(joint: Joint) -> JointDefinition {
    get { joints[joint.index] }
    set { joints[joint.index] = newValue }
  }

  /// Checks every value but the sum of each body's mass, which ``World/init(_:)`` checks.
  ///
  /// - Throws: `PhysicsError` for the first value that doesn't hold.
  public func validate() throws(PhysicsError) {
    let checks = Checks(place: "world")
    try checks.finite(gravity.x, "gravity's x", "m/s^2")
    try checks.finite(gravity.y, "gravity's y", "m/s^2")
    try checks.range(timeStep, "timeStep", 1e-5...1, "s")
    for (count, what) in [
      (velocityIterations, "velocityIterations"), (positionIterations, "positionIterations"),
    ] where !(1...10_000).contains(count) {
      throw checks.fail("\(what) is \(count); it must lie in [1, 10000]")
    }
    for body in bodies { try body.validate() }
    for joint in joints { try joint.validate(bodies: bodies) }
    var motors: Set<Joint> = []
    for (index, actuator) in actuators.enumerated() {
      let checks = Checks(place: "actuator \(index)")
      try actuator.validate(checks, joints: joints)
      guard !actuator.isMotor || motors.insert(actuator.joint).inserted else {
        throw checks.fail(
          "joint '\(self[actuator.joint].name)' has two motors; one actuator can drive its motor")
      }
    }
    for (index, reading) in readings.enumerated() {
      try reading.validate(Checks(place: "reading \(index)"), in: self)
    }
  }
}
