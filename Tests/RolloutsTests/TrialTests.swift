import Differentiation
import EnvironmentKit
import Models
import PointNavigation
import Policies
import Rollouts
import Testing

/// Episodes behind one another, of a policy that sees what it did and what that brought.
@Suite struct TrialTests {
  private func setup() throws -> Setup {
    try Setup(
      PointNavigation.self, ["goalTolerance": .number(0.5), "horizon": .integer(9)], capacity: 5,
      network: .gatedRecurrent
    ) {
      $0.inputs = .history
      $0.valueHead = true
    }
  }

  /// Three episodes of five trials, each with the memory of the one before.
  private func trial(_ setup: Setup, task: Int = 0) throws -> [Episodes] {
    var memory: Tensor<Float>?
    return try (0..<3).map { phase in
      let episodes = try setup.collect(5, task: task, phase: phase, memory: memory)
      memory = episodes.memory
      return episodes
    }
  }

  @Test("The policy is shown its last action, the reward of it, and where an episode begins")
  func history() throws {
    let episodes = try trial(setup())
    for (number, part) in episodes.enumerated() {
      guard case .continuous(let actions) = part.actions else { return }
      #expect(part.observations.shape.columns == 2 + 2 + 1 + 1)
      for episode in 0..<part.count {
        for step in part.steps(of: episode) {
          let isFirst = step == part.steps(of: episode).lowerBound
          let shown = (2..<6).map { part.observations[step, $0] }
          if !isFirst {
            #expect(
              shown == [actions[step - 1, 0], actions[step - 1, 1], part.rewards[step - 1], 0])
          } else if number == 0 {
            #expect(shown == [0, 0, 0, 1])
          } else if case .continuous(let earlier) = episodes[number - 1].actions {
            // What the episode before ended with.
            let last = episodes[number - 1].steps(of: episode).upperBound - 1
            let reward = episodes[number - 1].rewards[last]
            #expect(shown == [earlier[last, 0], earlier[last, 1], reward, 1])
          }
        }
      }
    }
  }

  @Test("A trial to learn from is one sequence, whose outputs are those that acted")
  func sequences() throws {
    let setup = try setup()
    let collected = try (0..<2).map { try trial(setup, task: $0) }
    let trials = Trials(collected)
    #expect(trials.count == 10)
    for (task, episodes) in collected.enumerated() {
      for trial in 0..<5 {
        let own = trials.taking([5 * task + trial])
        let rows = episodes.map { $0.observations.rows($0.steps(of: trial)) }
        #expect(own.inputs.rows.elements == rows.flatMap(\.elements))
        #expect(own.rewards == episodes.flatMap { $0.rewards[$0.steps(of: trial)] })
        // The last episode with the memory that it began with, and as the end of the whole sequence.
        let parameters = setup.policy.layout.constants(of: setup.parameters)
        let whole = setup.policy.outputs(parameters, own.inputs)
        let apart = setup.policy.outputs(parameters, episodes[2].inputs)
        let steps = episodes[2].steps(of: trial)
        let tail = whole.location.value.shape.rows - steps.count
        for (index, step) in steps.enumerated() {
          for column in 0..<2 {
            let found = whole.location.value[tail + index, column]
            #expect(abs(found - apart.location.value[step, column]) < 1e-5)
          }
          #expect(
            abs((whole.value?.value[tail + index, 0] ?? .nan) - (apart.value?.value[step, 0] ?? 0))
              < 1e-5)
        }
      }
    }
  }

  @Test("Advantages go over the whole trial and end with it")
  func advantages() throws {
    let trials = Trials([try trial(setup())])
    let values = trials.rewards.indices.map { 0.3 * Double($0 % 7) - 1 }
    let (discount, lambda) = (0.9, 0.8)
    let found = trials.advantages(over: values, discount: discount, lambda: lambda)
    for trial in 0..<trials.count {
      let steps = trials.inputs.starts[trial]..<trials.inputs.starts[trial + 1]
      for step in steps {
        // As the sum is written in the paper.
        var expected = 0.0
        for later in step..<steps.upperBound {
          let next = later + 1 < steps.upperBound ? values[later + 1] : 0
          let delta = Double(trials.rewards[later]) + discount * next - values[later]
          expected += (0..<later - step).reduce(delta) { sum, _ in sum * discount * lambda }
        }
        #expect(abs(found[step] - expected) < 1e-12)
      }
    }
  }
}
