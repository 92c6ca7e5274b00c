import EnvironmentKit
import Randomness

/// A point on a line with a random start: the least environment that uses everything.
struct LineWorld: Environment {
  struct Task: Codable, Sendable, Equatable {
    var target: Float
  }

  struct Noise: Codable, Sendable {
    var start: Float = 0.5
    var kind = "uniform"
  }

  struct Parameters: EnvironmentParameters {
    var stepSize: Float = 0.25
    var horizon = 10
    var reflecting = false
    var weights: [Float] = [1, 2]
    var noise = Noise()

    func validate() throws {
      guard stepSize > 0 else {
        throw EnvironmentError("'stepSize' is \(stepSize); it must be above 0", key: "stepSize")
      }
    }
  }

  struct Targets: TaskDistribution {
    func sample(split: TaskSplit, random: inout RandomStream) -> Task {
      Task(target: random.uniform(in: split == .shifted ? 1...2 : 0...1))
    }
  }

  static let name = "line-world"
  static let summary = "Reach a target on a line"
  private let parameters: Parameters
  private var position: Float = 0
  private var target: Float = 0

  init(parameters: Parameters) { self.parameters = parameters }

  static func specification(parameters: Parameters) throws -> EnvironmentSpecification {
    try EnvironmentSpecification(
      observation: [Component("x", unit: "m")], action: .discrete(["left", "right"]),
      horizon: parameters.horizon)
  }

  static func tasks(parameters: Parameters) -> Targets { Targets() }

  static func validate(task: Task, parameters: Parameters) throws {
    guard task.target.magnitude <= 2 else {
      throw EnvironmentError("'target' is \(task.target); it must be within 2 m", key: "target")
    }
  }

  mutating func reset(
    task: Task, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) {
    target = task.target
    position = random.uniform(in: -parameters.noise.start...parameters.noise.start)
    observation[0] = position
  }

  mutating func step(
    action: Span<Float>, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) -> Transition {
    position += (action[0] == 0 ? -1 : 1) * parameters.stepSize
    observation[0] = position
    let distance = abs(position - target)
    return distance < 0.1 ? .terminal(reward: 1) : .running(reward: -distance)
  }
}
