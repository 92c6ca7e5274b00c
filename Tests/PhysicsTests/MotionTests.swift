import Foundation
import Physics
import Testing

@Suite struct MotionTests {
  private func near(_ value: Float, _ expected: Float, within share: Float) -> Bool {
    abs(value - expected) <= share * abs(expected)
  }

  @Test func `a body falls by g t^2 / 2`() throws {
    var definition = WorldDefinition()
    definition.timeStep = 1 / 1000
    let box = definition.addBox(at: [0, 100])
    let world = try World(definition)
    world.step(substeps: 2000)
    #expect(near(100 - world.position(of: box).y, 0.5 * 9.81 * 4, within: 1e-3))
    #expect(near(world.velocity(of: box).y, -9.81 * 2, within: 1e-4))
    #expect(world.position(of: box).x == 0)
  }

  @Test func `a pendulum swings with the period of its inertia`() throws {
    var definition = WorldDefinition()
    definition.timeStep = 1 / 2000
    let post = definition.addPost()
    let rod = definition.addBox(at: [0, -0.5], size: [0.1, 1])
    let pivot = definition.add(
      JointDefinition("pivot", from: post, to: rod, at: .world([0, 0])))
    definition.readings = [.jointAngle(pivot)]
    let world = try World(definition)
    world.setState(BodyState(position: [0.5 * sin(0.05), -0.5 * cos(0.05)], angle: 0.05), of: rod)
    let mass = world.mass(of: rod)
    #expect(near(mass.mass, 0.1, within: 1e-5))
    #expect(near(mass.inertia, 0.1 * (1 + 0.01) / 12, within: 1e-4))
    let inertia = mass.inertia + mass.mass * 0.25
    let period = 2 * Float.pi * (inertia / (mass.mass * 9.81 * 0.5)).squareRoot()

    var crossings: [Int] = []
    var last = world.angle(of: pivot)
    for step in 1...20_000 {
      let angle = world.step([])[0]
      if last < 0, angle >= 0 { crossings.append(step) }
      last = angle
    }
    let first = try #require(crossings.first)
    let final = try #require(crossings.last)
    let measured = Float(final - first) * definition.timeStep / Float(crossings.count - 1)
    #expect(near(measured, period, within: 2e-3))
  }

  @Test func `a sliding box stops after v^2 / (2 mu g)`() throws {
    var definition = WorldDefinition()
    definition.timeStep = 1 / 500
    _ = definition.addGround(friction: 0.9)
    let box = definition.addBox(at: [0, 0.25], size: [1, 0.5], friction: 0.1)
    let world = try World(definition)
    world.step(substeps: 500)
    let start = world.position(of: box).x
    var state = world.state(of: box)
    state.velocity.x = 4
    world.setState(state, of: box)
    world.step(substeps: 2000)
    #expect(near(world.position(of: box).x - start, 16 / (2 * 0.3 * 9.81), within: 0.02))
    #expect(abs(world.velocity(of: box).x) < 1e-3)
  }

  @Test func `a torque turns a flywheel by torque t / inertia, a motor up to its speed`() throws {
    var definition = WorldDefinition()
    definition.timeStep = 1 / 100
    let post = definition.addPost()
    let torqueWheel = definition.addBox(at: [0, 0])
    let motorWheel = definition.addBox(at: [3, 0])
    let speedWheel = definition.addBox(at: [6, 0])
    let joints = [torqueWheel, motorWheel, speedWheel].map { wheel in
      definition.add(
        JointDefinition("axle", from: post, to: wheel, at: .local([0, 0], [0, 0])))
    }
    for (joint, wheel) in zip(joints, [torqueWheel, motorWheel, speedWheel]) {
      definition[joint].anchor = .world(definition[wheel].state.position)
    }
    definition.actuators = [
      .torque(joints[0], limit: 0.5), .motor(joints[1], speed: 2, limit: 0.5),
      .speed(joints[2], maximum: 4, limit: 0.5),
    ]
    definition.readings = joints.map { .jointAngularSpeed($0) }
    let world = try World(definition)
    let inertia = world.mass(of: torqueWheel).inertia
    #expect(near(inertia, 1 / 6, within: 1e-5))

    var speeds = world.step([0.5, -0.5, 0.25], substeps: 50)
    #expect(near(speeds[0], 0.25 * 0.5 / inertia, within: 1e-4))
    #expect(near(speeds[1], -0.25 * 0.5 / inertia, within: 1e-4))
    #expect(near(world.motorEffort(of: joints[1]), -0.25, within: 1e-4))
    #expect(near(speeds[2], 1, within: 1e-4))

    speeds = world.step([.nan, -7, 1], substeps: 200)
    #expect(near(speeds[0], 0.25 * 0.5 / inertia, within: 1e-4), "not a number counts as 0")
    #expect(near(speeds[1], -2, within: 1e-4), "a control is clipped")
    #expect(near(speeds[2], 4, within: 1e-4))
  }

  @Test func `a force pushes along a prismatic joint, and its limit holds`() throws {
    var definition = WorldDefinition()
    let post = definition.addPost()
    let cart = definition.addBox(at: [0, 0], density: 2)
    let rail = definition.add(
      JointDefinition(
        "rail", from: post, to: cart, at: .world([0, 0]), .prismatic(axis: [2, 0], limits: -1...3)))
    definition.actuators = [.force(rail, limit: 4)]
    definition.readings = [.jointTranslation(rail), .jointLinearSpeed(rail), .y(cart)]
    let world = try World(definition)
    let readings = world.step([0.5], substeps: 50)
    #expect(near(readings[1], 2 / 2 * 1, within: 1e-4))
    #expect(abs(readings[2]) < 1e-3)
    #expect(near(world.step([1], substeps: 500)[0], 3, within: 0.01))
    #expect(near(world.step([-1], substeps: 500)[0], -1, within: 0.01))
  }

  @Test func `a motor that holds a beam applies its weight's torque`() throws {
    var definition = WorldDefinition()
    let post = definition.addPost()
    let beam = definition.addBox(at: [0.5, 0], size: [1, 0.2], density: 5)
    let hinge = definition.add(
      JointDefinition(
        "hinge", from: post, to: beam, at: .world([0, 0]),
        .revolute(motor: Motor(speed: 0, limit: 100))))
    let world = try World(definition)
    world.step(substeps: 100)
    #expect(near(world.motorEffort(of: hinge), 1 * 9.81 * 0.5, within: 0.01))
    #expect(near(world.reactionForce(of: hinge).y, 9.81, within: 0.01))
    world.setMotor(nil, of: hinge)
    world.step(substeps: 10)
    #expect(world.angle(of: hinge) < -0.05)
  }

  @Test func `a joint's spring oscillates and its damper decays as they should`() throws {
    var definition = WorldDefinition()
    definition.gravity = .zero
    definition.timeStep = 1 / 2000
    let post = definition.addPost()
    let sprung = definition.addBox(at: [0, 0])
    let damped = definition.addBox(at: [3, 0])
    let spring = definition.add(
      JointDefinition(
        "spring", from: post, to: sprung, at: .world([0, 0]),
        .revolute(spring: JointSpring(stiffness: 6, rest: 0.5))))
    let damper = definition.add(
      JointDefinition(
        "damper", from: post, to: damped, at: .world([3, 0]),
        .revolute(spring: JointSpring(damping: 0.5))))
    definition[damped].state.angularVelocity = 2
    definition.readings = [.jointAngle(spring), .jointAngularSpeed(damper)]
    let world = try World(definition)
    let inertia = world.mass(of: sprung).inertia
    let period = 2 * Float.pi * (inertia / 6).squareRoot()
    let half = world.step([], substeps: Int((period / 2 / definition.timeStep).rounded()))
    #expect(near(half[0], 1, within: 0.01), "half a period after 0 it is as far beyond its rest")
    let time = (period / 2 / definition.timeStep).rounded() * definition.timeStep
    #expect(near(half[1], 2 * exp(-0.5 / inertia * time), within: 0.01))
  }

  @Test(arguments: [Float(1e3), 1e6])
  func `a spring far too stiff for the time step is stable`(stiffness: Float) throws {
    var definition = WorldDefinition()
    let post = definition.addPost()
    let upper = definition.addBox(at: [0, -0.25], size: [0.05, 0.5])
    let lower = definition.addBox(at: [0, -0.75], size: [0.05, 0.5])
    let spring = JointSpring(stiffness: stiffness, damping: stiffness / 10, rest: 0.3)
    for (first, second, y) in [(post, upper, Float(0)), (upper, lower, Float(-0.5))] {
      let joint = definition.add(
        JointDefinition(
          "knee", from: first, to: second, at: .world([0, y]), .revolute(spring: spring)))
      definition.readings += [.jointAngle(joint), .jointAngularSpeed(joint)]
    }
    let world = try World(definition)
    var fastest: Float = 0
    for _ in 0..<2000 { fastest = max(fastest, world.step([])[3].magnitude) }
    #expect(fastest < 20)
    let end = world.read()
    #expect(near(end[0], 0.3, within: 0.02) && near(end[2], 0.3, within: 0.02))
    #expect(abs(end[1]) < 1e-2 && abs(end[3]) < 1e-2)
  }

  @Test func `a passive linkage never gains energy`() throws {
    var definition = WorldDefinition()
    definition.timeStep = 1 / 500
    var upper = definition.addPost()
    for link in 0..<4 {
      let lower = definition.addBox(
        at: [Float(link) * 0.5 + 0.25, 0], size: [0.5, 0.1], filter: CollisionFilter(group: -1))
      _ = definition.add(
        JointDefinition("link", from: upper, to: lower, at: .world([Float(link) * 0.5, 0])))
      upper = lower
    }
    let world = try World(definition)
    let start = world.energy
    // What the fall from the horizontal sets free.
    let scale: Float = 4 * 0.05 * 9.81 * 1
    var highest = start
    for _ in 0..<20_000 {
      world.step()
      highest = max(highest, world.energy)
    }
    #expect(highest <= start + 0.02 * scale)
    #expect(world.energy.isFinite)
  }

  @Test func `a passive robot on the ground comes to rest`() throws {
    let world = try World(.robot())
    let none = [Float](repeating: 0, count: 6)
    let start = world.energy
    var highest = start
    for _ in 0..<3000 {
      world.step(none)
      highest = max(highest, world.energy)
    }
    #expect(highest <= start + 0.01 * abs(start))
    #expect(world.states.allSatisfy { ($0.velocity * $0.velocity).sum() < 1e-3 })
  }

  @Test func `a wheel's suspension gives way by the weight on it`() throws {
    var definition = WorldDefinition()
    _ = definition.addGround()
    let chassis = definition.addBox(at: [0, 1], size: [2, 0.5], density: 10)
    definition[chassis].isRotationFixed = true
    var wheels: [Joint] = []
    for x: Float in [-0.8, 0.8] {
      let wheel = definition.add(
        BodyDefinition(
          "wheel", state: BodyState(position: [x, 0.4]),
          fixtures: [FixtureDefinition(.circle(radius: 0.4), density: 1, friction: 0.9)]))
      wheels.append(
        definition.add(
          JointDefinition(
            "suspension", from: chassis, to: wheel, at: .world([x, 0.4]),
            .wheel(axis: [0, 1], stiffness: 2000, damping: 100))))
    }
    definition.actuators = wheels.map { .torque($0, limit: 2) }
    definition.readings = [.jointTranslation(wheels[0]), .velocityX(chassis)]
    let world = try World(definition)
    let rest = world.step([0, 0], substeps: 500)
    #expect(near(rest[0], 10 * 9.81 / 2 / 2000, within: 0.05))
    #expect(world.step([-1, -1], substeps: 50)[1] > 0.2)
  }

  @Test func `a weld holds, and a soft one gives way in its angle`() throws {
    var definition = WorldDefinition()
    let post = definition.addPost()
    let stiff = definition.addBox(at: [0.5, 0], size: [1, 0.2])
    let soft = definition.addBox(at: [0.5, 5], size: [1, 0.2])
    let stiffWeld = definition.add(
      JointDefinition("stiff", from: post, to: stiff, at: .world([0, 0]), .weld()))
    let softWeld = definition.add(
      JointDefinition(
        "soft", from: post, to: soft, at: .world([0, 5]), .weld(stiffness: 20, damping: 2)))
    let world = try World(definition)
    world.step(substeps: 500)
    #expect(abs(world.angle(of: stiffWeld)) < 0.01)
    let sag = world.angle(of: softWeld)
    #expect(near(20 * -sag, 0.2 * 9.81 * 0.5 * cos(sag), within: 0.02))
  }

  @Test func `forces last for one step call, impulses act at once`() throws {
    var definition = WorldDefinition()
    definition.gravity = .zero
    let box = definition.addBox(at: [0, 0], density: 2)
    let world = try World(definition)
    world.applyForce([4, 0], to: box)
    world.applyTorque(1, to: box)
    world.step(substeps: 10)
    #expect(near(world.velocity(of: box).x, 2 * 0.2, within: 1e-4))
    #expect(near(world.state(of: box).angularVelocity, 0.2 / (1 / 3), within: 1e-4))
    world.step(substeps: 10)
    #expect(near(world.velocity(of: box).x, 0.4, within: 1e-4))
    world.applyImpulse([0, 6], to: box)
    #expect(near(world.velocity(of: box).y, 3, within: 1e-5))
    world.setState(BodyState(), of: box)
    world.applyForce([0, 1], to: box, at: [0.5, 0])
    world.step()
    #expect(near(world.state(of: box).angularVelocity, 0.5 * 0.02 / (1 / 3), within: 1e-4))
    #expect(near(world.velocity(at: [0.5, 0], of: box).y, 0.01 + 0.5 * 0.03, within: 1e-2))
  }

  @Test func `added inertia slows turning about any centre of mass, and nothing else`() throws {
    for center: SIMD2<Float> in [.zero, [0.4, 0]] {
      var definition = WorldDefinition()
      definition.gravity = .zero
      let fixture = FixtureDefinition(.box(size: [1, 1], center: center), density: 2)
      let body = definition.add(BodyDefinition("box", fixtures: [fixture], addedInertia: 0.5))
      let world = try World(definition)
      let mass = world.mass(of: body)
      #expect(near(mass.mass, 2, within: 1e-5) && near(mass.center.x, center.x, within: 1e-5))
      #expect(near(mass.inertia, 1 / 3 + 0.5, within: 1e-5))
      world.applyTorque(1, to: body)
      world.step(substeps: 10)
      #expect(near(world.state(of: body).angularVelocity, 0.2 / (1 / 3 + 0.5), within: 1e-4))
    }
  }
}
