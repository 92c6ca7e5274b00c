import EnvironmentKit
import Foundation
import Locomotion
import Testing

@Suite struct TaskTests {
  private func tasks(
    _ family: TaskFamily, _ split: TaskSplit, count: Int = 1000
  ) throws -> [LocomotionTask] {
    try EnvironmentDefinition(HalfCheetah.self)
      .make(parameters: ["task": .string(family.rawValue)])
      .sampleTasks(split: split, count: count, seed: 1).map { try $0.decoded() }
  }

  @Test func `velocities fill their ranges`() throws {
    let train = try tasks(.velocity, .train).map(\.velocity)
    let shifted = try tasks(.velocity, .shifted).map(\.velocity)
    #expect(train.allSatisfy { 0...2 ~= $0 } && shifted.allSatisfy { 2...3 ~= $0 })
    let means = [train, shifted].map { $0.reduce(0, +) / 1000 }
    #expect(abs(means[0] - 1) < 0.06)
    #expect(abs(means[1] - 2.5) < 0.03)
    let narrow = try EnvironmentDefinition(Hopper.self)
      .make(parameters: ["minimumVelocity": .number(1.5), "task": .string("velocity")])
    let drawn = try narrow.sampleTasks(split: .train, count: 1000, seed: 1)
      .map { try $0.decoded() as LocomotionTask }.map(\.velocity)
    #expect(drawn.allSatisfy { 1.5...2 ~= $0 } && abs(drawn.reduce(0, +) / 1000 - 1.75) < 0.02)
  }

  @Test func `directions are even, and shifted ones slippery`() throws {
    for split in TaskSplit.allCases {
      let drawn = try tasks(.direction, split)
      #expect((430...570).contains(drawn.count { $0.direction == 1 }))
      #expect(drawn.allSatisfy { abs($0.direction) == 1 })
      #expect(drawn.allSatisfy { ($0.dynamics.friction < 0.67) == (split == .shifted) })
    }
  }

  @Test func `dynamics stay within the base, shifted ones beyond it`() throws {
    let factors: [KeyPath<Dynamics, Float>] = [\.mass, \.friction, \.gravity, \.strength]
    for split in TaskSplit.allCases {
      let drawn = try tasks(.dynamics, split).map(\.dynamics)
      for factor in factors {
        let logarithms = drawn.map { log($0[keyPath: factor]) / log(1.5) }
        let range: ClosedRange<Float> = split == .shifted ? 0.999...1.501 : 0...1.001
        #expect(logarithms.allSatisfy { range.contains(abs($0)) })
        #expect(logarithms.contains { $0 > 0 } && logarithms.contains { $0 < 0 })
      }
      let weak = drawn.filter { $0.weakJoint >= 0 }
      #expect((430...570).contains(weak.count))
      #expect(Set(weak.map(\.weakJoint)) == Set(0..<6))
      #expect(weak.allSatisfy { ($0.weakStrength < 0.25) == (split == .shifted) })
    }
  }

  @Test func `what a family leaves alone is neutral`() throws {
    let neutral = LocomotionTask()
    for family in TaskFamily.allCases {
      for task in try tasks(family, .train, count: 20) {
        if family != .velocity { #expect(task.velocity == 0) }
        if family != .direction { #expect(task.direction == 1) }
        if family != .dynamics { #expect(task.dynamics == neutral.dynamics) }
        if family != .terrain { #expect(task.terrain == neutral.terrain) }
      }
    }
  }

  @Test func `the reward is the family's, less the cost of clipped torques`() throws {
    let action: [Float] = [2, -0.5, 0, 0, 0, 0]
    let cost: Float = 0.05 * 1.25
    func reward(_ family: TaskFamily, _ task: LocomotionTask) throws -> Float {
      var world = try Driven(HalfCheetah.self, .family(family), task: task)
      return world.step(action).reward
    }
    let velocity = try reward(.dynamics, .init()) + cost
    #expect(velocity != 0)
    let backward = LocomotionTask.changed { $0.direction = -1 }
    #expect(abs(try reward(.direction, .init()) - (velocity - cost)) < 1e-6)
    #expect(abs(try reward(.direction, backward) - (-velocity - cost)) < 1e-6)
    #expect(abs(try reward(.velocity, .velocity(2)) - (-abs(velocity - 2) - cost)) < 1e-6)
  }

  @Test func `robots that can fall are rewarded for more than standing, whatever the task`() throws
  {
    let families: [(TaskFamily, LocomotionTask)] = [
      (.velocity, .velocity(2)), (.velocity, .velocity(1)), (.direction, .init()),
    ]
    let rewards = try families.map { family, task in
      var hopper = try Driven(Hopper.self, .family(family), task: task)
      return (0..<10).map { hopper.step(actions(3, step: $0)).reward }
    }
    #expect(rewards[0].contains { abs($0 - 0.2) > 0.1 })
    for others in rewards.dropFirst() {
      #expect(zip(rewards[0], others).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }

  @Test func `staying upright is worth something to robots that can fall`() throws {
    let dear = LocomotionParameters.changed { $0.uprightReward = 3.5 }
    var hoppers = try [.init(), dear].map { try Driven(Hopper.self, $0, task: .velocity(1)) }
    let hops = hoppers.indices.map { hoppers[$0].step(actions(3, step: 0)).reward }
    #expect(abs(hops[1] - hops[0] - 3.3) < 1e-5)
    var cheetahs = try [.init(), dear].map { try Driven(HalfCheetah.self, $0, task: .velocity(1)) }
    let runs = cheetahs.indices.map { cheetahs[$0].step(actions(6, step: 0)).reward }
    #expect(runs[0] == runs[1])
  }

  @Test func `a task out of range is refused in one line`() throws {
    let environment = try EnvironmentDefinition(HalfCheetah.self).make()
    let good = try environment.sampleTasks(split: .train, count: 1, seed: 1)[0].json
    for (found, given) in [
      (#""mass":1"#, #""mass":-1"#), (#""gravity":1"#, #""gravity":-0.5"#),
      (#""friction":1"#, #""friction":-1"#), (#""weakJoint":-1"#, #""weakJoint":6"#),
      (#""direction":1"#, #""direction":0.5"#), (#""slope":0"#, #""slope":3"#),
      (#""velocity":"#, #""velocity":40"#),
    ] {
      let bad = good.replacingOccurrences(of: found, with: given)
      #expect(bad != good)
      let error = #expect(throws: EnvironmentError.self) { try environment.task(json: bad) }
      #expect(error.map { "\($0)".contains("must") && !"\($0)".contains("\n") } == true)
    }
  }

  @Test func `parameters out of range are refused by name`() {
    let definition = EnvironmentDefinition(Quadruped.self)
    for (key, value) in [
      ("horizon", 0), ("task", "swim"), ("minimumVelocity", -21),
      ("maximumVelocity", -1), ("shiftedVelocity", 1), ("dynamicsBase", 0.5),
      ("controlCost", -1), ("uprightReward", -1), ("initialNoise", 2), ("substeps", 0),
      ("velocityIterations", 0),
    ] as [(String, ParameterValue)] {
      let error = #expect(throws: EnvironmentError.self) {
        try definition.make(parameters: [key: value])
      }
      #expect(error?.key == key)
      if key == "task" { #expect(error?.message.contains("velocity, direction") == true) }
    }
  }
}
