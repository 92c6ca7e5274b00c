import EnvironmentKit
import Foundation
import Locomotion
import Testing

@Suite struct MotionTests {
  /// The velocities of the trunk, from the rewards of running forward without costs.
  private func velocities<Robot: LeggedRobot>(
    of robot: Robot.Type, task: LocomotionTask = .init(), noise: Float = 0.1, seed: UInt64 = 1,
    steps: Int = 100, actions: (Int) -> [Float]
  ) throws -> [Float] {
    let parameters = LocomotionParameters.changed { parameters in
      parameters.task = .direction
      parameters.controlCost = 0
      parameters.initialNoise = noise
    }
    var world = try Driven(LeggedEnvironment<Robot>.self, parameters, task: task, seed: seed)
    return world.trace(steps: steps, actions: actions).dropFirst().map { $0[$0.count - 2] }
  }

  private func still(_ count: Int) -> (Int) -> [Float] {
    { _ in [Float](repeating: 0, count: count) }
  }

  @Test func `half-cheetah and quadruped come to rest standing`() throws {
    for seed in 0..<5 as Range<UInt64> {
      var cheetah = try Driven(HalfCheetah.self, task: .init(), seed: seed)
      var quadruped = try Driven(Quadruped.self, task: .init(), seed: seed)
      let traces = [
        cheetah.trace(steps: 100, actions: still(6)),
        quadruped.trace(steps: 100, actions: still(8)),
      ]
      for row in traces.compactMap(\.last) {
        // Less than 5 cm below the start, level, and without speed.
        #expect(abs(row[0]) < 0.25 && abs(row[1]) < 0.1)
        let speeds = row[((row.count - 2) / 2)..<(row.count - 2)]
        #expect(speeds.allSatisfy { abs($0) < 0.02 })
      }
    }
  }

  @Test func `a hopper without torque falls within a second, and that ends the episode`() throws {
    for seed in 0..<5 as Range<UInt64> {
      var hopper = try Driven(Hopper.self, task: .init(), seed: seed)
      let rows = hopper.trace(steps: 200, actions: still(3))
      #expect((5..<50).contains(rows.count))
      #expect(rows.last?.last == 1)
    }
  }

  @Test func `random torques lead nowhere fast`() throws {
    let ways = try (0..<10).map { seed in
      try velocities(of: HalfCheetahBody.self, seed: UInt64(seed), steps: 200) {
        actions(6, step: $0, salt: seed)
      }.reduce(0, +) / 200
    }
    #expect(ways.allSatisfy { abs($0) < 1 })
    let mean: Float = ways.reduce(0, +) / 10
    #expect(abs(mean) < 0.4)
  }

  /// Torques that make the half-cheetah bound forward without looking, found by random search.
  private func bound(_ step: Int) -> [Float] {
    let phases: [Float] = [0.59, 2.08, -0.21, -2.38, -1.89, -1.88]
    let sizes: [Float] = [0.81, 0.46, 0.77, 0.32, 0.26, 0.89]
    return zip(phases, sizes).map { $1 * sin(0.756 * Float(step) + $0) }
  }

  @Test func `a half-cheetah bounds over every terrain, on top of it`() throws {
    let terrains: [(inout LocomotionTask) -> Void] = [
      { _ in }, { $0.terrain.slope = 0.15 }, { $0.terrain.slope = -0.15 },
      { $0.terrain.roughness = 0.05 }, { $0.terrain.stepHeight = 0.05 },
    ]
    for terrain in terrains {
      var longest: Float = 0
      for seed in 0..<8 as Range<UInt64> {
        var task = LocomotionTask.changed(terrain)
        task.terrain.seed = UInt32(seed)
        let parameters = LocomotionParameters.family(.terrain)
        var world = try Driven(HalfCheetah.self, parameters, task: task, seed: seed)
        let rows = world.trace(steps: 200, actions: bound).dropFirst()
        // It stands 0.62 m high, and its trunk never sinks into the ground below, not even when it
        // lies on its back.
        #expect(rows.allSatisfy { -0.62 < 0.2 * $0[0] })
        let costs = (0..<200).map { bound($0).reduce(0) { $0 + 0.05 * $1 * $1 } }
        let velocities = zip(rows, costs).map { $0[$0.count - 2] + $1 }
        longest = max(longest, velocities.reduce(0, +) * 0.05)
      }
      #expect(longest > 2)
    }
  }

  @Test func `a quadruped seen from the other side moves as its mirror image`() throws {
    // The solver takes joints in order, so the two agree until a contact tells them apart.
    let gait = { (step: Int) in actions(8, step: step / 4, salt: 3).map { 0.5 * $0 } }
    let mirrored = { (step: Int) -> [Float] in
      let action = gait(step)
      return (action[4...] + action[..<4]).map { -$0 }
    }
    let forward = try velocities(of: QuadrupedBody.self, noise: 0, steps: 40, actions: gait)
    let backward = try velocities(of: QuadrupedBody.self, noise: 0, steps: 40, actions: mirrored)
    for (forward, backward) in zip(forward.prefix(10), backward) {
      #expect(abs(forward + backward) < 0.05)
    }
    let way: Float = forward.reduce(0, +) * 0.05
    let wayBack: Float = backward.reduce(0, +) * 0.05
    #expect(abs(way + wayBack) < 0.1)
    #expect(forward.contains { abs($0) > 0.3 })
  }

  @Test func `each change of a task changes the motion`() throws {
    let changes: [(inout LocomotionTask) -> Void] = [
      { $0.dynamics.mass = 1.5 }, { $0.dynamics.friction = 0.5 }, { $0.dynamics.gravity = 1.4 },
      { $0.dynamics.strength = 0.7 },
      { task in
        task.dynamics.weakJoint = 3
        task.dynamics.weakStrength = 0.2
      },
    ]
    let plain = try velocities(of: HalfCheetahBody.self) { actions(6, step: $0) }
    for change in changes {
      let changed = try velocities(of: HalfCheetahBody.self, task: .changed(change)) {
        actions(6, step: $0)
      }
      #expect(changed != plain)
    }
  }

  @Test func `a weaker joint feels a smaller torque and nothing else`() throws {
    let halved = LocomotionTask.changed { task in
      task.dynamics.weakJoint = 2
      task.dynamics.weakStrength = 0.5
    }
    let weak = try velocities(of: HalfCheetahBody.self, task: halved) { _ in [1, -1, 1, 1, 1, 1] }
    let half = try velocities(of: HalfCheetahBody.self) { _ in [1, -1, 0.5, 1, 1, 1] }
    #expect(weak == half)
  }
}
