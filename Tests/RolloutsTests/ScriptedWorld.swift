import EnvironmentKit
import Randomness

/// A world whose rewards and ends are drawn from its stream, whatever the actions: the data that a
/// test of returns and baselines needs.
struct ScriptedWorld: Environment {
  struct Task: Codable, Sendable, Equatable {
    var offset: Float
  }

  struct Parameters: EnvironmentParameters {
    var horizon = 12
    var terminationProbability: Float = 0
    var rewardScale: Float = 1
    /// Observations are this value plus as many normal draws.
    var observationOffset: Float = 0
    var observationScale: Float = 1
    /// The time step at which a NaN appears, and where: `reward`, `observation` or, before the first step,
    /// `first observation`.
    var failingStep = -1
    var failure = "reward"
  }

  struct Offsets: TaskDistribution {
    func sample(split: TaskSplit, random: inout RandomStream) -> Task { Task(offset: 0) }
  }

  static let name = "scripted-world"
  static let summary = "Rewards from a script"
  private let parameters: Parameters
  private var offset: Float = 0
  private var time = 0

  init(parameters: Parameters) { self.parameters = parameters }

  static func specification(parameters: Parameters) throws -> EnvironmentSpecification {
    try EnvironmentSpecification(
      observation: [Component("x"), Component("y")],
      action: .continuous([Component("push", range: -1...1)]), horizon: parameters.horizon)
  }

  static func tasks(parameters: Parameters) -> Offsets { Offsets() }

  mutating func reset(
    task: Task, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) {
    offset = task.offset
    time = 0
    observe(&random, &observation)
    if parameters.failure == "first observation" { observation[0] = .infinity }
  }

  mutating func step(
    action: Span<Float>, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) -> Transition {
    observe(&random, &observation)
    let draw: Float = random.normal()
    var reward = offset + parameters.rewardScale * draw
    if time == parameters.failingStep {
      if parameters.failure == "reward" { reward = .nan } else { observation[1] = .nan }
    }
    time += 1
    let chance: Float = random.uniform()
    return Transition(reward: reward, terminated: chance < parameters.terminationProbability)
  }

  private func observe(_ random: inout RandomStream, _ observation: inout MutableSpan<Float>) {
    for index in observation.indices {
      let draw: Float = random.normal()
      observation[index] = parameters.observationOffset + parameters.observationScale * draw
    }
  }
}
