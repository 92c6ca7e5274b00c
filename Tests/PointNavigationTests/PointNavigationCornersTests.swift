import EnvironmentKit
import Foundation
import PointNavigation
import Randomness
import Testing

@Suite struct PointNavigationCornersTests {
  @Test("A corner that is left out is what is tested on, and nothing else")
  func leavingOut() throws {
    let environment = try EnvironmentDefinition(PointNavigationCorners.self).make()
    let corners = try #require(environment.allTasks)
    #expect(corners.count == 4)
    let left = try environment.leavingOut(2)
    for split in [TaskSplit.train, .validation] {
      let drawn = try left.sampleTasks(split: split, count: 60, seed: 3)
      #expect(Set(drawn.map(\.json)) == Set(corners.map(\.json)).subtracting([corners[2].json]))
    }
    #expect(try left.sampleTasks(split: .test, count: 5, seed: 3).allSatisfy { $0 == corners[2] })
    let shifted = try left.sampleTasks(split: .shifted, count: 5, seed: 3)
    #expect(try shifted == environment.sampleTasks(split: .shifted, count: 5, seed: 3))
    for index in [-1, 4] {
      #expect(throws: EnvironmentError.self) { try environment.leavingOut(index) }
    }
  }

  private func world(
    goal: SIMD2<Float>, startRange: Float = 0, seed: UInt64 = 1
  ) -> Driven<PointNavigationCorners> {
    var parameters = PointNavigationCorners.Parameters()
    parameters.startRange = startRange
    return Driven(
      PointNavigationCorners(parameters: parameters), task: .init(goal: goal), seed: seed)
  }

  @Test func `episodes start in the square around the origin`() {
    for seed in 0..<200 as Range<UInt64> {
      let world = Driven(
        PointNavigationCorners(parameters: .init()), task: .init(goal: [2, 2]), seed: seed)
      #expect(max(abs(world.position.x), abs(world.position.y)) <= 0.2)
    }
  }

  /// What is best on a task, with some parameters changed.
  private func optimum(
    _ goal: SIMD2<Float>, _ change: (inout PointNavigationCorners.Parameters) -> Void = { _ in }
  ) -> Double? {
    var parameters = PointNavigationCorners.Parameters()
    change(&parameters)
    return PointNavigationCorners.optimalReturn(of: .init(goal: goal), parameters: parameters)
  }

  @Test func `the optimal return is that of equal moves from any start, and no noisy way beats it`()
    throws
  {
    let definition = EnvironmentDefinition(PointNavigationCorners.self)
    for split in [TaskSplit.test, .shifted] {
      let environment = try definition.make()
      for (index, task) in try environment.sampleTasks(split: split, count: 20, seed: 2)
        .enumerated()
      {
        let optimum = try #require(environment.optimalReturn(of: task))
        #expect(abs(optimum - (split == .test ? 2.47487 : 2.32843)) < 1e-5)
        let own = try JSONDecoder().decode(
          PointNavigationCorners.Task.self, from: Data(task.json.utf8))
        let seed = UInt64(index)
        var straight = world(goal: own.goal, startRange: 0.2, seed: seed)
        // Equal moves: full ones might end near the goal, and the episode with them, a little before it.
        let best = straight.play { position in
          let offset = own.goal - position
          let moves = (max(abs(offset.x), abs(offset.y)) / 0.2 - 1e-3).rounded(.up)
          return offset / max(moves, 1) * 5
        }
        #expect(abs(best - optimum) < 1e-5)
        var random = RandomStream(seed: seed, purpose: .actions)
        var wandering = world(goal: own.goal, startRange: 0.2, seed: seed)
        let noisy = wandering.play { position in
          (own.goal - position) * 5
            + SIMD2(random.uniform(in: -1...1), random.uniform(in: -1...1))
        }
        #expect(noisy <= optimum + 1e-5)
      }
    }
  }

  @Test func `the optimal return is known where the corner can be reached and starts are worth 0`()
    throws
  {
    #expect(optimum([2, 2]) == optimum([-2, 2]))
    // From the far end of the starts 2.2 m, that is eleven moves.
    #expect(optimum([2, 2]) { $0.horizon = 12 } == optimum([2, 2]))
    #expect(optimum([2, 2]) { $0.horizon = 10 } == nil)
    #expect(optimum([2, 2]) { $0.startRange = 0.3 } == nil)
    #expect(optimum([2, 2]) { $0.goalTolerance = 0.5 } == nil)
    #expect(optimum([0.2, 0.2]) == 0)
    // Without a dead zone every metre counts, from the origin.
    let all = optimum([2, 2]) { ($0.startRange, $0.sparseRadius) = (0, 0) }
    #expect(abs(try #require(all) - 8.0.squareRoot()) < 1e-9)
  }

  @Test func `no move inside the dead zone is rewarded`() {
    var world = world(goal: [2, 2])
    #expect(world.step(1, 1) == .running(reward: 0))
  }

  @Test func `a move towards the nearest corner gains the distance`() {
    var world = world(goal: [2, 2])
    _ = world.step(1, 1)
    // From (0.2, 0.2) over the edge at (0.25, 0.25) to (0.4, 0.4), and on.
    #expect(abs(world.step(1, 1).reward - 0.15 * 2.0.squareRoot().float) < 1e-6)
    #expect(abs(world.step(1, 1).reward - 0.2 * 2.0.squareRoot().float) < 1e-6)
    #expect(world.step(-0.5, -0.5).reward < 0)
  }

  @Test func `no way around pays: rewards sum to the worth of the last position`() {
    var world = world(goal: [2, 2])
    // In where the corner is nearest, out across the diagonal, back through the dead zone.
    let round: [SIMD2<Float>] = [
      [1, 1], [1, 1], [1, 1], [-1, 1], [-1, 0.5], [-1, -1], [0, -1],
    ]
    var sum: Float = 0
    for move in (0..<10).flatMap({ _ in round }) { sum += world.step(move.x, move.y).reward }
    for _ in 0..<200 {
      let home = -world.position / 0.2
      sum += world.step(home.x, home.y).reward
    }
    #expect(abs(sum) < 1e-4)
  }

  @Test func `a move nearest to another corner gains nothing`() {
    var world = world(goal: [2, 2])
    for _ in 0..<5 { #expect(world.step(-1, 1).reward == 0) }
    #expect(world.step(1, 0).reward == 0)
  }

  @Test func `the four corners are treated alike`() {
    let walk: [SIMD2<Float>] = (0..<60).map { [sin(Float($0)) + 0.3, cos(Float($0) * 1.3) + 0.4] }
    let turns: [(SIMD2<Float>) -> SIMD2<Float>] = [
      { $0 }, { [-$0.y, $0.x] }, { -$0 }, { [$0.y, -$0.x] }, { [-$0.x, $0.y] },
    ]
    let returns = turns.map { turn -> [Float] in
      var world = world(goal: turn([2, 2]))
      return walk.map { move in
        let turned = turn(move)
        return world.step(turned.x, turned.y).reward
      }
    }
    for other in returns.dropFirst() { #expect(other == returns[0]) }
    #expect(returns[0].contains { $0 != 0 })
  }

  @Test func `the goal ends the episode, the origin and the other corners don't`() {
    for goal: SIMD2<Float> in [[2, 2], [-2, 2], [2, -2], [-2, -2]] {
      for corner: SIMD2<Float> in [[2, 2], [-2, 2], [2, -2], [-2, -2]] {
        var world = world(goal: goal)
        #expect(!world.step(0, 0).terminated)
        let transitions = (0..<10).map { _ in world.step(corner.x, corner.y) }
        #expect(transitions.map(\.terminated).last == (goal == corner))
        #expect(transitions.dropLast().allSatisfy { !$0.terminated })
      }
    }
  }

  @Test func `shifted corners lie between the others, as far out`() throws {
    let environment = try EnvironmentDefinition(PointNavigationCorners.self).make()
    let train = Set(try environment.sampleTasks(split: .train, count: 100, seed: 1).map(\.json))
    let shifted = Set(try environment.sampleTasks(split: .shifted, count: 100, seed: 1).map(\.json))
    #expect(train == Set(["[2,2]", "[-2,2]", "[2,-2]", "[-2,-2]"].map { #"{"goal":\#($0)}"# }))
    #expect(shifted.count == 4)
    #expect(shifted.isDisjoint(with: train))
  }
}

extension Double {
  fileprivate var float: Float { Float(self) }
}
