import EnvironmentKit
import Navigation
import Testing

@Suite struct CarTaskTests {
  private let definition = EnvironmentDefinition(CarNavigation.self)

  private func extent(_ task: CarNavigation.Task) -> Float {
    max(abs(task.goal.x), abs(task.goal.y))
  }

  @Test func `goals fill the square, shifted ones the band around it`() throws {
    for split in [TaskSplit.train, .validation, .test] {
      let drawn = try tasks(CarNavigation.self, split)
      #expect(drawn.allSatisfy { extent($0) <= 1.3 && $0.friction == 1 })
      #expect(drawn.contains { extent($0) > 1.2 })
    }
    let shifted = try tasks(CarNavigation.self, .shifted)
    #expect(shifted.allSatisfy { extent($0) > 1.3 && extent($0) <= 1.6 && $0.friction == 1 })
  }

  @Test func `friction differs in its family, shifted roads are more slippery`() throws {
    let train = try tasks(CarNavigation.self, .train, ["task": "friction"])
    #expect(train.allSatisfy { (0.2...1).contains($0.friction) && extent($0) <= 1.3 })
    #expect(Set(train.map(\.friction)).count > 490)
    let shifted = try tasks(CarNavigation.self, .shifted, ["task": "friction"])
    #expect(shifted.allSatisfy { (0.1..<0.2).contains($0.friction) && extent($0) <= 1.3 })
  }

  @Test func `the splits share no task, and every task is accepted when it is read back`() throws {
    for family: ParameterValue in ["goal", "friction"] {
      let environment = try definition.make(parameters: ["task": family])
      var seen: Set<String> = []
      for split in TaskSplit.allCases {
        for task in try environment.sampleTasks(split: split, count: 300, seed: 1) {
          #expect(try environment.task(json: task.json) == task)
          seen.insert(task.json)
        }
      }
      #expect(seen.count == 1200)
    }
  }

  @Test func `friction and goal change what follows, and are seen only by the oracle`() throws {
    var parameters = CarNavigation.Parameters()
    var good = try Driven<CarNavigation>(parameters, task: .init(goal: [1, 1], friction: 1))
    var slippery = try Driven<CarNavigation>(parameters, task: .init(goal: [1, 1], friction: 0.1))
    var other = try Driven<CarNavigation>(parameters, task: .init(goal: [1, -1], friction: 1))
    #expect(good.observation == slippery.observation)
    let rewards = (good.step(0.5, 1).reward, other.step(0.5, 1).reward)
    slippery.step(0.5, 1)
    #expect(rewards.0 != rewards.1)
    #expect(good.observation == other.observation)
    #expect(good.observation != slippery.observation)
    parameters.observesTask = true
    let told = try Driven<CarNavigation>(parameters, task: .init(goal: [1, 1.25], friction: 0.1))
    #expect(told.observation.suffix(3) == [1, 1.25, 0.1])
  }

  @Test func `tasks that can't be driven are refused`() throws {
    let environment = try definition.make()
    for (key, json, part) in [
      ("goal", #"{"goal":[3,0],"friction":1}"#, "[-1.8, 1.8]"),
      ("friction", #"{"goal":[1,0],"friction":0}"#, "[0.01, 4.0]"),
      ("friction", #"{"goal":[1,0],"friction":-1}"#, "-1.0"),
    ] {
      expectError(key, containing: part) { _ = try environment.task(json: json) }
    }
  }

  @Test func `parameters out of range are refused by name`() {
    for (key, value, part) in [
      ("mass", -1, "[0.001, 1000.0]"), ("damping", 0, "[0.001"), ("driveForce", -2, "above 0"),
      ("driveForce", 30, "at most 20"), ("brakeForce", -1, "[0.0"), ("goalRange", 0.2, "0.7"),
      ("shiftedRange", 1, "1.8"), ("friction", 0, "0.01"), ("maximumSteeringAngle", 2, "1.2"),
      ("steeringRate", 0, "0.01"), ("headingRange", 4, "3.14"), ("horizon", 0, "1000000"),
      ("task", "goals", "goal, friction"), ("reward", "shaped", "dense, sparse"),
    ] as [(String, ParameterValue, String)] {
      expectError(key, containing: part) { _ = try definition.make(parameters: [key: value]) }
    }
    expectError("leastFriction", containing: "1.0") {
      _ = try definition.make(parameters: ["task": "friction", "leastFriction": 2])
    }
    expectError("shiftedFriction") {
      _ = try definition.make(parameters: ["task": "friction", "shiftedFriction": 0.3])
    }
  }
}
