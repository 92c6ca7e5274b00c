import Adaptation
import Differentiation
import MetaLearning
import Testing

/// Estimators against expectations over all episodes of a small Markov decision process.
@Suite struct UnbiasednessTests {
  @Test(
    "The gradient of each surrogate is that of the expected return", arguments: Estimator.allCases)
  func gradients(estimator: Estimator) {
    let process = EnumerableProcess(horizon: 3)
    let exact = process.gradient(at: process.parameters, process.expectedReturn)
    let estimated = process.expectation { episode in
      process.gradient(at: process.parameters) { process.surrogate(estimator, episode, $0) }
    }
    #expect(relativeError(estimated, exact) < 1e-12)
  }

  /// How far the expected Hessian is off, as a share of the right one.
  private func bias(_ estimator: Estimator, horizon: Int) -> Double {
    let process = EnumerableProcess(horizon: horizon)
    let vector = Tensor<Double>(Shape(1, 4), [1, -0.5, 0.7, 0.3])
    let exact = process.hessianProduct(vector, process.expectedReturn)
    let estimated = process.expectation { episode in
      process.hessianProduct(vector) { process.surrogate(estimator, episode, $0) }
    }
    return relativeError(estimated, exact)
  }

  @Test("DiCE's second derivative is unbiased", arguments: [1, 2, 3])
  func dice(horizon: Int) { #expect(bias(.dice, horizon: horizon) < 1e-12) }

  @Test("The likelihood ratio's is unbiased over one step, and leaves out what ties steps together")
  func likelihoodRatio() {
    #expect(bias(.likelihoodRatio, horizon: 1) < 1e-12)
    #expect(abs(bias(.likelihoodRatio, horizon: 3) - 0.425) < 0.001)
  }

  @Test("The log-likelihood's is off by more than the Hessian itself")
  func logLikelihood() {
    #expect(abs(bias(.logLikelihood, horizon: 1) - 1.300) < 0.001)
    #expect(abs(bias(.logLikelihood, horizon: 3) - 2.521) < 0.001)
  }

  /// The expected return after steps that each learn from one episode, over all sequences of them.
  private func returnAfterAdaptation(
    _ process: EnumerableProcess, from parameters: Tensor<Double>, steps: Int
  ) -> Double {
    if steps == 0 { return process.expectedReturn(parameters) }
    return process.episodes.reduce(0) { sum, episode in
      let after = step(process, from: parameters, on: episode).after
      return sum + process.probability(episode, parameters)
        * returnAfterAdaptation(process, from: after, steps: steps - 1)
    }
  }

  private func step(
    _ process: EnumerableProcess, from parameters: Tensor<Double>, on episode: Batch<Double>
  ) -> AdaptationStep<Double> {
    AdaptationStep(
      from: parameters, stepSizes: Tensor(parameters.shape, repeating: 0.4),
      policy: process.policy, estimator: .logLikelihood, on: episode, products: .few)
  }

  /// The expectation of the outer gradient over all sequences of episodes, with a share of the credit for
  /// those before adaptation.
  private func outerGradient(
    _ process: EnumerableProcess, _ chain: AdaptationChain<Double>, _ scores: [Tensor<Double>],
    from parameters: Tensor<Double>, steps: Int, credit: Double
  ) -> Tensor<Double> {
    if steps == 0 {
      let slope = process.gradient(at: parameters, process.expectedReturn)
      let places = chain.steps.dropLast().map { _ in Tensor<Double>?.none } + [slope]
      let value = process.expectedReturn(parameters)
      return chain.pullback(scores: scores).reduce(
        chain.pullback(losses: places).initialization
      ) { $0.adding($1.initialization, scaledBy: credit * value) }
    }
    return process.episodes.reduce(Tensor(parameters.shape, repeating: 0)) { sum, episode in
      var longer = chain
      longer.append(step(process, from: parameters, on: episode))
      let score = process.gradient(at: parameters) { process.logProbability(episode, $0) }
      let gradient = outerGradient(
        process, longer, scores + [score], from: longer.steps[longer.steps.count - 1].after,
        steps: steps - 1, credit: credit)
      return sum.adding(gradient, scaledBy: process.probability(episode, parameters))
    }
  }

  @Test(
    "With E-MAML's credit the outer gradient is that of the return after adaptation",
    arguments: [1, 2])
  func explorationCredit(steps: Int) {
    let process = EnumerableProcess(horizon: 2)
    let exact = differences(at: process.parameters) {
      returnAfterAdaptation(process, from: $0, steps: steps)
    }
    let errors = [1.0, 0].map { credit in
      relativeError(
        outerGradient(
          process, AdaptationChain(), [], from: process.parameters, steps: steps, credit: credit),
        exact)
    }
    #expect(errors[0] < 1e-8)
    // Without it, MAML's gradient is another one.
    #expect(errors[1] > 0.03)
  }

  private func differences(
    at point: Tensor<Double>, _ function: (Tensor<Double>) -> Double
  ) -> Tensor<Double> {
    Tensor(
      point.shape,
      point.elements.indices.map { index in
        var unit = [Double](repeating: 0, count: point.count)
        unit[index] = 1
        return difference(at: point, along: Tensor(point.shape, unit)) {
          Tensor(scalar: function($0))
        }.scalar
      })
  }
}
