import EnvironmentKit
import Foundation
import Navigation
import Testing

@Suite struct CarNavigationTests {
  private let gravity: Float = 9.81

  private func world(
    goal: SIMD2<Float> = [-1.5, 1.5], friction: Float = 1,
    _ change: (inout CarNavigation.Parameters) -> Void = { _ in }
  ) throws -> Driven<CarNavigation> {
    var parameters = CarNavigation.Parameters()
    parameters.startRange = 0
    parameters.headingRange = 0
    change(&parameters)
    return try Driven<CarNavigation>(parameters, task: .init(goal: goal, friction: friction))
  }

  @Test func `episodes start at rest near the centre, heading nearly east`() throws {
    let task = CarNavigation.Task(goal: [1, 0], friction: 1)
    var world = try Driven<CarNavigation>(CarNavigation.Parameters(), task: task)
    for seed in 0..<100 as Range<UInt64> {
      world.reset(task, seed: seed)
      #expect(max(abs(world.position.x), abs(world.position.y)) <= 0.05)
      #expect(abs(atan2(world["heading sine"], world["heading cosine"])) <= 0.1)
      #expect(world.observation.suffix(4) == [0, 0, 0, 0])
    }
  }

  @Test func `the drive accelerates the car by the closed form`() throws {
    var world = try world()
    for count in 1...6 {
      world.step(0, 0.5)
      // v' = F/m - c v from rest.
      let expected = 1 - exp(-0.1 * Float(count))
      #expect(abs(world["forward speed"] - expected) < 0.02 * expected)
      #expect(world["lateral speed"] == 0 && world.position.y == 0)
    }
  }

  @Test func `wheels spin on a slippery road`() throws {
    // The drive of 2 m/s^2 meets a friction of 0.981 m/s^2.
    var world = try world(friction: 0.1) { $0.damping = 0.25 }
    for count in 1...8 {
      world.step(0, 1)
      let bound = 0.1 * gravity * 0.1 * Float(count)
      #expect(world["forward speed"] <= bound)
      #expect(world["forward speed"] > 0.85 * bound)
    }
  }

  @Test func `a full brake slides to a stop by friction alone`() throws {
    for friction: Float in [0.1, 0.3] {
      var world = try world(friction: friction) { $0.brakeForce = 100 }
      for _ in 0..<9 { world.step(0, 1) }
      let (start, speed) = (world.position.x, world["forward speed"])
      while world["forward speed"] > 0.03 { world.step(0, -0.5) }
      // v' = -mu g - c v, with c = 1/s.
      let grip = friction * gravity
      let distance = speed - grip * log(1 + speed / grip)
      // Off by at most the way of a substep of 0.02 s at the speed before.
      #expect(abs(world.position.x - start - distance) < 0.02 * speed)
    }
  }

  @Test func `brakes stop the car, and then the drive takes it backwards`() throws {
    var world = try world()
    for _ in 0..<10 { world.step(0, 1) }
    let speed = world["forward speed"]
    world.step(0, -1)
    // 6 m/s^2 by the brakes, and a little by the air.
    #expect(abs(speed - world["forward speed"] - 0.7) < 0.1)
    for _ in 0..<10 { world.step(0, -1) }
    #expect(world["forward speed"] < -0.8)
  }

  @Test func `slow cars roll on the circle that their steering angle draws`() throws {
    for steering: Float in [0.4, -1] {
      var world = try world()
      let throttle: Float = 0.15
      for _ in 0..<10 { world.step(steering, throttle) }
      let radius = 0.3 / tan(steering * 0.5)
      for _ in 0..<20 {
        world.step(steering, throttle)
        // The rear axle rolls along its heading, 0.15 m behind the centre of mass.
        let yaw = world["yaw rate"]
        #expect(abs(yaw - world["forward speed"] / radius) < 0.02 * abs(yaw))
        #expect(abs(world["lateral speed"] - 0.15 * yaw) < 0.02 * abs(yaw))
      }
    }
  }

  @Test func `the road's friction bounds how tightly a fast car turns`() throws {
    for friction: Float in [0.1, 0.2] {
      var world = try world(friction: friction)
      for _ in 0..<8 { world.step(0, 1) }
      var fastest: Float = 0
      for _ in 0..<8 {
        let (yaw, speed) = (world["yaw rate"], world["forward speed"])
        let before = SIMD2(world["forward speed"], world["lateral speed"])
        let heading = atan2(world["heading sine"], world["heading cosine"])
        world.step(1, 0)
        let after = SIMD2(world["forward speed"], world["lateral speed"])
        let turned = atan2(world["heading sine"], world["heading cosine"]) - heading
        let change = rotated(after, turned) - before
        // The air takes its share beside the tyres.
        #expect(
          hypot(change.x, change.y) < (friction * gravity + hypot(before.x, before.y)) * 0.101)
        fastest = max(fastest, abs(yaw * speed))
      }
      // Rolling without slip, it would turn with 0.546 v / 0.3 m: 2 m/s^2 and more.
      #expect(fastest > 0)
    }
    // On a good road the same car turns by far more than the slippery one lets it.
    var (good, slippery) = try (world(friction: 1), world(friction: 0.1))
    for action in [SIMD2<Float>(0, 1)] + Array(repeating: [0.6, 1], count: 8) {
      good.step(action.x, action.y)
      slippery.step(action.x, action.y)
    }
    #expect(good.position.y > 1.5 * slippery.position.y)
  }

  private func rotated(_ vector: SIMD2<Float>, _ angle: Float) -> SIMD2<Float> {
    [
      vector.x * cos(angle) - vector.y * sin(angle), vector.x * sin(angle) + vector.y * cos(angle),
    ]
  }

  @Test func `front tyres turn at a limited rate`() throws {
    var world = try world()
    world.step(1, 0)
    #expect(abs(world["steering angle"] - 0.4) < 1e-5)
    world.step(1, 0)
    #expect(abs(world["steering angle"] - 0.5) < 1e-5)
    world.step(-.infinity, 0)
    #expect(abs(world["steering angle"] - 0.1) < 1e-5)
  }

  @Test func `the fence is not passed at full speed`() throws {
    for force: Float in [4, 20] {
      var world = try world { $0.driveForce = force }
      for throttle: Float in [1, -1] {
        for _ in 0..<60 { world.step(0, throttle) }
        #expect(abs(world.position.x - throttle * (2 - 0.2)) < 0.03)
        #expect(abs(world["forward speed"]) < 0.02)
      }
    }
  }

  @Test func `the sparse reward is 1 at the goal, which ends the episode`() throws {
    var sparse = try world(goal: [1, 0]) { $0.reward = .sparse }
    var dense = try world(goal: [1, 0])
    for _ in 0..<40 {
      let (transition, other) = (sparse.step(0, 1), dense.step(0, 1))
      let distance = 1 - sparse.position.x
      #expect(transition == Transition(reward: distance < 0.2 ? 1 : 0, terminated: distance < 0.2))
      #expect(other == Transition(reward: -distance, terminated: distance < 0.2))
      if transition.terminated { return }
    }
    Issue.record("the goal wasn't reached")
  }

  @Test func `a mirrored goal and mirrored steering give the mirrored trajectory`() throws {
    for friction: Float in [0.15, 1] {
      var plain = try world(goal: [0.5, 1.2], friction: friction)
      var image = try world(goal: [0.5, -1.2], friction: friction)
      for action in randomActions(60, seed: 2) {
        let rewards = (
          plain.step(action.x, action.y + 0.3).reward,
          image.step(-action.x, action.y + 0.3).reward
        )
        #expect(abs(plain.position.x - image.position.x) < 1e-4)
        #expect(abs(plain.position.y + image.position.y) < 1e-4)
        #expect(abs(plain["yaw rate"] + image["yaw rate"]) < 1e-3)
        #expect(abs(rewards.0 - rewards.1) < 1e-4)
      }
    }
  }

  @Test func `tyres never add energy to a coasting car`() throws {
    var world = try world(friction: 0.4)
    for _ in 0..<10 { world.step(0, 1) }
    var energy = Float.infinity
    for action in randomActions(15, seed: 9) {
      world.step(action.x, 0)
      let (x, y, yaw) = (world["forward speed"], world["lateral speed"], world["yaw rate"])
      // 2 kg, and the inertia of its rectangle, 0.0333 kg m^2.
      let now = x * x + y * y + yaw * yaw * 0.1 / 6
      #expect(now <= energy)
      energy = now
    }
  }

  @Test func `an episode depends on its task, stream and actions alone`() throws {
    let drawn = try tasks(CarNavigation.self, .train, ["task": "friction"], count: 3)
    let actions = extremeActions(120, seed: 4)
    var fresh = try Driven<CarNavigation>(CarNavigation.Parameters(), task: drawn[0], seed: 7)
    let expected = fresh.bits(of: actions)
    var used = try Driven<CarNavigation>(CarNavigation.Parameters(), task: drawn[1])
    for task in [drawn[2], drawn[0], drawn[1]] {
      used.reset(task, seed: 8)
      _ = used.bits(of: extremeActions(90, seed: 5))
      used.reset(drawn[0], seed: 7)
      #expect(used.bits(of: actions) == expected)
    }
  }

  @Test func `observations stay within their bounds`() throws {
    try expectSound(CarNavigation.self, ["observesTask": true], steps: 6000)
    try expectSound(CarNavigation.self, ["task": "friction", "driveForce": 20], steps: 6000)
  }
}
