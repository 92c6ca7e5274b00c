import EnvironmentKit
import Foundation
import RunRecords
import Statistics
import Testing

@testable import Reports

@Suite struct FigureTests {
  private var comparison: Comparison {
    Comparison(
      [
        methodResult("it's_a", [[[-4, -2], [-6, -1]]], experience: [-5, -4]),
        methodResult("o", [[[-1, -1], [-1, -1]]], experience: [-1, -1]),
      ],
      references: .init(pretrained: "it's_a", oracle: "o"), seed: 1)
  }

  private func replay(size: SIMD2<Float>) throws -> Replay {
    let scenes = (0..<3).map { step in
      var scene = Scene(from: -size / 2, to: size / 2, caption: "x</script>")
      scene.add(.goal, [[0.5, 0.25]], radius: 0.1)
      scene.add(.body, [[Float(step), 0], [Float(step), 1]])
      return scene
    }
    let episode = RecordedEpisode(scenes: scenes, rewards: [1, 1], terminated: true)
    return try #require(Replay(task: 3, value: ["goal": 1], episodes: [episode, episode]))
  }

  private func drawn(_ figure: Figure, _ check: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/fledge-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try makeDirectory(folder)
    let svg = try figure.draw(in: folder)
    #expect(
      svg.hasPrefix("<svg") && !svg.contains("'black'") && !svg.contains("rgb(  0,   0,   0)"),
      "\(figure.name)")
    for ending in ["csv", "gp", "svg", "pdf"] {
      let path = "\(folder)/\(figure.name).\(ending)"
      #expect(FileManager.default.contents(atPath: path)?.isEmpty == false, "\(path)")
    }
    try check(svg)
  }

  @Test("Budgets far apart are drawn over a logarithmic axis, so that the smaller one has width")
  func budgets() {
    let long = [(steps: 1000, value: -5.0), (steps: 9000, value: -3)]
    for (short, isLogarithmic) in [(steps: 100, value: -4.0), (steps: 4000, value: -4)].map({
      ([$0], $0.steps == 100)
    }) {
      let figure = Figure.learning([("a", [long]), ("b", [short])], comparison)
      #expect(figure.commands.contains("set logscale x") == isLogarithmic)
    }
  }

  @Test(
    "gnuplot draws every figure, as SVG and PDF beside its data",
    .enabled(if: ExternalTool.gnuplot.path != nil, "gnuplot isn't installed"))
  func drawing() throws {
    let goals: [ParameterValue] = [["goal": [0.5, 1]], ["goal": [0.25, 2]]]
    let speeds: [ParameterValue] = [["v": 1], ["v": 2]]
    let figures = [
      Figure.learning([("it's_a", [[(10, -5), (20, -3)], [(10, -6), (20, -2)]])], comparison),
      .adaptation(comparison, perEpisode: false), .adaptation(comparison, perEpisode: true),
      try #require(Figure.regret(comparison)), .profiles(comparison),
      try #require(Figure.taskMap("m", tasks: goals, before: [-2, -3], after: [-1, -1])),
      try #require(Figure.taskMap("m", tasks: speeds, before: [-2, -3], after: [-1, -1])),
      try #require(Figure.paths([replay(size: [2, 2])])),
      try #require(Figure.paths([replay(size: [4, 2])])),
    ]
    for figure in figures {
      try drawn(figure) { svg in
        if figure.name == "adaptation-per-step" { #expect(svg.contains("it's_a")) }
      }
    }
  }

  @Test("Tasks that don't differ in a number have no map; nothing to see has no paths")
  func nothing() {
    let tasks: [ParameterValue] = [["v": 1, "name": "a"], ["v": 1, "name": "b"]]
    #expect(Figure.taskMap("m", tasks: tasks, before: [1, 2], after: [1, 2]) == nil)
    #expect(Figure.paths([]) == nil)
    let blind = Comparison([methodResult("a", [[[0, 0]]])], seed: 1)
    #expect(Figure.regret(blind) == nil)
  }

  @Test(
    "Axes have the units that a task's numbers are known to have, those of a list for its elements")
  func units() throws {
    let tasks: [ParameterValue] = [
      ["goal": [0.5, 1], "velocity": 1], ["goal": [0.25, 2], "velocity": 2],
    ]
    let map = { (units: [String: String], tasks: [ParameterValue]) in
      try #require(
        Figure.taskMap("m", tasks: tasks, before: [1, 2], after: [1, 2], units: units)
      ).commands
    }
    let known = try map(["goal": "m", "go": "s"], tasks)
    #expect(known.contains("'goal x / m'") && known.contains("'goal y / m'"))
    let speeds: [ParameterValue] = [["velocity": 1], ["velocity": 2]]
    #expect(try map(["velocity": "m/s"], speeds).contains("'velocity / (m/s)'"))
    #expect(try map([:], speeds).contains("'velocity'"))
  }

  @Test("A task's numbers are named by their path")
  func numbers() {
    let task: ParameterValue = [
      "goal": [1, 2.5], "walls": [[1, 2], [3, 4], [5, 6]], "name": "a",
    ]
    let numbers = task.numbers()
    #expect(numbers.prefix(2).map(\.key) == ["goal x", "goal y"])
    #expect(numbers.dropFirst(2).map(\.key).prefix(3) == ["walls.0 x", "walls.0 y", "walls.1 x"])
    #expect(numbers.map(\.value) == [1, 2.5, 1, 2, 3, 4, 5, 6])
  }

  @Test("Replays hold each shape once, and can't end the script element they stand in")
  func replayData() throws {
    let json = ReplayData([try replay(size: [2, 2])]).json
    #expect(!json.contains("</script>"))
    let data = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect((data["shapes"] as? [Any])?.count == 4 && data["side"] as? Bool == false)
    let episodes = ((data["tasks"] as? [[String: Any]])?.first?["episodes"]) as? [[String: Any]]
    #expect(episodes?.count == 2)
    #expect(episodes?[0]["frames"] as? [[Int]] == [[0, 1], [0, 2], [0, 3]])
    #expect(episodes?[0]["views"] as? [[Double]] == [[-1, -1, 1, 1]])
    #expect(episodes?[0]["returns"] as? [Double] == [0, 1, 2])
  }

  @Test("The fastest tasks are those on which least is lost against the optimum")
  func speed() {
    let method = methodResult("a", [[[-4, -2], [-9, -1], [-3, -3]]])
    #expect(Report.tasksBySpeed(method, optimum: nil) == [0, 2, 1])
    #expect(Report.tasksBySpeed(method, optimum: [-1, -4, -3]) == [2, 1, 0])
  }
}
