import EnvironmentKit
import Navigation
import Testing

@Suite struct MazeTaskTests {
  private let definition = EnvironmentDefinition(MazeNavigation.self)

  private func extent(_ goal: SIMD2<Float>) -> Float { max(abs(goal.x), abs(goal.y)) }

  @Test func `goals fill the square, shifted ones the band around it`() throws {
    for split in [TaskSplit.train, .validation, .test] {
      let drawn = try tasks(MazeNavigation.self, split)
      #expect(drawn.allSatisfy { extent($0.goal) <= 0.75 && $0.layout == .pinwheel })
      #expect(drawn.contains { extent($0.goal) > 0.7 })
      #expect(drawn.contains { extent($0.goal) < 0.35 })
    }
    for task in try tasks(MazeNavigation.self, .shifted) {
      #expect(extent(task.goal) > 0.75 && extent(task.goal) <= 0.9)
    }
  }

  @Test func `layouts have two or three doors, shifted ones one`() throws {
    let train = try tasks(MazeNavigation.self, .train, ["task": "layout"])
    let shifted = try tasks(MazeNavigation.self, .shifted, ["task": "layout"])
    // A side with a door is two walls.
    #expect(Set(train.map(\.layout.walls.count)) == [6, 7])
    #expect(Set(shifted.map(\.layout.walls.count)) == [5])
    #expect(Set(train.map(\.layout.walls[0].start.y)).count > 450)
  }

  @Test func `the splits share no task`() throws {
    for family: ParameterValue in ["goal", "layout"] {
      let all = try TaskSplit.allCases.flatMap {
        try definition.make(parameters: ["task": family])
          .sampleTasks(split: $0, count: 500, seed: 1).map(\.json)
      }
      #expect(Set(all).count == 2000)
    }
  }

  @Test func `every drawn task is accepted when it is read back`() throws {
    for family: ParameterValue in ["goal", "layout"] {
      for (goals, shifted) in [(0.75, 0.9), (0.4, 0.41), (0.85, 0.9)] {
        let environment = try definition.make(parameters: [
          "task": family, "goalRange": .number(goals), "shiftedRange": .number(shifted),
        ])
        for split in TaskSplit.allCases {
          for task in try environment.sampleTasks(split: split, count: 100, seed: 5) {
            #expect(try environment.task(json: task.json) == task)
          }
        }
      }
    }
  }

  @Test func `goal and layout change what is seen and rewarded`() throws {
    let drawn = try tasks(MazeNavigation.self, .train, ["task": "layout"], count: 2)
    var parameters = MazeNavigation.Parameters()
    let near = try Driven<MazeNavigation>(parameters, task: drawn[0])
    let other = try Driven<MazeNavigation>(parameters, task: drawn[1])
    #expect(near["range north"] != other["range north"])
    parameters.observesTask = true
    let told = try Driven<MazeNavigation>(parameters, task: drawn[0])
    #expect(told.observation.count == near.observation.count + 2)
    #expect(told.observation.prefix(12) == near.observation.prefix(12))
    #expect([told["goal x"], told["goal y"]] == [drawn[0].goal.x, drawn[0].goal.y])
  }

  @Test func `tasks that make no maze are refused`() throws {
    let environment = try definition.make()
    func refused(_ key: String, _ goal: String, _ walls: String, because part: String) {
      expectError(key, containing: part) {
        _ = try environment.task(json: #"{"goal":\#(goal),"layout":{"walls":[\#(walls)]}}"#)
      }
    }
    let wall = #"{"start":[0.5,-0.5],"end":[0.5,0.5]}"#
    refused("goal", "[0.5,0.1]", wall, because: "wall 0")
    refused("goal", "[0.57,0.1]", wall, because: "wall 0")
    refused("goal", "[1.5,0.1]", "", because: "inside the arena")
    refused("goal", "[0.95,0.1]", "", because: "[-0.92, 0.92]")
    refused(
      "goal", "[0.7,0.1]", #"{"start":[0.5,-1],"end":[0.5,1]}"#, because: "walled off")
    refused(
      "goal", "[0.7,0.1]", #"{"start":[0.5,-0.9],"end":[0.5,0.9]}"#, because: "walled off")
    refused(
      "layout.walls.0", "[0.7,0.1]", #"{"start":[0.1,-0.1],"end":[0.1,0.1]}"#, because: "start")
    refused(
      "layout.walls.0", "[0.7,0.1]", #"{"start":[0.4,0.1],"end":[0.4,0.1]}"#, because: "long")
    refused(
      "layout.walls.1.end", "[0.7,0.1]", wall + #",{"start":[0,0.5],"end":[0,3]}"#,
      because: "inside the arena")
    refused(
      "layout.walls", "[0.7,0.1]", Array(repeating: wall, count: 65).joined(separator: ","),
      because: "at most 64")
  }

  @Test func `parameters out of range are refused by name`() {
    for (key, value, part) in [
      ("mass", -1, "[0.001, 1000.0]"), ("damping", 0, "[0.001"), ("maximumForce", 0, "above 0"),
      ("maximumForce", 30, "at most 20"), ("goalRange", 0.2, "0.4"), ("shiftedRange", 0.5, "0.9"),
      ("startRange", 0.5, "0.2"), ("goalTolerance", 0, "0.01"), ("horizon", 0, "1000000"),
      ("task", "goals", "goal, layout"), ("reward", "shaped", "dense, sparse"),
      ("task", 3, "a text"),
    ] as [(String, ParameterValue, String)] {
      expectError(key, containing: part) { _ = try definition.make(parameters: [key: value]) }
    }
  }
}
