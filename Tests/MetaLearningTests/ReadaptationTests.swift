import Adaptation
import Differentiation
import MetaLearning
import Models
import Policies
import Rollouts
import Testing

/// An adaptation repeated from another initialization on the same episodes, computed in double precision by
/// another system.
private struct ReadaptationCase: Decodable {
  struct Expected: Decodable {
    let adaptedParameters: [[Double]]
    let lossesBefore: [Double]
    let candidateAdaptedParameters: [[Double]]
    let candidateLosses: [Double]
    let candidateDivergences: [Double]
  }

  let name: String
  let layerSizes: [Int]
  let activation: Activation
  let innerStepSizes: [Double]
  let estimator: Estimator
  let parameters: GoldenCase.Parameters
  let tasks: [GoldenCase.Task]
  let candidate: [Double]
  let expected: Expected

  /// The inner loop of training.
  var loop: GradientAdaptation {
    var inner = InnerSettings()
    inner.steps = innerStepSizes.count
    inner.estimator = estimator
    let shape = Shape(1, candidate.count)
    return GradientAdaptation(
      policy: Policy(
        network: MultilayerPerceptron(layerSizes: layerSizes, activation: activation),
        distribution: .gaussian(minimumLogStandardDeviation: -20)),
      initial: Tensor(shape, repeating: 0), inner: inner, advantages: AdvantageSettings(),
      stepSizes: StepSizes(
        innerStepSizes.map { Tensor(shape, repeating: $0) }, trainedSteps: innerStepSizes.count),
      descendsToOptimum: false)
  }
}

@Suite struct ReadaptationTests {
  @Test("Adapting again from another initialization agrees with another system's, ratios and all")
  func referenceCases() throws {
    let all: [ReadaptationCase] = try cases(in: "readapt")
    #expect(all.count >= 4)
    for example in all {
      try check(example, as: Double.self, tolerance: 1e-9)
      try check(example, as: Float.self, tolerance: 1e-3)
    }
  }

  private func check<Scalar: TensorScalar>(
    _ example: ReadaptationCase, as type: Scalar.Type, tolerance: Double
  ) throws {
    let loop = example.loop
    let vector = { (values: [Double]) in
      Tensor<Scalar>(Shape(1, values.count), values.map { Scalar($0) })
    }
    let initial = vector(example.parameters.flat)
    let candidate = vector(example.candidate)
    for (index, task) in example.tasks.enumerated() {
      var batches: [Batch<Scalar>] = []
      for episodes in task.adaptation {
        // Each was collected by the policy that the steps before it had made.
        let collected = batch(episodes, type).collected(
          by: loop.explorer, with: loop.readapted(on: batches, from: initial).end(from: initial))
        batches.append(collected)
      }
      let chain = loop.readapted(on: batches, from: initial)
      let adapted = chain.end(from: initial)
      let moved = loop.readapted(on: batches, from: candidate).end(from: candidate)
      let query = TrustRegionTask(
        policy: loop.policy, chain: chain, adapted: adapted, query: batch(task.query, type))
      let found = query.evaluate(adapted: moved)
      let expected = example.expected
      let pairs = [
        (adapted.elements.map { Double($0) }, expected.adaptedParameters[index]),
        (moved.elements.map { Double($0) }, expected.candidateAdaptedParameters[index]),
        ([Double(query.surrogate().loss)], [expected.lossesBefore[index]]),
        ([Double(found.loss)], [expected.candidateLosses[index]]),
        ([Double(found.divergence)], [expected.candidateDivergences[index]]),
      ]
      for (place, pair) in pairs.enumerated() {
        #expect(relativeError(pair.0, pair.1) < tolerance, "\(example.name), \(place)")
      }
    }
  }

  @Test("The divergence that a trust region records is that of the same steps on the same episodes")
  func recordedDivergence() throws {
    for estimator in Estimator.allCases {
      let learner = try navigationLearner {
        $0.inner.estimator = estimator
        $0.inner.steps = 2
        $0.outer.method = .trustRegion
        $0.outer.trustRegion.maxKL = 0.05
        $0.inner.stepSize = 0.5
      }
      let before = learner.state
      let report = try learner.iterate()
      #expect(report.flag("accepted") == true)
      let expected = try divergence(of: learner, since: before)
      let recorded = try #require(report.number("meanKL"))
      #expect(abs(recorded / expected - 1) < 1e-5, "\(estimator): \(recorded), \(expected)")
    }
  }

  /// The mean divergence after the last adaptation, worked out from the episodes of the first iteration,
  /// collected anew, with every ratio's old log probability told by hand.
  private func divergence(of learner: MetaLearner, since before: LearnerState) throws -> Double {
    guard case .episodes(let environment, let policy) = learner.problem else { return .nan }
    let settings = learner.settings
    let collector = try Collector(
      environment: environment, policy: policy, capacity: settings.inner.episodes)
    let tasks = try environment.sampleTasks(
      split: .train, count: settings.outer.tasks, seed: 5, iteration: 1)
    var sum = 0.0
    for (index, task) in tasks.enumerated() {
      var places = (before.parameters, learner.state.parameters)
      for phase in 0...settings.inner.steps {
        let episodes = try collector.collect(
          settings.inner.episodes, task: task, by: Actor(policy, parameters: places.0),
          name: CollectionName(seed: 5, iteration: 1, task: index, phase: phase))
        if phase == settings.inner.steps {
          let outputs = [places.0, places.1].map {
            policy.outputs(policy.layout.constants(of: $0), episodes.inputs)
          }
          let divergences = policy.distribution.divergence(from: outputs[0], to: outputs[1])
          sum += Double(divergences.mean().value.scalar)
          continue
        }
        let values = normalized(
          advantages(of: episodes, settings: settings.advantages), by: .batchDeviation)
        let batch = Batch(
          inputs: episodes.inputs, actions: episodes.actions,
          advantages: Tensor(Shape(values.count, 1), values),
          oldLogProbabilities: policy.distribution.logProbabilities(
            policy.outputs(policy.layout.constants(of: places.0), episodes.inputs),
            of: episodes.actions
          ).value)
        func moved(_ parameters: Tensor<Float>) -> Tensor<Float> {
          let tracked = policy.layout.tracked(of: parameters)
          let loss = policyGradientLoss(
            settings.inner.estimator, policy,
            policy.outputs(tracked, episodes.inputs), on: batch)
          let slope = policy.layout.vector(of: gradient(of: loss, withRespectTo: tracked))
          return parameters.adding(slope, scaledBy: -Float(settings.inner.stepSize))
        }
        places = (moved(places.0), moved(places.1))
      }
    }
    return sum / Double(tasks.count)
  }
}
