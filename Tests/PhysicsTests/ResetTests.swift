import CBox2D
import Dispatch
import Physics
import Synchronization
import Testing

@Suite struct ResetTests {
  /// A robot among towers of boxes, so that many contacts form and break.
  private static func crowd(sleeping: Bool = false) -> WorldDefinition {
    var definition = WorldDefinition.robot()
    definition.allowsSleeping = sleeping
    for tower in 0..<4 {
      for floor in 0..<4 {
        let side: Float = tower.isMultiple(of: 2) ? 1 : -1
        let x = side * (1.0 + 0.5 * Float(tower))
        _ = definition.addBox(
          "brick", at: [x + 0.01 * Float(floor), 0.15 + 0.3 * Float(floor)], size: [0.3, 0.3],
          density: 5)
      }
    }
    return definition
  }

  private func states(_ world: World, steps: Int, salt: Int = 0) -> [[BodyState]] {
    (0..<steps).map { step in
      world.step(controls(6, step: step, salt: salt), substeps: 1 + step % 3)
      return world.states
    }
  }

  @Test(arguments: [false, true])
  func `a reset gives the same bits whatever came before`(sleeping: Bool) throws {
    let definition = Self.crowd(sleeping: sleeping)
    let fresh = states(try World(definition), steps: 150)
    let world = try World(definition)
    for history in 0..<8 {
      _ = states(world, steps: 40 * history, salt: history)
      if history > 4 {
        world.applyImpulse([30, 20], to: Body(index: 1))
        world.setMotor(Motor(speed: 3, limit: 10), of: Joint(index: 2))
        world.setState(BodyState(position: [2, 3], angle: 1), of: Body(index: 10))
      }
      world.reset()
      #expect(states(world, steps: 150) == fresh, "after history \(history)")
    }
  }

  @Test func `a world that was another one gives the same bits too`() throws {
    let definition = Self.crowd()
    let fresh = states(try World(definition), steps: 60)
    var other = WorldDefinition.robot()
    other.gravity = [1, -3]
    let world = try World(other)
    _ = states(world, steps: 100)
    try world.rebuild(definition)
    #expect(states(world, steps: 60) == fresh)
  }

  @Test func `worlds on several threads give the same bits`() throws {
    let fresh = states(try World(Self.crowd()), steps: 100)
    let equal = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      guard let world = try? World(Self.crowd()) else { return }
      _ = states(world, steps: 10 * thread, salt: thread)
      world.reset()
      if states(world, steps: 100) == fresh { equal.withLock { $0 += 1 } }
    }
    #expect(equal.withLock { $0 } == 8)
  }

  @Test func `a snapshot restores states bit by bit and gives one future in any world`() throws {
    let definition = Self.crowd()
    let world = try World(definition)
    _ = states(world, steps: 70)
    let snapshot = world.snapshot()
    #expect(snapshot.states == world.states)
    world.restore(snapshot)
    #expect(world.snapshot() == snapshot)
    let future = states(world, steps: 50, salt: 3)

    let other = try World(definition)
    _ = states(other, steps: 20, salt: 9)
    other.restore(snapshot)
    #expect(other.states == snapshot.states)
    #expect(states(other, steps: 50, salt: 3) == future)
  }

  @Test func `a snapshot keeps controls and motors`() throws {
    var definition = WorldDefinition.robot()
    let world = try World(definition)
    world.step([1, 1, 1, -1, -1, -1])
    let snapshot = world.snapshot()
    world.reset()
    world.step()
    world.restore(snapshot)
    world.step()
    let held = world.states
    world.restore(snapshot)
    world.step([1, 1, 1, -1, -1, -1])
    #expect(world.states == held)
    definition.actuators = []
    try world.rebuild(definition)
    world.setMotor(Motor(speed: 1, limit: 2), of: Joint(index: 0))
    let moment = world.snapshot()
    world.reset()
    #expect(world.snapshot() != moment)
    world.restore(moment)
    #expect(world.snapshot() == moment)
  }

  @Test func `a world is freed with its owner`() throws {
    // Other tests make worlds at the same time, though never as many as this one.
    let before = fledge_world_count()
    var bad = WorldDefinition.robot()
    bad.bodies[1].fixtures = []
    for _ in 0..<1000 {
      let world = try World(.robot())
      world.step([0, 0, 0, 0, 0, 0])
      try world.rebuild(.robot())
      #expect(throws: PhysicsError.self) { try world.rebuild(bad) }
      #expect(throws: PhysicsError.self) { try World(bad) }
    }
    #expect(fledge_world_count() - before < 200)
    weak var gone: World?
    do {
      let world = try World(.robot())
      gone = world
      #expect(gone != nil)
    }
    #expect(gone == nil)
  }
}
