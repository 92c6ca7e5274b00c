import EnvironmentKit
import Foundation
import Locomotion
import Testing

@Suite struct WalkerTaskTests {
  @Test func `the same seed gives the same bits whatever ran before`() throws {
    let rough = LocomotionTask.changed { task in
      task.terrain.roughness = 0.1
      task.terrain.stepHeight = 0.1
      task.dynamics.mass = 1.3
    }
    for task in [LocomotionTask(), rough] {
      var fresh = try Driven(Walker.self, .original, task: task, seed: 5)
      let expected = fresh.trace(steps: 120) { actions(4, step: $0) }
      var used = try Driven(Walker.self, .original, task: rough, seed: 9)
      for (salt, other) in [rough, .velocity(1), task].enumerated() {
        used.reset(task: other, seed: UInt64(salt))
        _ = used.trace(steps: 37 * salt + 11) { actions(4, step: $0, salt: salt + 1) }
        used.reset(task: task, seed: 5)
        #expect(used.trace(steps: 120) { actions(4, step: $0) } == expected, "history \(salt)")
      }
    }
  }

  @Test(arguments: WalkerSolver.allCases)
  func `observations stay within their ranges under extreme actions`(
    solver: WalkerSolver
  ) throws {
    let parameters = WalkerParameters.changed { $0.solver = solver }
    let components = try Walker.specification(parameters: parameters).observation
    let extremes: [(Int) -> [Float]] = [
      { actions(4, step: $0) },
      { actions(4, step: $0, salt: 1).map { $0 > 0 ? 1 : -1 } },
      { actions(4, step: $0 / 20, salt: 2).map { $0 > 0 ? 1 : -1 } },
      { _ in [1, 1, 1, 1] }, { _ in [-1, -1, -1, -1] }, { _ in [1, -1, -1, 1] },
      { [Float](repeating: $0.isMultiple(of: 2) ? 1 : -1, count: 4) },
    ]
    var steep = LocomotionTask()
    (steep.terrain.slope, steep.terrain.roughness, steep.terrain.stepHeight) = (-0.22, 0.22, 0.22)
    for (kind, extreme) in extremes.enumerated() {
      for task in [LocomotionTask(), steep] {
        var walker = try Driven(Walker.self, parameters, task: task)
        for episode in 0..<5 as Range<UInt64> {
          walker.reset(task: task, seed: episode)
          for row in walker.trace(steps: 400, actions: extreme).dropFirst() {
            #expect(zip(row, components).allSatisfy { $1.range.contains($0) }, "kind \(kind)")
            #expect(row[24] == -100 || abs(row[24]) < 10, "kind \(kind)")
          }
        }
      }
    }
  }

  @Test func `joints stay near their ranges under full torques`() throws {
    let ranges: [(Int, ClosedRange<Float>)] = [
      (4, -0.8...1.1), (6, -0.6...0.9), (9, -0.8...1.1), (11, -0.6...0.9),
    ]
    for episode in 0..<20 {
      var walker = try Driven(Walker.self, .original, task: .init(), seed: UInt64(episode))
      let rows = walker.trace(steps: 200) {
        actions(4, step: $0 / 3, salt: episode).map { $0 > 0 ? 1 : -1 }
      }
      for row in rows {
        for (index, range) in ranges {
          #expect(range.lowerBound - 0.25 < row[index] && row[index] < range.upperBound + 0.25)
        }
      }
    }
  }

  @Test func `every family starts, steps and comes back from its text`() throws {
    for family in WalkerFamily.allCases {
      let environment = try EnvironmentDefinition(Walker.self).make(
        parameters: ["task": .string(family.rawValue), "solver": "original"])
      for split in TaskSplit.allCases {
        for any in try environment.sampleTasks(split: split, count: 5, seed: 1) {
          #expect(try environment.task(json: any.json) == any)
          let task = try any.decoded()
          #expect((task == LocomotionTask()) == (family == .original))
          if family == .terrain && split == .shifted {
            #expect(
              0.15...0.225 ~= task.terrain.stepHeight && 0.15...0.225 ~= task.terrain.roughness)
          }
          var walker = try Driven(Walker.self, .changed { $0.task = family }, task: task)
          let rows = walker.trace(steps: 50) { actions(4, step: $0) }
          #expect(rows.allSatisfy { $0.allSatisfy(\.isFinite) })
        }
      }
    }
  }

  @Test func `an oracle sees the task's numbers after the same observation`() throws {
    let task = LocomotionTask.changed { task in
      task.velocity = 1.5
      task.dynamics.weakJoint = 1
      task.dynamics.weakStrength = 0.25
      task.terrain.slope = 0.1
    }
    let numbers: [WalkerFamily: [Float]] = [
      .original: [], .velocity: [1.5], .dynamics: [0, 0, 0, 0, 0, 0.75, 0, 0], .terrain: [1, 0, 0],
    ]
    for family in WalkerFamily.allCases {
      let blind = try Driven(Walker.self, .changed { $0.task = family }, task: task)
      let seeing = WalkerParameters.changed { parameters in
        parameters.task = family
        parameters.observesTask = true
      }
      let oracle = try Driven(Walker.self, seeing, task: task)
      #expect(Array(oracle.observation.prefix(24)) == blind.observation)
      #expect(Array(oracle.observation.dropFirst(24)) == numbers[family])
    }
  }

  @Test func `each change of a task changes the motion`() throws {
    let changes: [(inout LocomotionTask) -> Void] = [
      { $0.dynamics.mass = 1.5 }, { $0.dynamics.friction = 0.3 }, { $0.dynamics.gravity = 1.4 },
      { $0.dynamics.strength = 0.7 },
      { task in
        task.dynamics.weakJoint = 3
        task.dynamics.weakStrength = 0.2
      },
    ]
    func trace(_ task: LocomotionTask) throws -> [[Float]] {
      var walker = try Driven(Walker.self, .original, task: task)
      return walker.trace(steps: 60) { actions(4, step: $0) }
    }
    let plain = try trace(.init())
    for change in changes { #expect(try trace(.changed(change)) != plain) }
  }

  @Test func `velocities fill the range that is given`() throws {
    let environment = try EnvironmentDefinition(Walker.self).make(
      parameters: ["minimumVelocity": .number(1)])
    let drawn = try environment.sampleTasks(split: .train, count: 500, seed: 1)
      .map { try $0.decoded() as LocomotionTask }.map(\.velocity)
    #expect(drawn.allSatisfy { 1...3 ~= $0 } && abs(drawn.reduce(0, +) / 500 - 2) < 0.1)
  }

  @Test func `parameters and tasks out of range are refused by name`() throws {
    let definition = EnvironmentDefinition(Walker.self)
    for (key, value) in [
      ("horizon", 0), ("task", "swim"), ("solver", "exact"), ("shiftedVelocity", 1),
      ("minimumVelocity", -21), ("maximumVelocity", -1), ("dynamicsBase", 0.5),
    ] as [(String, ParameterValue)] {
      let error = #expect(throws: EnvironmentError.self) {
        try definition.make(parameters: [key: value])
      }
      #expect(error?.key == key)
      if key == "solver" { #expect(error?.message.contains("original, fast") == true) }
    }
    let environment = try definition.make()
    let good = try environment.sampleTasks(split: .train, count: 1, seed: 1)[0].json
    for (found, given) in [
      (#""mass":1"#, #""mass":-1"#), (#""weakJoint":-1"#, #""weakJoint":4"#),
      (#""slope":0"#, #""slope":3"#),
    ] {
      let bad = good.replacingOccurrences(of: found, with: given)
      #expect(bad != good)
      #expect(throws: EnvironmentError.self) { try environment.task(json: bad) }
    }
  }
}
