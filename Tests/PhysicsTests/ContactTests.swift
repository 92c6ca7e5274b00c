import Physics
import Testing

extension CollisionCategories {
  fileprivate static let ground = CollisionCategories(rawValue: 2)
  fileprivate static let robot = CollisionCategories(rawValue: 4)
  fileprivate static let goal = CollisionCategories(rawValue: 8)
}

@Suite struct ContactTests {
  /// Two boxes fall on a ground; the second one's filter is given.
  private func fall(_ filter: CollisionFilter) throws -> (World, [Body]) {
    var definition = WorldDefinition()
    let ground = definition.add(
      BodyDefinition(
        "ground", .static,
        fixtures: [
          FixtureDefinition(
            .chain([[10, 0], [0, 0], [-10, 0]]), filter: CollisionFilter(categories: .ground))
        ]))
    let first = definition.addBox(at: [-2, 1], filter: CollisionFilter(categories: .robot))
    let second = definition.addBox(at: [2, 1], filter: filter)
    definition.readings = [
      .touching(first, .ground), .touching(second, .ground), .touching(first, .robot),
    ]
    let world = try World(definition)
    world.step(substeps: 100)
    return (world, [ground, first, second])
  }

  @Test func `a box that lies on the ground touches it`() throws {
    let (world, bodies) = try fall(CollisionFilter(categories: .robot))
    #expect(world.read() == [1, 1, 0])
    #expect(world.isTouching(bodies[1]))
    #expect(world.isTouching(bodies[1], bodies[0]) && world.isTouching(bodies[0], bodies[1]))
    #expect(!world.isTouching(bodies[1], bodies[2]))
    #expect(world.touchedCategories(of: bodies[1]) == .ground)
    #expect(world.touchedCategories(of: bodies[1], fixture: 0) == .ground)
    #expect(world.touchedCategories(of: bodies[0]) == .robot)
    #expect(abs(world.position(of: bodies[1]).y - 0.5) < 0.02)
  }

  @Test(arguments: [
    (CollisionFilter(categories: .robot, collidesWith: .robot), false),
    (CollisionFilter(categories: .robot, collidesWith: [.robot, .ground]), true),
    (CollisionFilter(categories: .robot, collidesWith: .all, group: -1), true),
  ])
  func `a mask decides what collides`(filter: CollisionFilter, collides: Bool) throws {
    let (world, bodies) = try fall(filter)
    #expect(world.isTouching(bodies[2], bodies[0]) == collides)
    #expect((world.position(of: bodies[2]).y > 0) == collides)
  }

  @Test func `bodies of a negative group pass through each other, of a positive one never`() throws
  {
    for (group, mask, collides) in [
      (Int16(-3), CollisionCategories.all, false), (Int16(3), CollisionCategories([]), true),
    ] {
      var definition = WorldDefinition()
      let filter = CollisionFilter(collidesWith: mask, group: group)
      let floor = definition.addBox(at: [0, 0], size: [4, 1], filter: filter)
      definition[floor].kind = .static
      let box = definition.addBox(at: [0, 2], filter: filter)
      let world = try World(definition)
      world.step(substeps: 100)
      #expect((world.position(of: box).y > 0.9) == collides)
    }
  }

  @Test func `a sensor notices and doesn't push`() throws {
    var definition = WorldDefinition()
    let goal = definition.add(
      BodyDefinition(
        "goal", .static,
        fixtures: [
          FixtureDefinition(
            .circle(radius: 1), filter: CollisionFilter(categories: .goal), isSensor: true)
        ]))
    let box = definition.addBox(at: [0, 3], size: [0.2, 0.2])
    definition.readings = [.touching(box, .goal)]
    let world = try World(definition)
    var noticed: [Float] = []
    for _ in 0..<100 { noticed.append(world.step([])[0]) }
    #expect(noticed.first == 0 && noticed.contains(1) && noticed.last == 0)
    #expect(world.position(of: box).y < -3)
    #expect(!world.isTouching(goal))
  }

  @Test func `joined bodies collide only if the joint says so`() throws {
    for collide in [false, true] {
      var definition = WorldDefinition()
      definition.gravity = .zero
      let first = definition.addBox(at: [0, 0])
      let second = definition.addBox(at: [0.9, 0])
      _ = definition.add(
        JointDefinition(
          "hinge", from: first, to: second, at: .world([0.45, 0.5]), bodiesCollide: collide))
      let world = try World(definition)
      world.step()
      #expect(world.isTouching(first, second) == collide)
    }
  }

  @Test func `a fast ball doesn't pass through a thin wall`() throws {
    var definition = WorldDefinition()
    definition.gravity = .zero
    _ = definition.add(
      BodyDefinition("wall", .static, fixtures: [FixtureDefinition(.edge([5, -1], [5, 1]))]))
    let ball = definition.add(
      BodyDefinition(
        "ball", state: BodyState(velocity: [90, 0]),
        fixtures: [FixtureDefinition(.circle(radius: 0.05), density: 1)]))
    let world = try World(definition)
    world.step(substeps: 20)
    #expect(world.position(of: ball).x < 5)
    definition.isContinuous = false
    try world.rebuild(definition)
    world.step(substeps: 20)
    #expect(world.position(of: ball).x > 5)
  }

  @Test func `a body at rest sleeps where that is allowed, and wakes`() throws {
    var definition = WorldDefinition()
    definition.allowsSleeping = true
    _ = definition.addGround()
    let box = definition.addBox(at: [0, 0.5])
    let world = try World(definition)
    world.step(substeps: 200)
    #expect(!world.isAwake(box))
    world.applyImpulse([1, 0], to: box)
    #expect(world.isAwake(box))
  }
}
