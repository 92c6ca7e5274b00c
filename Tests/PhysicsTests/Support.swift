import Physics

extension World {
  /// Steps with an array of controls, and returns the readings.
  @discardableResult
  func step(_ controls: [Float], substeps: Int = 1) -> [Float] {
    var readings = [Float](repeating: .nan, count: definition.readings.count)
    var span = readings.mutableSpan
    step(controls: controls.span, substeps: substeps, readings: &span)
    return readings
  }

  func read() -> [Float] {
    var readings = [Float](repeating: .nan, count: definition.readings.count)
    var span = readings.mutableSpan
    read(&span)
    return readings
  }

  func fractions(
    _ rays: [Ray], hitting categories: CollisionCategories = .all, ignoring body: Body? = nil
  ) -> [Float] {
    var fractions = [Float](repeating: .nan, count: rays.count)
    var span = fractions.mutableSpan
    castRays(rays.span, hitting: categories, ignoring: body, fractions: &span)
    return fractions
  }

  /// The kinetic and potential energy of all bodies, in J.
  var energy: Float {
    definition.bodies.indices.reduce(0) { sum, index in
      let body = Body(index: index)
      let mass = mass(of: body)
      let state = state(of: body)
      let height = worldPoint(mass.center, of: body)
      let gravity = definition.gravity
      return sum + mass.mass * (0.5 * (state.velocity * state.velocity).sum())
        + 0.5 * mass.inertia * state.angularVelocity * state.angularVelocity
        - mass.mass * (gravity * height).sum()
    }
  }
}

extension WorldDefinition {
  /// A static body without shapes, to hang things from.
  mutating func addPost() -> Body { add(BodyDefinition("post", .static)) }

  mutating func addGround(friction: Float = 0.5) -> Body {
    add(
      BodyDefinition(
        "ground", .static,
        fixtures: [FixtureDefinition(.box(size: [200, 2], center: [0, -1]), friction: friction)]))
  }

  /// A box, by default of 1 kg and 1 m.
  mutating func addBox(
    _ name: String = "box", at position: SIMD2<Float>, size: SIMD2<Float> = [1, 1],
    density: Float = 1, friction: Float = 0.5, filter: CollisionFilter = CollisionFilter()
  ) -> Body {
    add(
      BodyDefinition(
        name, state: BodyState(position: position),
        fixtures: [
          FixtureDefinition(
            .box(size: size), density: density, friction: friction, filter: filter)
        ]))
  }

  /// A trunk with two legs of three links on the ground, with six torques: 7 bodies that move.
  static func robot() -> WorldDefinition {
    var definition = WorldDefinition()
    definition.timeStep = 0.01
    let filter = CollisionFilter(group: -1)
    _ = definition.addGround()
    let trunk = definition.addBox(
      "trunk", at: [0, 0.75], size: [1, 0.1], density: 60, filter: filter)
    definition.readings = [.y(trunk), .angle(trunk), .velocityX(trunk), .velocityY(trunk)]
    for x: Float in [-0.45, 0.45] {
      var upper = trunk
      for link in 0..<3 {
        let top: Float = 0.75 - 0.23 * Float(link)
        let lower = definition.addBox(
          "link", at: [x, top - 0.115], size: [0.09, 0.25], density: 60, friction: 0.9,
          filter: filter)
        let joint = definition.add(
          JointDefinition(
            "joint", from: upper, to: lower, at: .world([x, top]),
            .revolute(limits: -1...1, spring: JointSpring(stiffness: 20, damping: 2))))
        definition.actuators.append(.torque(joint, limit: 40))
        definition.readings += [.jointAngle(joint), .jointAngularSpeed(joint), .touching(lower)]
        upper = lower
      }
    }
    return definition
  }
}

/// Controls that look random and are the same for the same step.
func controls(_ count: Int, step: Int, salt: Int = 0) -> [Float] {
  (0..<count).map { index in
    let word = UInt32(
      truncatingIfNeeded: (step * 31 + index * 17 + salt * 101 + 7) &* 2_654_435_761)
    return Float(word) / Float(UInt32.max) * 2 - 1
  }
}
