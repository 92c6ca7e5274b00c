import EnvironmentKit
import Randomness

/// Three arms of which one pays: who remembers what paid earns it from then on, who doesn't earns a third.
struct Bandit: Environment {
  struct Task: Codable, Sendable, Equatable {
    var arm: Int
  }

  struct Parameters: EnvironmentParameters {
    var horizon = 3
  }

  struct Arms: TaskDistribution {
    func sample(split: TaskSplit, random: inout RandomStream) -> Task {
      Task(arm: random.index(below: 3))
    }
  }

  static let name = "bandit"
  static let summary = "Three arms, one of which pays"
  private var arm = 0

  init(parameters: Parameters) {}

  static func specification(parameters: Parameters) throws -> EnvironmentSpecification {
    try EnvironmentSpecification(
      observation: [Component("nothing")], action: .discrete(["left", "middle", "right"]),
      horizon: parameters.horizon)
  }

  static func tasks(parameters: Parameters) -> Arms { Arms() }

  mutating func reset(
    task: Task, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) {
    arm = task.arm
    observation[0] = 0
  }

  mutating func step(
    action: Span<Float>, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) -> Transition {
    observation[0] = 0
    return Transition(reward: Int(action[0]) == arm ? 1 : 0, terminated: false)
  }
}
