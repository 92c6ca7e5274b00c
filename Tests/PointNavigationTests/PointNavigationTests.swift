import EnvironmentKit
import Foundation
import PointNavigation
import Randomness
import Testing

@Suite struct PointNavigationTests {
  private func world(goal: SIMD2<Float>) -> Driven<PointNavigation> {
    Driven(PointNavigation(parameters: .init()), task: .init(goal: goal))
  }

  private func goals(
    _ split: TaskSplit, _ count: Int, seed: UInt64 = 1
  ) throws -> [SIMD2<Float>] {
    try EnvironmentDefinition(PointNavigation.self).make()
      .sampleTasks(split: split, count: count, seed: seed)
      .map { try JSONDecoder().decode(PointNavigation.Task.self, from: Data($0.json.utf8)).goal }
  }

  @Test func `an episode starts at the origin`() {
    #expect(world(goal: [0.3, 0.4]).position == .zero)
  }

  @Test func `a move is a tenth of the action and costs the distance after it`() {
    var world = world(goal: [0.3, 0.4])
    #expect(world.step(0, 0) == .running(reward: -0.5))
    let transition = world.step(0.5, -1)
    #expect(world.position == SIMD2(0.05, -0.1))
    #expect(abs(transition.reward + 0.5590170) < 1e-6)
  }

  @Test func `actions are clipped to one`() {
    var world = world(goal: [0.3, 0.4])
    _ = world.step(7, -Float.infinity)
    #expect(world.position == SIMD2(0.1, -0.1))
  }

  @Test func `the episode terminates where both offsets are below the tolerance`() {
    var world = world(goal: [0.1, 0.2])
    #expect(!world.step(1, 1).terminated)
    #expect(!world.step(0, 0.89).terminated)
    #expect(world.step(0, 0.02).terminated)
  }

  @Test func `the origin ends nothing`() {
    var world = world(goal: [0.3, 0.4])
    #expect(!world.step(0, 0).terminated)
  }

  @Test func `the optimal return is that of full moves, and no noisy way beats it`() throws {
    let environment = try EnvironmentDefinition(PointNavigation.self).make()
    for (index, task) in try environment.sampleTasks(split: .test, count: 50, seed: 2).enumerated()
    {
      let goal = try goals(.test, index + 1, seed: 2)[index]
      let optimum = try #require(environment.optimalReturn(of: task))
      var straight = world(goal: goal)
      let best = straight.play { position in (goal - position) * 10 }
      #expect(abs(best - optimum) < 1e-5)
      var random = RandomStream(seed: UInt64(index), purpose: .actions)
      var wandering = world(goal: goal)
      let noisy = wandering.play { position in
        (goal - position) * 10 + SIMD2(random.uniform(in: -1...1), random.uniform(in: -1...1))
      }
      #expect(noisy <= optimum + 1e-5)
    }
  }

  @Test func `standing still scores the published mean`() throws {
    let returns = try goals(.test, 4000).map { goal -> Double in
      var world = world(goal: goal)
      return world.play { _ in .zero }
    }
    // 100 times the mean distance from the centre of a unit square, 0.3826; sd 14 over the goals.
    #expect(abs(returns.reduce(0, +) / 4000 + 38.26) < 0.7)
  }

  @Test func `walking straight to the goal scores the optimum`() throws {
    let returns = try goals(.test, 4000).map { goal -> Double in
      var world = world(goal: goal)
      return world.play { position in
        let offset = (goal - position) * 10
        return offset / max(1, max(abs(offset.x), abs(offset.y)))
      }
    }
    #expect(abs(returns.reduce(0, +) / 4000 + 0.51) < 0.05)
  }

  @Test func `goals fill the square, shifted ones the band around it`() throws {
    for split in [TaskSplit.train, .validation, .test] {
      let drawn = try goals(split, 2000)
      let mean = drawn.reduce(.zero, +) / 2000
      #expect(drawn.allSatisfy { max(abs($0.x), abs($0.y)) <= 0.5 })
      #expect(max(abs(mean.x), abs(mean.y)) < 0.03)
      #expect(drawn.contains { max(abs($0.x), abs($0.y)) > 0.48 })
    }
    for goal in try goals(.shifted, 2000) {
      #expect((0.5...0.75).contains(max(abs(goal.x), abs(goal.y))))
    }
  }

  @Test func `the splits share no goal`() throws {
    let all = try TaskSplit.allCases.flatMap { try goals($0, 1000) }
    #expect(Set(all).count == 4000)
  }

  @Test func `a goal survives being written and read`() throws {
    let environment = try EnvironmentDefinition(PointNavigation.self).make()
    for task in try environment.sampleTasks(split: .train, count: 200, seed: 5) {
      #expect(try environment.task(json: task.json) == task)
    }
    #expect(try environment.task(json: #"{"goal":[0.1,-0.3]}"#).json == #"{"goal":[0.1,-0.3]}"#)
    #expect(throws: EnvironmentError.self) { try environment.task(json: #"{"goal":[0.1]}"#) }
  }

  @Test func `parameters out of range are refused by name`() {
    let definition = EnvironmentDefinition(PointNavigation.self)
    for (key, value) in [
      ("goalRange", 0), ("shiftedRange", 0.25), ("maximumStep", -1), ("goalTolerance", -0.1),
      ("horizon", 0),
    ] as [(String, ParameterValue)] {
      let error = #expect(throws: EnvironmentError.self) {
        try definition.make(parameters: [key: value])
      }
      #expect(error?.key == key)
    }
  }
}
