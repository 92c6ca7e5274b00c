import EnvironmentKit
import Locomotion
import Testing

/// What every robot keeps, run for each of them.
private func forEachRobot(_ body: (any RobotChecks.Type) throws -> Void) rethrows {
  for robot in [Checks<HalfCheetahBody>.self, Checks<HopperBody>.self, Checks<QuadrupedBody>.self]
    as [any RobotChecks.Type]
  {
    try body(robot)
  }
}

@Suite struct RobotTests {
  @Test func `the same seed gives the same bits whatever ran before`() throws {
    try forEachRobot { try $0.repeats() }
  }

  @Test func `observations stay within their ranges under extreme actions`() throws {
    try forEachRobot { try $0.staysBounded() }
  }

  @Test func `joints stay near their ranges under full torques`() throws {
    try forEachRobot { try $0.keepsItsJoints() }
  }

  @Test func `every family starts, steps and comes back from its text`() throws {
    try forEachRobot { try $0.runsEveryFamily() }
  }

  @Test func `an action that isn't a number is none`() throws {
    try forEachRobot { try $0.survivesBadActions() }
  }

  @Test func `an oracle sees the task's numbers after the same observation`() throws {
    try forEachRobot { try $0.showsTasks() }
  }
}

private protocol RobotChecks {
  static func repeats() throws
  static func staysBounded() throws
  static func keepsItsJoints() throws
  static func runsEveryFamily() throws
  static func survivesBadActions() throws
  static func showsTasks() throws
}

private enum Checks<Robot: LeggedRobot>: RobotChecks {
  typealias World = LeggedEnvironment<Robot>

  static func specification(
    _ parameters: LocomotionParameters = .init()
  ) throws -> EnvironmentSpecification {
    try World.specification(parameters: parameters)
  }

  static func repeats() throws {
    let joints = try specification().actionWidth
    let rough = LocomotionTask.changed { task in
      task.terrain.roughness = 0.05
      task.terrain.stepHeight = 0.05
      task.dynamics.mass = 1.3
    }
    for task in [LocomotionTask(), rough] {
      var fresh = try Driven(World.self, task: task, seed: 5)
      let expected = fresh.trace(steps: 120) { actions(joints, step: $0) }
      var used = try Driven(World.self, task: rough, seed: 9)
      for (salt, other) in [rough, .velocity(1), task].enumerated() {
        used.reset(task: other, seed: UInt64(salt))
        _ = used.trace(steps: 37 * salt + 11) { actions(joints, step: $0, salt: salt + 1) }
        used.reset(task: task, seed: 5)
        #expect(
          used.trace(steps: 120) { actions(joints, step: $0) } == expected,
          "\(Robot.name) after history \(salt)")
      }
    }
  }

  static func staysBounded() throws {
    let specification = try specification()
    let joints = specification.actionWidth
    let extremes: [(Int) -> [Float]] = [
      { actions(joints, step: $0) },
      { actions(joints, step: $0, salt: 1).map { $0 > 0 ? 1 : -1 } },
      { actions(joints, step: $0 / 20, salt: 2).map { $0 > 0 ? 1 : -1 } },
      { _ in [Float](repeating: 1, count: joints) },
      { _ in [Float](repeating: -1, count: joints) },
      { [Float](repeating: $0.isMultiple(of: 2) ? 1 : -1, count: joints) },
    ]
    for (kind, extreme) in extremes.enumerated() {
      var world = try Driven(World.self, task: .velocity(1))
      for episode in 0..<10 as Range<UInt64> {
        world.reset(task: .velocity(1), seed: episode)
        for row in world.trace(steps: 200, actions: extreme).dropFirst() {
          let isBounded = zip(row, specification.observation).allSatisfy {
            $1.range.contains($0)
          }
          let reward = row[row.count - 2]
          #expect(isBounded && reward.isFinite && abs(reward) < 10, "\(Robot.name), kind \(kind)")
        }
      }
    }
  }

  static func keepsItsJoints() throws {
    let joints = try specification().actionWidth
    let ranges = Robot.jointRanges
    var world = try Driven(World.self, task: .init())
    for episode in 0..<20 {
      world.reset(task: .init(), seed: UInt64(episode))
      let rows = world.trace(steps: 200) {
        actions(joints, step: $0 / 3, salt: episode).map { $0 > 0 ? 1 : -1 }
      }
      for row in rows {
        for (angle, range) in zip(row[2..<2 + joints], ranges) {
          #expect(range.lowerBound - 0.1 < angle && angle < range.upperBound + 0.1, "\(Robot.name)")
        }
      }
    }
  }

  static func runsEveryFamily() throws {
    for family in TaskFamily.allCases {
      let environment = try EnvironmentDefinition(World.self).make(
        parameters: ["task": .string(family.rawValue)])
      for split in TaskSplit.allCases {
        for any in try environment.sampleTasks(split: split, count: 5, seed: 1) {
          #expect(try environment.task(json: any.json) == any)
          let task = try any.decoded()
          var world = try Driven(World.self, .family(family), task: task)
          let joints = environment.specification.actionWidth
          let rows = world.trace(steps: 50) { actions(joints, step: $0) }
          #expect(rows.allSatisfy { $0.allSatisfy(\.isFinite) })
        }
      }
    }
  }

  static func survivesBadActions() throws {
    let joints = try specification().actionWidth
    var still = try Driven(World.self, task: .init())
    var odd = try Driven(World.self, task: .init())
    let bad = [Float](repeating: .nan, count: joints)
    let none = [Float](repeating: 0, count: joints)
    #expect(odd.trace(steps: 20) { _ in bad } == still.trace(steps: 20) { _ in none })
    var full = try Driven(World.self, task: .init())
    var beyond = try Driven(World.self, task: .init())
    let infinite = [Float](repeating: .infinity, count: joints)
    let one = [Float](repeating: 1, count: joints)
    #expect(beyond.trace(steps: 20) { _ in infinite } == full.trace(steps: 20) { _ in one })
  }

  static func showsTasks() throws {
    for family in TaskFamily.allCases {
      let seeing = LocomotionParameters.changed { parameters in
        parameters.task = family
        parameters.observesTask = true
      }
      let task = LocomotionTask.changed { task in
        task.velocity = 1.5
        task.dynamics.weakJoint = 1
        task.dynamics.weakStrength = 0.25
        task.terrain.slope = 0.1
      }
      let width = try specification().observationWidth
      let blind = try Driven(World.self, .family(family), task: task)
      let oracle = try Driven(World.self, seeing, task: task)
      #expect(Array(oracle.observation.prefix(width)) == blind.observation)
      let numbers = Array(oracle.observation.dropFirst(width))
      switch family {
      case .velocity: #expect(numbers == [1.5])
      case .direction: #expect(numbers == [1])
      case .dynamics: #expect(numbers.count == 4 + width / 2 - 2 && numbers[5] == 0.75)
      case .terrain: #expect(numbers == [1, 0, 0])
      }
    }
  }
}
