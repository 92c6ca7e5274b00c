import Adaptation
import Differentiation
import MetaLearning
import Models
import Policies
import Testing

@Suite("Curvature taken on a share of the episodes")
struct CurvatureShareTests {
  @Test(
    "The steps stay; products go over the first episodes alone", arguments: Estimator.allCases)
  func products(estimator: Estimator) throws {
    let learner = try navigationLearner {
      $0.inner.estimator = estimator
      $0.inner.steps = 2
    }
    guard case .episodes(_, let policy) = learner.problem else { return }
    let batches = (0..<2).map { batch(9, starts: [0, 3, 5, 9], seed: UInt64($0)) }
    let initial = learner.state.parameters.converted(to: Double.self)
    let loop = learner.settings.adaptation(of: policy, from: learner.state)
    let whole = loop.readapted(on: batches, from: initial, products: .few)
    let share = loop.chain(whole, on: batches, curvatureEpisodes: 2)

    #expect(share.end(from: initial).elements == whole.end(from: initial).elements)
    var expected = AdaptationChain<Double>()
    for (step, batch) in zip(whole.steps, batches) {
      let first = self.batch(5, starts: [0, 3, 5], of: batch)
      let part = AdaptationStep(
        from: step.before, stepSizes: step.stepSizes, policy: policy, estimator: estimator,
        on: first, products: .few)
      expected.append(part)
    }
    let vector = values(initial.shape, seed: 30)
    for product in [{ $0.pushforward(vector) }, { $0.pullback(vector) }]
      as [(AdaptationChain<Double>) -> Tensor<Double>]
    {
      #expect(relativeError(product(share), product(expected)) < 1e-12)
      #expect(relativeError(product(share), product(whole)) > 1e-6)
    }
  }

  @Test("Training with a share keeps the bound on all episodes, whichever threads work")
  func training() throws {
    let whole = try navigationLearner { $0.outer.trustRegion.maxKL = 0.02 }
    _ = try whole.iterate()
    // 0.01 of six episodes is one of them.
    for share in [0.01, 0.5] {
      let learners = try [1, 2].map { threads in
        try navigationLearner(threads: threads) {
          $0.outer.trustRegion.maxKL = 0.02
          $0.outer.trustRegion.curvatureShare = share
        }
      }
      let reports = try learners.map { try $0.iterate() }
      let parameters = learners.map(\.state.parameters.elements)
      #expect(parameters[0] == parameters[1] && parameters[0] != whole.state.parameters.elements)
      #expect(reports[0].flag("accepted") == true)
      #expect((reports[0].number("meanKL") ?? .nan) < 0.02)
    }
  }

  private func batch(_ rows: Int, starts: [Int], seed: UInt64) -> Batch<Double> {
    Batch(
      inputs: Sequences(values(Shape(rows, 2), seed: 10 + seed), starts: starts),
      actions: .continuous(values(Shape(rows, 2), seed: 20 + seed)),
      advantages: values(Shape(rows, 1), seed: 30 + seed))
  }

  /// The first rows, put together by hand.
  private func batch(_ rows: Int, starts: [Int], of batch: Batch<Double>) -> Batch<Double> {
    guard case .continuous(let actions) = batch.actions else { return batch }
    return Batch(
      inputs: Sequences(batch.inputs.rows.rows(0..<rows), starts: starts),
      actions: .continuous(actions.rows(0..<rows)), advantages: batch.advantages.rows(0..<rows))
  }
}
