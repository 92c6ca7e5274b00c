import Adaptation
import Differentiation
import MetaLearning
import Testing

@Suite struct ReptileTests {
  @Test("The update goes a share of the way to the mean of the adapted parameters")
  func update() {
    let initial = Tensor<Double>(Shape(1, 2), [1, -2])
    let sum = [[2, 0], [4, -2], [0, 2]].map { Tensor<Double>(Shape(1, 2), $0) }
      .reduce(Tensor(Shape(1, 2), repeating: 0), +)
    let halfway = reptileUpdate(of: initial, towardSum: sum, of: 3, share: 0.5)
    #expect(halfway.elements == [1.5, -1])
    #expect(reptileUpdate(of: initial, towardSum: sum, of: 3, share: 0).elements == [1, -2])
  }

  /// Tasks `h/2 (θ - t)²`: k steps of size a take θ - t to (1 - ah)ᵏ (θ - t), so the mean of the
  /// ways to the adapted parameters is zero at Σ (1 - (1-ah)ᵏ) t / Σ (1 - (1-ah)ᵏ).
  @Test("On quadratic tasks it ends at its closed form", arguments: [1, 2, 5])
  func quadratics(steps: Int) {
    let stepSize = 0.15
    let curvatures = [0.3, 0.7, 1.1, 1.9, 2.5]
    let optima = [-9.0, -8, 0, 4, 16]
    var theta = Tensor<Double>(scalar: 0)
    for _ in 0..<600 {
      var adapted: [Tensor<Double>] = []
      for (curvature, optimum) in zip(curvatures, optima) {
        var parameters = theta
        for _ in 0..<steps {
          let slope = curvature * (parameters.scalar - optimum)
          parameters =
            AdaptationStep(
              from: parameters, stepSizes: Tensor(scalar: stepSize),
              gradient: Tensor(scalar: slope), hessianProduct: nil
            ).after
        }
        adapted.append(parameters)
      }
      theta = reptileUpdate(
        of: theta, towardSum: adapted.reduce(Tensor(scalar: 0), +), of: adapted.count, share: 0.7)
    }
    var (weighted, total) = (0.0, 0.0)
    for (curvature, optimum) in zip(curvatures, optima) {
      let left = (0..<steps).reduce(1.0) { product, _ in product * (1 - stepSize * curvature) }
      weighted += (1 - left) * optimum
      total += 1 - left
    }
    #expect(abs(theta.scalar - weighted / total) < 1e-10)
  }

  @Test("An iteration moves the initialization to where its tasks were adapted to")
  func iteration() throws {
    let learner = try navigationLearner {
      $0.outer.method = .reptile
      $0.outer.learningRate = 1
      $0.inner.steps = 2
    }
    let before = learner.state
    let report = try learner.iterate()
    #expect(report.returns.count == 3 && (report.number("outerLoss") ?? .nan) > 0)
    let way = learner.state.parameters.adding(before.parameters, scaledBy: -1)
    // The mean of ways is no longer than the root of their mean square.
    #expect(
      way.norm > 0 && Double(way.dot(way)) <= 2 * (report.number("outerLoss") ?? .nan) * (1 + 1e-5))
    #expect(learner.state.logStepSizes.elements == before.logStepSizes.elements)
  }
}
