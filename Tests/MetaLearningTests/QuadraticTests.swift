import Adaptation
import Differentiation
import MetaLearning
import Testing

/// One-dimensional tasks `h/2 (θ - t)²` with probability p, for which everything is known: a step of
/// size a takes θ - t to (1 - ah)(θ - t).
@Suite struct QuadraticTests {
  private struct Task {
    let curvature: Double
    let optimum: Double
    let probability: Double
  }
  private enum Outer: CaseIterable { case loss, squaredDistance }

  private let tasks = [
    Task(curvature: 1, optimum: -1, probability: 0.5),
    Task(curvature: 4, optimum: 2, probability: 0.3),
    Task(curvature: 0.2, optimum: 5, probability: 0.2),
  ]
  private let stepSize = 0.15
  private let layout = ParameterLayout([("theta", Shape(1, 1))])

  private func squaredDistance(_ theta: Variable<Double>, _ task: Task) -> Variable<Double> {
    (theta - Variable(task.optimum)).squared
  }

  private func metaGradient(
    at theta: Double, _ outer: Outer, steps: Int, firstOrder: Bool
  ) -> Double {
    tasks.reduce(0) { sum, task in
      var chain = AdaptationChain<Double>()
      var adapted = Tensor(scalar: theta)
      for _ in 0..<steps {
        let step = AdaptationStep(
          from: adapted, stepSizes: Tensor(scalar: stepSize), layout: layout,
          differentiable: !firstOrder
        ) { squaredDistance($0[0], task).scaled(by: task.curvature / 2) }
        chain.append(step)
        adapted = step.after
      }
      let tracked = Variable.tracked(adapted)
      let loss = squaredDistance(tracked, task)
        .scaled(by: outer == .loss ? task.curvature / 2 : 1)
      let slope = gradient(of: loss, withRespectTo: [tracked])[0].value
      return sum + task.probability * chain.pullback(slope).scalar
    }
  }

  private func trained(_ outer: Outer, steps: Int = 1, firstOrder: Bool = false) -> Double {
    (0..<400).reduce(0) { theta, _ in
      theta - 0.3 * metaGradient(at: theta, outer, steps: steps, firstOrder: firstOrder)
    }
  }

  /// `Σ w t / Σ w` with a weight of each task.
  private func center(_ weight: (Task) -> Double) -> Double {
    let weights = tasks.map { $0.probability * weight($0) }
    return zip(weights, tasks).reduce(0) { $0 + $1.0 * $1.1.optimum } / weights.reduce(0, +)
  }

  private func left(_ task: Task) -> Double { 1 - stepSize * task.curvature }

  @Test("Meta-training for the post-adaptation loss ends at Σ p h (1-ah)² t / Σ p h (1-ah)²")
  func loss() {
    let expected = center { $0.curvature * left($0) * left($0) }
    #expect(abs(trained(.loss) - expected) < 1e-12)
  }

  @Test("Meta-training for the squared distance ends at Σ p (1-ah)² t / Σ p (1-ah)²")
  func squaredDistance() {
    let expected = center { left($0) * left($0) }
    #expect(abs(trained(.squaredDistance) - expected) < 1e-12)
  }

  @Test("Two steps square the factor of one")
  func twoSteps() {
    let expected = center { $0.curvature * left($0) * left($0) * left($0) * left($0) }
    #expect(abs(trained(.loss, steps: 2) - expected) < 1e-12)
  }

  @Test("First order loses a factor: it ends at Σ p h (1-ah) t / Σ p h (1-ah)")
  func firstOrder() {
    let expected = center { $0.curvature * left($0) }
    #expect(abs(trained(.loss, firstOrder: true) - expected) < 1e-12)
    #expect(abs(expected - trained(.loss)) > 0.1)
  }
}
