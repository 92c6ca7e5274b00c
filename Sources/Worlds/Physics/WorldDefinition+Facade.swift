internal import CBox2D

/// A description as the arrays that the facade copies.
struct FacadeDefinition {
  private var settings: fledge_world_settings
  private var bodies: [fledge_body_definition] = []
  private var fixtures: [fledge_fixture_definition] = []
  private var vertices: [fledge_vector] = []
  private var joints: [fledge_joint_definition]
  private var actuators: [fledge_actuator]
  private var readings: [fledge_reading]

  init(_ definition: WorldDefinition) {
    settings = fledge_world_settings(
      gravity: fledge_vector(definition.gravity), time_step: definition.timeStep,
      velocity_iterations: Int32(definition.velocityIterations),
      position_iterations: Int32(definition.positionIterations),
      warm_starting: definition.isWarmStarted, continuous: definition.isContinuous,
      sleeping: definition.allowsSleeping)
    joints = definition.joints.map(fledge_joint_definition.init)
    actuators = definition.actuators.map(fledge_actuator.init)
    readings = definition.readings.map(fledge_reading.init)
    for (index, body) in definition.bodies.enumerated() {
      bodies.append(fledge_body_definition(body))
      for fixture in body.fixtures { add(fixture, to: index) }
    }
  }

  private mutating func add(_ fixture: FixtureDefinition, to body: Int) {
    let (shape, points, size) = fixture.shape.facade
    fixtures.append(
      fledge_fixture_definition(
        body: Int32(body), shape: Int32(shape), first_vertex: Int32(vertices.count),
        vertex_count: Int32(points.count), size: size, density: fixture.density,
        friction: fixture.friction, restitution: fixture.restitution,
        restitution_threshold: fixture.restitutionThreshold,
        category: fixture.filter.categories.rawValue, mask: fixture.filter.collidesWith.rawValue,
        group: fixture.filter.group, sensor: fixture.isSensor))
    vertices.append(contentsOf: points.map(fledge_vector.init))
  }

  /// Defines a world, and returns the index of a body without mass or inertia, if there is one.
  func define(_ world: OpaquePointer) -> Int? {
    let fault = bodies.withUnsafeBufferPointer { bodies in
      fixtures.withUnsafeBufferPointer { fixtures in
        vertices.withUnsafeBufferPointer { vertices in
          joints.withUnsafeBufferPointer { joints in
            actuators.withUnsafeBufferPointer { actuators in
              readings.withUnsafeBufferPointer { readings in
                var definition = fledge_world_definition(
                  settings: settings, bodies: bodies.baseAddress, fixtures: fixtures.baseAddress,
                  vertices: vertices.baseAddress, joints: joints.baseAddress,
                  actuators: actuators.baseAddress, readings: readings.baseAddress,
                  body_count: Int32(bodies.count), fixture_count: Int32(fixtures.count),
                  joint_count: Int32(joints.count), actuator_count: Int32(actuators.count),
                  reading_count: Int32(readings.count))
                return fledge_world_define(world, &definition)
              }
            }
          }
        }
      }
    }
    return fault == 0 ? nil : Int(fault) - 1
  }
}

extension fledge_vector {
  init(_ vector: SIMD2<Float>) { self.init(x: vector.x, y: vector.y) }
  var simd: SIMD2<Float> { [x, y] }
}

extension fledge_body_state {
  init(_ state: BodyState) {
    self.init(
      position: fledge_vector(state.position), angle: state.angle,
      velocity: fledge_vector(state.velocity), angular_velocity: state.angularVelocity)
  }
}

extension BodyState {
  init(_ state: fledge_body_state) {
    self.init(
      position: state.position.simd, angle: state.angle, velocity: state.velocity.simd,
      angularVelocity: state.angular_velocity)
  }
}

extension fledge_motor {
  init(_ motor: Motor?) {
    self.init(enabled: motor != nil, speed: motor?.speed ?? 0, limit: motor?.limit ?? 0)
  }
}

extension fledge_body_definition {
  fileprivate init(_ body: BodyDefinition) {
    let kind =
      switch body.kind {
      case .static: FLEDGE_BODY_STATIC
      case .kinematic: FLEDGE_BODY_KINEMATIC
      case .dynamic: FLEDGE_BODY_DYNAMIC
      }
    self.init(
      kind: Int32(kind), state: fledge_body_state(body.state), linear_damping: body.linearDamping,
      angular_damping: body.angularDamping, gravity_scale: body.gravityScale,
      added_inertia: body.addedInertia, fixed_rotation: body.isRotationFixed,
      bullet: body.isBullet)
  }
}

extension Shape {
  fileprivate var facade: (kind: Int, points: [SIMD2<Float>], size: Float) {
    switch self {
    case .circle(let radius, let center): (FLEDGE_SHAPE_CIRCLE, [center], radius)
    case .box(let size, let center, let angle): (FLEDGE_SHAPE_BOX, [center, size / 2], angle)
    case .polygon(let corners): (FLEDGE_SHAPE_POLYGON, corners, 0)
    case .edge(let start, let end): (FLEDGE_SHAPE_EDGE, [start, end], 0)
    case .chain(let points, let isLoop):
      (isLoop ? FLEDGE_SHAPE_LOOP : FLEDGE_SHAPE_CHAIN, points, 0)
    }
  }
}

extension fledge_joint_definition {
  fileprivate init(_ joint: JointDefinition) {
    self.init()
    kind =
      switch joint.kind {
      case .revolute: Int32(FLEDGE_JOINT_REVOLUTE)
      case .prismatic: Int32(FLEDGE_JOINT_PRISMATIC)
      case .weld: Int32(FLEDGE_JOINT_WELD)
      case .wheel: Int32(FLEDGE_JOINT_WHEEL)
      }
    first = Int32(joint.first.index)
    second = Int32(joint.second.index)
    switch joint.anchor {
    case .world(let point):
      world_anchor = true
      first_anchor = fledge_vector(point)
    case .local(let onFirst, let onSecond):
      first_anchor = fledge_vector(onFirst)
      second_anchor = fledge_vector(onSecond)
    }
    has_reference_angle = joint.referenceAngle != nil
    reference_angle = joint.referenceAngle ?? 0
    collide = joint.bodiesCollide
    axis = fledge_vector(joint.kind.axis ?? [1, 0])
    has_limits = joint.kind.limits != nil
    lower = joint.kind.limits?.lowerBound ?? 0
    upper = joint.kind.limits?.upperBound ?? 0
    has_motor = joint.kind.motor != nil
    motor_speed = joint.kind.motor?.speed ?? 0
    motor_limit = joint.kind.motor?.limit ?? 0
    stiffness = joint.kind.spring.stiffness
    damping = joint.kind.spring.damping
    rest = joint.kind.spring.rest
  }
}

extension fledge_actuator {
  fileprivate init(_ actuator: Actuator) {
    self.init()
    joint = Int32(actuator.joint.index)
    switch actuator {
    case .torque(_, let limit), .force(_, let limit):
      (kind, self.limit) = (Int32(FLEDGE_ACTUATOR_EFFORT), limit)
    case .motor(_, let speed, let limit):
      (kind, self.speed, self.limit) = (Int32(FLEDGE_ACTUATOR_MOTOR), speed, limit)
    case .speed(_, let speed, let limit):
      (kind, self.speed, self.limit) = (Int32(FLEDGE_ACTUATOR_SPEED), speed, limit)
    }
  }
}

extension fledge_reading {
  fileprivate init(_ reading: Reading) {
    self.init()
    let (kind, index) =
      switch reading {
      case .x(let body): (FLEDGE_READING_X, body.index)
      case .y(let body): (FLEDGE_READING_Y, body.index)
      case .angle(let body): (FLEDGE_READING_ANGLE, body.index)
      case .velocityX(let body): (FLEDGE_READING_VELOCITY_X, body.index)
      case .velocityY(let body): (FLEDGE_READING_VELOCITY_Y, body.index)
      case .angularVelocity(let body): (FLEDGE_READING_ANGULAR_VELOCITY, body.index)
      case .jointAngle(let joint): (FLEDGE_READING_JOINT_ANGLE, joint.index)
      case .jointAngularSpeed(let joint): (FLEDGE_READING_JOINT_ANGULAR_SPEED, joint.index)
      case .jointTranslation(let joint): (FLEDGE_READING_JOINT_TRANSLATION, joint.index)
      case .jointLinearSpeed(let joint): (FLEDGE_READING_JOINT_LINEAR_SPEED, joint.index)
      case .touching(let body, _): (FLEDGE_READING_TOUCHING, body.index)
      case .range(let body, _, _, _): (FLEDGE_READING_RANGE, body.index)
      }
    self.kind = Int32(kind)
    self.index = Int32(index)
    if case .touching(_, let touched) = reading { categories = touched.rawValue }
    if case .range(_, let along, let turning, let hit) = reading {
      (ray, turns_with_body, categories) = (fledge_vector(along), turning, hit.rawValue)
    }
  }
}
