import Adaptation
import Differentiation
import EnvironmentKit
import MetaLearning
import Models
import Parallel
import Policies
import Rollouts
import Settings
import Testing

@Suite("RL²")
struct RL2Tests {
  private func learner(
    _ change: (inout MetaLearningSettings) -> Void = { _ in }
  ) throws -> MetaLearner {
    try banditLearner { settings in
      settings.remember()
      settings.policy.hiddenSizes = [16]
      settings.outer.trials.episodes = 3
      settings.outer.learningRate = 1e-2
      change(&settings)
    }
  }

  @Test("It learns to find the arm that pays in the first episode and to go on with it")
  func bandit() throws {
    let learner = try learner()
    var returns: [Double] = []
    for _ in 0..<60 { returns = try learner.iterate().returns }
    // Who knows the arm earns 3; who tries each in turn earns 2 of the first three pulls at the most, on average.
    #expect(returns.count == 3)
    #expect(returns[0] > 1.3 && returns[1] > 2.6 && returns[2] > 2.6, "\(returns)")
  }

  @Test("Without what it remembers of the episodes before it begins anew")
  func memory() throws {
    let learner = try learner()
    for _ in 0..<60 { _ = try learner.iterate() }
    guard case .episodes(let environment, let policy) = learner.problem else { return }
    let collector = try Collector(environment: environment, policy: policy, capacity: 200)
    let adaptation = MemoryAdaptation(policy, parameters: learner.state.parameters)
    // Over several tasks: on one, what it tries first may be what pays.
    let tasks = try environment.sampleTasks(split: .test, count: 12, seed: 1)
    #expect(Set(tasks.map(\.json)).count == 3)
    var returns = [Double](repeating: 0, count: 4)
    for task in tasks {
      var progress = adaptation.begin()
      for phase in 0..<4 {
        let episodes = try collector.collect(
          200, task: task, by: adaptation.actor(progress),
          name: CollectionName(seed: 1, iteration: 0, task: 0, phase: phase))
        adaptation.learn(&progress, from: episodes, repetitions: nil)
        if phase == 2 { progress = adaptation.begin() }
        returns[phase] += episodes.meanReturn / Double(tasks.count)
      }
    }
    #expect(returns[2] > 2.6 && returns[3] < returns[2] - 0.5, "\(returns)")
  }

  @Test("One of finitely many actions is shown as a 1 among zeros")
  func discreteHistory() throws {
    let learner = try learner()
    guard case .episodes(let environment, let policy) = learner.problem else { return }
    let collector = try Collector(environment: environment, policy: policy, capacity: 4)
    let episodes = try collector.collect(
      4, task: environment.sampleTasks(split: .train, count: 1, seed: 1)[0],
      by: Actor(policy, parameters: learner.state.parameters),
      name: CollectionName(seed: 1, iteration: 1, task: 0, phase: 0))
    guard case .discrete(let actions) = episodes.actions else {
      Issue.record("actions are not discrete")
      return
    }
    for step in episodes.steps(of: 2).dropFirst() {
      let shown = (1..<6).map { episodes.observations[step, $0] }
      #expect(
        shown == (0..<3).map { $0 == actions[step - 1] ? 1 : 0 } + [episodes.rewards[step - 1], 0])
    }
  }

  @Test("A critic whose units change goes on predicting the same values")
  func valueScale() throws {
    let learner = try learner()
    let before = learner.state
    _ = try learner.iterate()
    let numbers = try #require(learner.state.own["trials/valueScale"])
    #expect(numbers.count == 3 && numbers[1] > 0 && numbers[2] == 1)
    #expect(before.own["trials/valueScale"] == [0, 1, 0])
    // With rates of 0 nothing but the units has changed.
    let idle = try self.learner { $0.outer.learningRate = 0 }
    let first = idle.state.parameters
    _ = try idle.iterate()
    guard case .episodes(_, let policy) = idle.problem,
      let scale = idle.state.own["trials/valueScale"]
    else { return }
    let inputs = Sequences(Tensor<Float>(Shape(4, 6), (0..<24).map { Float($0 % 5) / 5 }))
    let outputs = [first, idle.state.parameters].map {
      policy.outputs(policy.layout.constants(of: $0), inputs)
    }
    for row in 0..<4 {
      let old = Double(outputs[0].value?.value[row, 0] ?? .nan)
      let new = Double(outputs[1].value?.value[row, 0] ?? .nan)
      #expect(abs(scale[0] + scale[1] * new - old) < 1e-5)
    }
    #expect(outputs[0].location.value.elements == outputs[1].location.value.elements)
  }

  @Test("Its gradient is that of its loss, and a loss of other weights is told from it")
  func gradient() throws {
    let learner = try learner { $0.outer.trials.entropyWeight = 0.01 }
    for isBroken in [false, true] {
      let checks = try gradientChecks(
        learner.problem, settings: learner.settings, seed: 1, isBroken: isBroken)
      #expect(checks.map(\.name) == ["trialLoss"] && checks[0].passed == !isBroken, "\(checks)")
    }
  }

  @Test("What it can't work with is refused by name")
  func refusals() {
    #expect(refusesWhatTrialsLack { $0.remember() })
  }
}
