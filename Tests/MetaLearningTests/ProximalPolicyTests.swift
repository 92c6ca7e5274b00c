import Adaptation
import Differentiation
import MetaLearning
import Testing

@Suite struct ProximalPolicyTests {
  private let process = EnumerableProcess(horizon: 3)

  private func loss(
    _ parameters: Tensor<Double>, clip: Double, on batch: Batch<Double>
  ) -> Double {
    let outputs = process.policy.outputs(
      process.policy.layout.constants(of: parameters), batch.inputs)
    return clippedLoss(process.policy, outputs, clip: clip, on: batch).value.scalar
  }

  @Test("The clipped loss is the mean of the smaller of two products")
  func clipping() {
    let batch = process.episodes[5].collected(by: process.policy, with: process.parameters)
    let moved = process.parameters.adding(values(Shape(1, 4), seed: 3))
    let logs = [process.parameters, moved].map { parameters in
      process.policy.distribution.logProbabilities(
        process.policy.outputs(
          process.policy.layout.constants(of: parameters), batch.inputs),
        of: batch.actions
      ).value
    }
    let clip = 0.1
    let expected = (0..<3).reduce(0.0) { sum, step in
      let ratio = Variable(logs[1][step, 0] - logs[0][step, 0]).exponential.value.scalar
      let advantage = batch.advantages[step, 0]
      return sum - min(ratio * advantage, max(1 - clip, min(1 + clip, ratio)) * advantage) / 3
    }
    #expect(abs(loss(moved, clip: clip, on: batch) - expected) < 1e-12)
    // Where nothing has moved yet, every ratio is 1.
    let mean = batch.advantages.elements.reduce(0, +) / 3
    #expect(abs(loss(process.parameters, clip: clip, on: batch) + mean) < 1e-12)
  }

  @Test("Weights of divergences are halved below their target and doubled above it")
  func penalties() throws {
    for (target, factor) in [(1e-12, 2.0), (100, 0.5), (0, 1)] {
      let learner = try navigationLearner {
        $0.outer.method = .proximalPolicy
        $0.inner.estimator = .likelihoodRatio
        $0.inner.steps = 2
        $0.outer.epochs = 2
        $0.outer.proximalPolicy.klPenalty = 0.01
        $0.outer.proximalPolicy.klTarget = target
      }
      let report = try learner.iterate()
      #expect(learner.state.own["proximal/penalties"] == [0.01 * factor, 0.01 * factor])
      let divergence = try #require(report.number("meanKL"))
      #expect(divergence > 0 && divergence < 1)
    }
  }

  @Test("Where nothing has moved yet, the gradient is MAML's, with a weight for each step")
  func firstGradient() throws {
    let gradients = try [OuterMethodName.proximalPolicy, .adam].map { method in
      // No episode ends early: MAML here counts one that does for less.
      let learner = try navigationLearner(goalTolerance: 1e-6) {
        $0.outer.method = method
        $0.inner.estimator = .likelihoodRatio
        $0.inner.steps = 2
        $0.outer.stepWeights = [0.5, 2]
        $0.outer.epochs = 1
        $0.outer.proximalPolicy.klPenalty = 0
      }
      _ = try learner.iterate()
      return learner.state.optimizer.firstMoment.converted(to: Double.self)
    }
    #expect(relativeError(gradients[0], gradients[1]) < 1e-4)
  }

  @Test("An iteration gives the same bits on any number of threads")
  func threads() throws {
    let results = try [1, 2, 7].map { threads in
      let learner = try navigationLearner(threads: threads) {
        $0.outer.method = .proximalPolicy
        $0.inner.estimator = .likelihoodRatio
        $0.outer.epochs = 3
      }
      _ = try learner.iterate()
      return learner.state.parameters.elements
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test("Credit for exploration changes the update, the same on any number of threads")
  func explorationCredit() throws {
    func parameters(_ credit: Double, threads: Int) throws -> [Float] {
      let learner = try navigationLearner(threads: threads) {
        $0.outer.method = .adam
        $0.outer.explorationCredit = credit
        $0.inner.steps = 2
      }
      // The first iteration doesn't know the scale of returns yet.
      for _ in 0..<2 { _ = try learner.iterate() }
      return learner.state.parameters.elements
    }
    let credited = try [1, 3].map { try parameters(0.5, threads: $0) }
    #expect(credited[0] == credited[1])
    #expect(try parameters(0, threads: 1) != credited[0])
  }
}
