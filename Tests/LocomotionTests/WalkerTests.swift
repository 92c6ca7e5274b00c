import EnvironmentKit
import Foundation
import Locomotion
import Testing

@Suite struct WalkerTests {
  private let still = [Float](repeating: 0, count: 4)

  @Test func `observations and actions are BipedalWalker's`() throws {
    let specification = try Walker.specification(parameters: .init())
    let ranges = specification.observation.map(\.range.upperBound)
    let leg: [Float] = [.pi, 5, .pi, 5, 1]
    let lidar = [Float](repeating: 1, count: 10)
    #expect(ranges == [.pi, 5, 5, 5] + leg + leg + lidar)
    #expect(specification.actionWidth == 4 && specification.horizon == 1600)
  }

  @Test(arguments: WalkerSolver.allCases)
  func `an episode starts with BipedalWalker's first observation`(solver: WalkerSolver) throws {
    for seed in 0..<10 as Range<UInt64> {
      let walker = try Driven(
        Walker.self, .changed { $0.solver = solver }, task: .init(), seed: seed)
      let observation = walker.observation
      // As Gymnasium gives them: they don't depend on its seed but for the push.
      let lidar: [Float] = [0.441, 0.446, 0.461, 0.490, 0.534, 0.602, 0.709, 0.886, 1, 1]
      for (found, expected) in zip(observation[14...], lidar) {
        #expect(abs(found - expected) < 0.02)
      }
      #expect(observation[..<4].allSatisfy { abs($0) < 0.05 })
      for base in [4, 9] {
        #expect(abs(observation[base]) < 0.15)
        #expect(abs(observation[base + 2] - 0.86) < 0.06)
        #expect(observation[base + 4] == 1)
      }
    }
  }

  @Test func `a push differs from seed to seed, and so does the ground`() throws {
    let walkers = try (0..<20 as Range<UInt64>).map {
      try Driven(Walker.self, .original, task: .init(), seed: $0)
    }
    let velocities = walkers.map { $0.observation[2] }
    // 5 N for 0.02 s on 5 to 7 kg, in units of 8.33 m/s.
    #expect(Set(velocities).count == 20)
    let spread: Float = (velocities.max() ?? 0) - (velocities.min() ?? 0)
    #expect(0.001 < spread && spread < 0.0045)
  }

  @Test func `without torque it falls, and that ends the episode with -100`() throws {
    for solver in WalkerSolver.allCases {
      for seed in 0..<5 as Range<UInt64> {
        var walker = try Driven(
          Walker.self, .changed { $0.solver = solver }, task: .init(), seed: seed)
        let rows = walker.trace(steps: 400) { _ in still }
        #expect((20..<400).contains(rows.count))
        #expect(rows.last?.suffix(2) == [-100, 1])
        #expect(rows.dropFirst().dropLast().allSatisfy { $0[25] == 0 && abs($0[24]) < 5 })
      }
    }
  }

  @Test func `both solvers agree on a passive fall, roughly`() throws {
    for seed in 0..<5 as Range<UInt64> {
      let traces = try WalkerSolver.allCases.map { solver in
        var walker = try Driven(
          Walker.self, .changed { $0.solver = solver }, task: .init(), seed: seed)
        return walker.trace(steps: 400) { _ in still }
      }
      // Not the legs: the second step folds the knees by 0.7 rad to push the feet out of the ground,
      // where the fast solver takes a step longer, and that difference grows.
      #expect(abs(traces[0].count - traces[1].count) < 40)
      for (original, fast) in zip(traces[0].prefix(30), traces[1]) {
        #expect(abs(original[0] - fast[0]) < 0.1)
      }
    }
  }

  @Test func `the reward is way, tilt and torque`() throws {
    // Velocities are those after a step, and so is the way, but for what positions are corrected.
    var walker = try Driven(Walker.self, .original, task: .init())
    var velocity = try Driven(
      Walker.self, .changed { $0.task = .velocity }, task: .velocity(0.5))
    var (ways, velocities) = ([Float](), [Float]())
    for step in 0..<40 {
      let action = actions(4, step: step).map { 0.5 * $0 }
      let tilt = abs(walker.observation[0])
      let transition = walker.step(action)
      let commanded = velocity.step(action)
      #expect(walker.observation == velocity.observation)
      guard !transition.terminated else { break }
      let costs =
        5 * (abs(walker.observation[0]) - tilt) + 0.028 * action.reduce(0) { $0 + abs($1) }
      let way = (transition.reward + costs) / (130 / 30)
      let expected = 130 / 30 * (0.01 - abs(way - 0.01)) - costs
      #expect(abs(commanded.reward - expected) < 1e-4)
      ways.append(50 * way)
      velocities.append(walker.observation[2] / 0.12)
    }
    let errors = zip(ways, velocities).map { abs($0 - $1) }
    #expect(errors.count >= 20)
    #expect(errors.reduce(0, +) / Float(errors.count) < 0.15)
  }

  @Test func `torque costs as much as its clipped size`() throws {
    func traces(_ actions: [Float]) throws -> [[Float]] {
      var walker = try Driven(Walker.self, .original, task: .init())
      return walker.trace(steps: 20) { _ in actions }
    }
    #expect(try traces([5, -.infinity, 0, .nan]) == traces([1, -1, 0, 0]))
    // A weakened motor does nothing, but costs the same.
    var none = LocomotionTask()
    none.dynamics.strength = 0
    var walkers = try (0..<2).map { _ in try Driven(Walker.self, .original, task: none) }
    let rest = walkers[0].step(still).reward
    let driven = walkers[1].step([1, -0.5, 0.25, 0]).reward
    #expect(walkers[0].observation == walkers[1].observation)
    #expect(abs(rest - driven - 0.028 * 1.75) < 1e-5)
  }

  @Test func `motors run at their speeds`() throws {
    // Both hips bend at 4 rad/s before their limit stops them, without weight on the feet.
    var task = LocomotionTask()
    task.dynamics.gravity = 0
    var walker = try Driven(Walker.self, .original, task: task)
    let rows = walker.trace(steps: 8) { _ in [1, -1, 1, -1] }
    let fastest = [5, 7, 10, 12].map { index in rows.map { abs($0[index]) }.max() ?? 0 }
    #expect(fastest.allSatisfy { 0.9 < $0 && $0 < 1.2 })
  }

  @Test(arguments: [29, 30, 35] as [UInt64])
  func `leaving the ground backward is a fall`(seed: UInt64) throws {
    let flight = try flight(seed: seed)
    #expect(flight.last.suffix(2) == [-100, 1])
    // It starts at the tenth of 200 points 14 / 30 m apart.
    #expect(abs(flight.way + 10 * 14 / 30) < 0.2)
  }

  @Test(arguments: [21, 24] as [UInt64])
  func `the end of the ground ends the episode, and is no fall`(seed: UInt64) throws {
    let flight = try flight(seed: seed)
    #expect(flight.last.last == 1 && abs(flight.last[24]) < 0.1)
    #expect(abs(flight.way - (190 - 10) * 14 / 30) < 0.2)
  }

  /// Where a kick sends a walker without weight, however long it takes: its last row and its way.
  private func flight(seed: UInt64) throws -> (last: [Float], way: Float) {
    var weightless = LocomotionTask()
    weightless.dynamics.gravity = 0
    weightless.dynamics.strength = 3
    var walker = try Driven(Walker.self, .original, task: weightless, seed: seed)
    let rows = walker.trace(steps: 12_000) {
      $0 < 30 ? actions(4, step: $0, salt: Int(seed)).map { $0 > 0 ? 1 : -1 } : still
    }
    // Velocities are in units of 25 / 3 m/s, 50 of them a second.
    let way = rows.dropFirst().reduce(0) { $0 + Double($1[2]) / 0.12 / 50 }
    return (try #require(rows.last), Float(way))
  }
}
