import Adaptation
import Differentiation
import EnvironmentKit
import Foundation
import Models
import Parallel
import Policies
import Randomness
import Rollouts
import Settings
import Testing

@testable import MetaLearning

@Suite("VariBAD")
struct VariBADTests {
  private func learner(
    horizon: Int = 3, _ change: (inout MetaLearningSettings) -> Void = { _ in }
  ) throws -> MetaLearner {
    try banditLearner(horizon: horizon) { settings in
      settings.infer()
      settings.policy.hiddenSizes = [16]
      settings.policy.parameters = [
        "latentSize": 3, "encoderSizes": .array([16]), "decoderSizes": .array([16]),
      ]
      settings.outer.beliefs.posteriors = 3
      settings.outer.beliefs.decodedSteps = 9
      settings.outer.trials.episodes = 3
      settings.outer.learningRate = 1e-2
      change(&settings)
    }
  }

  @Test(
    "It learns to infer the arm that pays in the first episode, and to predict rewards from that")
  func bandit() throws {
    let learner = try learner()
    var reports: [IterationReport] = []
    for _ in 0..<60 { reports.append(try learner.iterate()) }
    let returns = reports[59].returns
    // Who knows the arm earns 3; who tries each in turn earns 2 of the first three pulls at the most, on average.
    #expect(returns.count == 3)
    #expect(returns[0] > 1.3 && returns[1] > 2.6 && returns[2] > 2.6, "\(returns)")
    let errors = reports.map { $0.metrics["rewardError"]?.number ?? .nan }
    #expect(errors[59] < errors[0] / 4, "\(errors)")
    // The belief has moved away from what nothing is known by.
    #expect((reports[59].metrics["beliefDivergence"]?.number ?? 0) > 0.05)
  }

  @Test("The policy's loss moves neither encoder nor decoders")
  func separation() throws {
    let learner = try learner {
      $0.outer.beliefs.rewardWeight = 0
      $0.outer.beliefs.transitionWeight = 0
      $0.outer.beliefs.divergenceWeight = 0
    }
    guard case .episodes(_, let policy) = learner.problem else {
      Issue.record("the bandit has episodes")
      return
    }
    let before = learner.state.parameters.elements
    _ = try learner.iterate()
    let after = learner.state.parameters.elements
    for entry in policy.layout.entries {
      let range = entry.start..<entry.start + entry.shape.count
      let isActor = entry.name.hasPrefix("layers.")
      #expect((Array(before[range]) != Array(after[range])) == isActor, "\(entry.name)")
    }
  }

  @Test("Its gradients are those of its losses, and losses of other weights are told from them")
  func gradient() throws {
    let learner = try learner { $0.outer.trials.entropyWeight = 0.01 }
    for isBroken in [false, true] {
      let checks = try gradientChecks(
        learner.problem, settings: learner.settings, seed: 1, isBroken: isBroken)
      #expect(checks.map(\.name) == ["trialLoss", "beliefLoss"], "\(checks)")
      #expect(checks.allSatisfy { $0.passed == !isBroken }, "\(checks)")
    }
  }

  @Test("The bound is what its formula says, moment by moment and step by step")
  func bound() throws {
    let collected = try trials()
    let (network, trials, parameters) = (collected.network, collected.trials, collected.parameters)
    var settings = BeliefSettings()
    (settings.posteriors, settings.decodedSteps) = (40, 4)
    (settings.divergenceWeight, settings.rewardWeight, settings.transitionWeight) = (0.3, 2, 0.5)
    var random = RandomStream(seed: 2, purpose: .minibatches)
    let sample = BeliefSample(trials, network, settings, &random).converted(to: Double.self)
    let found = BeliefLoss(network, settings).gradient(at: parameters, on: sample)

    let variables = network.beliefLayout.constants(of: parameters)
    let beliefs = network.encoder.outputs(variables, sample.inputs).value
    let firsts = Set(trials.inputs.starts)
    #expect(!sample.later.isEmpty && sample.later.count < sample.moments.count)
    var (rewards, transitions, divergence) = (0.0, 0.0, 0.0)
    for (index, moment) in sample.moments.enumerated() {
      let trial = trials.inputs.starts.lastIndex { $0 <= moment } ?? 0
      let length = trials.inputs.starts[trial + 1] - trials.inputs.starts[trial]
      let logs = (0..<2).map { beliefs[moment, 2 + $0] }
      let isFirst = firsts.contains(moment)
      for k in 0..<2 {
        let oldMean = isFirst ? 0 : beliefs[moment - 1, k]
        let oldLog = isFirst ? 0 : beliefs[moment - 1, 2 + k]
        let distance = beliefs[moment, k] - oldMean
        let ratio = (exp(logs[k]) + distance * distance) / exp(oldLog)
        divergence += 0.5 * (oldLog - logs[k] + ratio - 1)
      }
      let latent = (0..<2).map { beliefs[moment, $0] + exp(logs[$0] / 2) * sample.noise[index, $0] }
      for number in 0..<4 {
        let row = index * 4 + number
        let happened = Variable(sample.happened.rows(row..<row + 1))
        let sampled = Variable(Tensor(Shape(1, 2), latent))
        let reward = network.rewards(variables, latent: sampled, happened: happened).value.scalar
        let after = network.observationsAfter(variables, latent: sampled, happened: happened).value
        let share = 0.5 * Double(length) / 4
        rewards += share * (reward - sample.rewards[row, 0]) * (reward - sample.rewards[row, 0])
        for k in 0..<2 {
          let miss = after[0, k] - sample.happened[row, 4 + k]
          transitions += share * miss * miss
        }
      }
    }
    let count = Double(sample.moments.count)
    let expected = (0.3 * divergence + 2 * rewards + 0.5 * transitions) / count
    #expect(abs(found.loss - expected) < 1e-10 * abs(expected))
    #expect(abs((found.terms["rewardError"] ?? .nan) - rewards / count) < 1e-10)
    #expect(abs((found.terms["transitionError"] ?? .nan) - transitions / count) < 1e-10)
    #expect(abs((found.terms["beliefDivergence"] ?? .nan) - divergence / count) < 1e-10)
  }

  @Test(
    "What is predicted is what happened: of each step its observations, its action and its reward")
  func steps() throws {
    let collected = try trials()
    let trials = collected.trials
    var settings = BeliefSettings()
    (settings.posteriors, settings.decodedSteps) = (3, 7)
    var random = RandomStream(seed: 4, purpose: .minibatches)
    let sample = BeliefSample(trials, collected.network, settings, &random)
    guard case .continuous(let actions) = trials.actions, let following = trials.following else {
      Issue.record("navigation has continuous actions, and what follows them is kept")
      return
    }
    let steps = (0..<trials.rewards.count).map { row in
      (0..<2).map { trials.inputs.rows[row, $0] } + (0..<2).map { actions[row, $0] }
        + (0..<2).map { following[row, $0] } + [trials.rewards[row]]
    }
    for (row, moment) in sample.momentOfStep.enumerated() {
      let step = (0..<6).map { sample.happened[row, $0] } + [sample.rewards[row, 0]]
      let place = try #require(steps.firstIndex(of: step))
      // Of the moment's own trial.
      let starts = trials.inputs.starts
      let own = starts.lastIndex { $0 <= sample.moments[moment] }
      #expect(starts.lastIndex { $0 <= place } == own)
      // A point moves by its action, scaled and clipped.
      for axis in 0..<2 {
        let moved = min(max(step[2 + axis], -1), 1) * 0.1
        #expect(abs(step[axis] + moved - step[4 + axis]) < 1e-5)
      }
    }
  }

  @Test(
    "What training shows the actor is what it acted by, from the first episode of a trial to the last"
  )
  func shown() throws {
    let collected = try trials()
    let parameters = collected.all
    let policy = BeliefPolicy(collected.policy)
    let whole = PolicyEvaluation(
      collected.policy, parameters: parameters, inputs: collected.trials.inputs)
    let actor = PolicyEvaluation(
      policy.actor, parameters: policy.actor.lastParameters(of: parameters),
      inputs: policy.shown(collected.trials, parameters: parameters).inputs)
    let (expected, found) = (whole.outputs.location.value, actor.outputs.location.value)
    #expect(found.adding(expected, scaledBy: -1).norm < 1e-5 * expected.norm)
  }

  @Test("A trial of a single step has a belief, too")
  func singleStep() throws {
    let learner = try learner(horizon: 1) { $0.outer.trials.episodes = 1 }
    let report = try learner.iterate()
    let divergence = try #require(report.metrics["beliefDivergence"]?.number)
    #expect(divergence.isFinite && divergence >= 0)
  }

  @Test("What it can't work with is refused by name")
  func refusals() {
    #expect(refusesWhatTrialsLack { $0.infer() })
    var settings = MetaLearningSettings()
    settings.infer()
    settings.policy.network = .gatedRecurrent
    #expect(settings.method.violation(in: settings)?.key == "policy.network")
  }

  /// Trials of two episodes on point navigation, some of which end early, and a point near where training starts.
  private func trials() throws -> (
    policy: Policy, network: BeliefNetwork, trials: Trials, all: Tensor<Float>,
    parameters: Tensor<Double>
  ) {
    let learner = try navigationLearner(goalTolerance: 0.3) { $0.outer.method = .varibad }
    guard case .episodes(let environment, let policy) = learner.problem else {
      preconditionFailure("navigation has episodes")
    }
    let adapter = try EpisodeAdapter(
      environment, policy, settings: learner.settings, seed: 1, workers: 1)
    let task = try environment.sampleTasks(split: .train, count: 1, seed: 1)[0]
    let episodes = try adapter.trials(
      of: task, index: 0, worker: 0, iteration: 0,
      by: MemoryAdaptation(policy, parameters: learner.state.parameters), episodes: 2
    ).episodes
    let belief = BeliefPolicy(policy)
    return (
      policy, belief.network, Trials([episodes], keepsFollowing: true),
      learner.state.parameters,
      belief.beliefParameters(learner.state.parameters).converted(to: Double.self)
    )
  }
}
