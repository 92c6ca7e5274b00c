import Adaptation
import Differentiation
import EnvironmentKit
import Foundation
import Models
import Parallel
import PointNavigation
import Policies
import Randomness
import Rollouts
import Settings
import Testing

@testable import MetaLearning

@Suite("PEARL")
struct PEARLTests {
  private func learner(
    _ change: (inout MetaLearningSettings) -> Void = { _ in }
  ) throws -> MetaLearner {
    var settings = MetaLearningSettings()
    settings.inferFromReplay()
    settings.policy.hiddenSizes = [24]
    settings.policy.parameters = ["latentSize": 2, "encoderSizes": .array([16])]
    settings.outer.tasks = 4
    settings.outer.learningRate = 5e-3
    settings.outer.replay.updates = 15
    (settings.outer.replay.batchTasks, settings.outer.replay.batchSteps) = (4, 32)
    settings.outer.replay.contextSteps = 8
    settings.outer.replay.targetRate = 0.05
    settings.outer.replay.latentWeight = 0.01
    settings.advantages.discount = 0.5
    change(&settings)
    let environment = try EnvironmentDefinition(Aim.self).make(parameters: [:])
    let policy = try Policy(
      for: environment.specification, settings: settings.policy, networks: .builtIn)
    return try MetaLearner(
      problem: .episodes(environment, policy), settings: settings, seed: 3, team: Threads(1))
  }

  @Test("It learns to act by what the first episode says of the goal")
  func aim() throws {
    let learner = try learner()
    var reports: [IterationReport] = []
    for _ in 0..<60 { reports.append(try learner.iterate()) }
    // In the first episode nobody knows the goal: at best -0.6 a step, four of them.
    let returns = (0..<2).map { episode in
      reports.suffix(10).reduce(0) { $0 + $1.returns[episode] } / 10
    }
    #expect(returns[1] > -1.2 && returns[1] > returns[0] + 0.8, "\(returns)")
  }

  @Test("Its gradients are those of its losses, and losses of other weights are told from them")
  func gradient() throws {
    let learner = try learner()
    for isBroken in [false, true] {
      let checks = try gradientChecks(
        learner.problem, settings: learner.settings, seed: 1, isBroken: isBroken)
      #expect(checks.map(\.name) == ["criticLoss", "valueLoss", "actorLoss"], "\(checks)")
      // What the value and the actor learn from knows no weight.
      #expect(checks[0].passed == !isBroken && checks[1].passed && checks[2].passed, "\(checks)")
    }
  }

  @Test("The losses are what their formulas say, step by step")
  func losses() throws {
    let learner = try learner()
    guard case .episodes(_, let policy) = learner.problem,
      let network = policy.network as? LatentNetwork
    else { return }
    let parameters = learner.state.parameters.converted(to: Double.self)
      .adding(values(Shape(1, policy.layout.count), seed: 1, scale: 0.1))
    let value = policy.layout.valueRange
    let target = parameters.view(from: value.lowerBound, shape: Shape(1, value.count))
      .adding(values(Shape(1, value.count), seed: 2, scale: 0.1))
    var rows = values(Shape(6, 5), seed: 3)
    rows = Tensor(
      rows.shape,
      rows.elements.enumerated().map {
        switch $0 % 5 {
        case 1: tanh($1)
        case 3: $0 > 15 ? 0 : 1
        default: $1
        }
      })
    let steps = Transitions(rows: rows, observationWidth: 1)
    let batch = ReplayBatch(
      context: values(Shape(3, 3), seed: 4), steps: steps,
      latentNoise: values(Shape(1, 2), seed: 5),
      actionNoise: values(Shape(6, 1), seed: 6))
    let found = ActorCriticLoss(policy, network, learner.settings)
      .gradient(at: parameters, target: target, on: batch).terms

    let tensors = policy.layout.constants(of: parameters)
    func output(_ part: LatentNetwork.Part, _ inputs: [Double]) -> [Double] {
      part.network.outputs(
        Array(tensors[part.tensors]), Variable(Tensor(Shape(1, inputs.count), inputs))
      ).value.elements
    }
    // The product of normal distributions, each by its density.
    var (precision, weighted) = ([0.0, 0.0], [0.0, 0.0])
    for row in 0..<3 {
      let said = output(network.encoderPart, (0..<3).map { batch.context[row, $0] })
      for k in 0..<2 {
        let variance = log(1 + exp(said[2 + k]))
        precision[k] += 1 / variance
        weighted[k] += said[k] / variance
      }
    }
    let latent = (0..<2).map {
      weighted[$0] / precision[$0] + batch.latentNoise[0, $0] / precision[$0].squareRoot()
    }
    let divergence = (0..<2).reduce(0.0) { sum, k in
      let (mean, variance) = (weighted[k] / precision[k], 1 / precision[k])
      return sum + 0.5 * (variance + mean * mean - 1 - log(variance))
    }
    let targetTensors = ParameterLayout(network.value.parameters).constants(of: target)
    var (critic, valueError, actor) = (0.0, 0.0, 0.0)
    for row in 0..<6 {
      let observation = rows[row, 0]
      let later = network.value.outputs(
        targetTensors, Variable(Tensor(Shape(1, 3), [rows[row, 4]] + latent))
      ).value.scalar
      let goal = 5 * rows[row, 2] + 0.5 * rows[row, 3] * later
      for part in network.criticParts {
        let error = output(part, [observation, rows[row, 1]] + latent)[0] - goal
        critic += error * error / 6
      }
      let described = output(network.headPart, [observation] + latent)
      let deviation = exp(described[1])
      let number = described[0] + deviation * batch.actionNoise[row, 0]
      let action = tanh(number)
      let noise = batch.actionNoise[row, 0]
      let density = exp(-noise * noise / 2) / (deviation * (2 * Double.pi).squareRoot())
      let logProbability = log(density / (1 - action * action))
      let least = network.criticParts.map { output($0, [observation, action] + latent)[0] }.min()!
      let error = output(network.valuePart, [observation] + latent)[0] - least + logProbability
      valueError += error * error / 6
      actor += (logProbability - least) / 6
    }
    let expected = [
      "criticLoss": critic, "valueLoss": valueError, "actorLoss": actor,
      "latentDivergence": divergence,
    ]
    for (name, value) in expected {
      #expect(abs((found[name] ?? .nan) - value) < 1e-9 * max(1, abs(value)), "\(name)")
    }
  }

  @Test("Tasks together have the mean of the losses and gradients that each has alone")
  func together() throws {
    let learner = try learner()
    _ = try learner.iterate()
    guard case .episodes(_, let policy) = learner.problem,
      let network = policy.network as? LatentNetwork
    else { return }
    let parameters = learner.state.parameters.converted(to: Double.self)
    let value = policy.layout.valueRange
    let target = parameters.view(from: value.lowerBound, shape: Shape(1, value.count))
    let batches = try [0, 1].map { task in
      var random = RandomStream(seed: 1, task: task, purpose: .replay)
      return ReplayBatch(
        try #require(learner.state.replay[task]), recent: 16, network,
        learner.settings.outer.replay, &random)
    }
    let loss = ActorCriticLoss(policy, network, learner.settings)
    let alone = batches.map {
      loss.gradient(at: parameters, target: target, on: $0.converted(to: Double.self))
    }
    let both = loss.gradient(
      at: parameters, target: target,
      on: ReplayBatch(joining: batches).converted(to: Double.self))
    let mean = (alone[0] + alone[1]).scaled(by: 0.5)
    #expect(relativeError(both.gradient, mean.gradient) < 1e-12)
    for (name, value) in mean.terms {
      #expect(abs((both.terms[name] ?? .nan) - value) < 1e-12 * max(1, abs(value)), "\(name)")
    }
  }

  @Test("What is replayed is what happened, the latest steps of each task")
  func replay() throws {
    let learner = try learner { $0.outer.replay.capacity = 20 }
    for _ in 0..<3 { _ = try learner.iterate() }
    guard case .episodes(let environment, _) = learner.problem else { return }
    let goals = try #require(environment.trainingTasks)
    #expect(Set(learner.state.replay.keys) == [0, 1])
    for (task, steps) in learner.state.replay {
      // Three iterations brought more than are kept.
      #expect(steps.count == 20 && steps.width == 5)
      let goal = goals[task].json.contains("-") ? -0.6 : 0.6
      let rows = Transitions(rows: steps.all, observationWidth: 1)
      for row in 0..<20 {
        #expect(abs(Double(rows.rewards[row, 0]) + abs(Double(rows.actions[row, 0]) - goal)) < 1e-5)
        #expect(rows.goesOn[row, 0] == 1)
      }
    }
  }

  @Test("Without a limited number of training tasks it says what to give")
  func unlimited() throws {
    let learner = try navigationLearner { $0.outer.method = .pearl }
    guard case .episodes(_, let policy) = learner.problem else { return }
    let environment = try EnvironmentDefinition(PointNavigation.self).make(parameters: [:])
    let unlimited = try MetaLearner(
      problem: .episodes(environment, policy), settings: learner.settings, seed: 1, team: Threads(1)
    )
    let error = #expect(throws: EnvironmentError.self) { try unlimited.iterate() }
    #expect(error.map { "\($0)".contains("limit its training tasks") } == true)
  }

  @Test("What it can't work with is refused by name")
  func refusals() {
    let changes: [(String, (inout MetaLearningSettings) -> Void)] = [
      ("inner.steps", { $0.inner.steps = 1 }),
      ("policy.network", { $0.policy.network = .perceptron }),
      ("policy.distribution", { $0.policy.distribution = .gaussian }),
      ("policy.valueHead", { $0.policy.valueHead = true }),
      ("policy.inputs", { $0.policy.inputs = .history }),
    ]
    for (key, change) in changes {
      var settings = MetaLearningSettings()
      settings.inferFromReplay()
      #expect(settings.method.violation(in: settings) == nil)
      change(&settings)
      #expect(settings.method.violation(in: settings)?.key == key)
    }
  }
}

@Suite("Rows of a replay")
struct RowQueueTests {
  @Test("The latest rows stay, in their order, however they came", arguments: [1, 3, 7, 40])
  func latest(chunk: Int) {
    var queue = RowQueue(width: 2)
    var expected: [Float] = []
    var next: Float = 0
    var before: (RowQueue, [Float])?
    while next < 100 {
      let rows = (0..<chunk).flatMap { [next + Float($0), -next - Float($0)] }
      queue.append(Tensor(Shape(chunk, 2), rows), keeping: 25)
      expected = Array((expected + rows).suffix(50))
      next += Float(chunk)
      #expect(queue.count == expected.count / 2)
      #expect(queue.all.elements == expected)
      let indices = [queue.count - 1, 0, queue.count / 2]
      #expect(
        queue.rows(at: indices).elements
          == indices.flatMap { [expected[2 * $0], expected[2 * $0 + 1]] })
      // A copy doesn't follow.
      if let (old, values) = before { #expect(old.all.elements == values) }
      before = (queue, expected)
    }
  }
}
