import EnvironmentKit
import Randomness

/// An action pays the more the nearer it is to a goal, one of two: who has tried one knows which.
struct Aim: Environment {
  struct Task: Codable, Sendable, Equatable {
    var goal: Float
  }

  struct Parameters: EnvironmentParameters {
    var horizon = 4
  }

  struct Goals: TaskDistribution {
    let all: [Task]? = [Task(goal: -0.6), Task(goal: 0.6)]

    func sample(split: TaskSplit, random: inout RandomStream) -> Task {
      Task(goal: random.index(below: 2) == 0 ? -0.6 : 0.6)
    }
  }

  static let name = "aim"
  static let summary = "A goal that actions are to come near"
  private var goal: Float = 0

  init(parameters: Parameters) {}

  static func specification(parameters: Parameters) throws -> EnvironmentSpecification {
    try EnvironmentSpecification(
      observation: [Component("nothing")], action: .continuous([Component("aim", range: -1...1)]),
      horizon: parameters.horizon)
  }

  static func tasks(parameters: Parameters) -> Goals { Goals() }

  mutating func reset(
    task: Task, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) {
    goal = task.goal
    observation[0] = 0
  }

  mutating func step(
    action: Span<Float>, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) -> Transition {
    observation[0] = 0
    return Transition(reward: -abs(action[0] - goal), terminated: false)
  }
}
