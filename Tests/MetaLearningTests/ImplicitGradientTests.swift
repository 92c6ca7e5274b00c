import Adaptation
import Differentiation
import MetaLearning
import Testing

@Suite struct ImplicitGradientTests {
  /// Curvature `diag(h)`, optimum t: with strength λ the inner optimum is `(h t + λ θ) / (h + λ)`, and the
  /// loss there changes with θ as `h (θ' - t) λ / (h + λ)`.
  @Test("On quadratic tasks it is its closed form", arguments: [0.1, 1, 10])
  func quadratics(strength: Double) {
    let curvature = [0.5, 2, 4, 0.1]
    let optimum = [1.0, -3, 2, 5]
    let initial = [0.3, 0.2, -0.7, 1]
    let indices = curvature.indices
    let adapted = indices.map {
      (curvature[$0] * optimum[$0] + strength * initial[$0]) / (curvature[$0] + strength)
    }
    let slope = indices.map { curvature[$0] * (adapted[$0] - optimum[$0]) }
    let found = implicitGradient(
      Tensor(Shape(1, 4), slope), strength: strength, iterations: 10
    ) { Tensor(Shape(1, 4), curvature).multiplied(by: $0) }
    let expected = indices.map { slope[$0] * strength / (curvature[$0] + strength) }
    #expect(relativeError(found, Tensor(Shape(1, 4), expected)) < 1e-10)
  }

  private let layout = ParameterLayout([("theta", Shape(3, 2))])
  private let inputs = values(Shape(8, 3), seed: 40)
  private let targets = (values(Shape(8, 2), seed: 41), values(Shape(8, 2), seed: 42))

  private func loss(_ theta: [Variable<Double>], _ targets: Tensor<Double>) -> Variable<Double> {
    meanSquaredError(
      product(Variable(inputs), theta[0]).hyperbolicTangent(), Variable(targets))
  }

  /// The gradient through every step of the regularized inner loop, all of it recorded, and where that ends.
  private func unrolled(
    _ initial: Tensor<Double>, steps: Int, strength: Double
  ) -> (gradient: Tensor<Double>, adapted: Tensor<Double>) {
    let theta = layout.tracked(of: initial)
    let adapted = (0..<steps).reduce(theta) { current, _ in
      let slopes = gradient(of: loss(current, targets.0), withRespectTo: current, recording: true)
      return zip(current, zip(slopes, theta)).map { now, other in
        now - (other.0 + (now - other.1).scaled(by: strength)).scaled(by: 0.3)
      }
    }
    let slopes = gradient(of: loss(adapted, targets.1), withRespectTo: theta)
    return (layout.vector(of: slopes), layout.vector(of: adapted))
  }

  @Test("It is what the unrolled gradient converges to as inner steps grow")
  func convergence() {
    let strength = 0.8
    let initial = values(Shape(1, 6), seed: 43)
    let errors = [1, 5, 20, 80].map { steps in
      let (expected, adapted) = unrolled(initial, steps: steps, strength: strength)
      let tracked = layout.tracked(of: adapted)
      let outer = gradient(of: loss(tracked, targets.1), withRespectTo: tracked)
      let slopes = gradient(
        of: loss(tracked, targets.0), withRespectTo: tracked, recording: true)
      let curvature = Linearization(of: slopes, withRespectTo: tracked)
      let found = implicitGradient(
        layout.vector(of: outer), strength: strength, iterations: 20
      ) { layout.vector(of: curvature.pullback(layout.constants(of: $0))) }
      return relativeError(found, expected)
    }
    #expect(errors[0] > 0.05)
    #expect(zip(errors, errors.dropFirst()).allSatisfy { $1 < $0 / 2 }, "\(errors)")
    #expect(errors[3] < 1e-7, "\(errors)")
  }

  @Test(
    "The inner optimum of quadratic tasks is its closed form, in as many steps as the residual needs",
    arguments: [0.1, 1, 10])
  func innerOptimum(strength: Double) {
    let curvature = Tensor<Double>(Shape(1, 4), [0.5, 2, 4, 0.1])
    let optimum = Tensor<Double>(Shape(1, 4), [1.0, -3, 2, 5])
    let initial = Tensor<Double>(Shape(1, 4), [0.3, 0.2, -0.7, 1])
    func ended(_ tolerance: Double, sizes: [Double] = [0.3, 0.3, 0.3, 0.3]) -> InnerOptimum<Double>
    {
      InnerOptimum(
        from: initial, tiedTo: initial, strength: strength, stepSizes: Tensor(Shape(1, 4), sizes),
        tolerance: tolerance
      ) {
        let off = $0.adding(optimum, scaledBy: -1)
        let gradient = off.multiplied(by: curvature)
        return (off.dot(gradient) / 2, gradient)
      }
    }
    let expected = (0..<4).map {
      (curvature[0, $0] * optimum[0, $0] + strength * initial[0, $0])
        / (curvature[0, $0] + strength)
    }
    let found = ended(1e-10)
    #expect(relativeError(found.parameters, Tensor(Shape(1, 4), expected)) < 1e-8)
    #expect(found.residual <= 1e-10 && found.steps < 100)
    #expect(ended(0.1).steps < found.steps && ended(0.1).residual <= 0.1)
    // Parameters that a task leaves as they are stay.
    let part = ended(1e-10, sizes: [0.3, 0, 0.3, 0]).parameters
    #expect(part[0, 1] == 0.2 && part[0, 3] == 1 && abs(part[0, 0] - expected[0]) < 1e-8)
  }

  @Test("An iteration of navigation moves the initialization, whatever the number of threads")
  func iteration() throws {
    let states = try [1, 3].map { threads in
      let learner = try navigationLearner(threads: threads) {
        $0.outer.method = .implicitGradient
        $0.inner.steps = 2
        $0.outer.conjugateGradientIterations = 3
      }
      let before = learner.state.parameters
      let report = try learner.iterate()
      #expect(report.returns.count == 3)
      #expect(learner.state.parameters.elements != before.elements)
      return learner.state.parameters.elements
    }
    #expect(states[0] == states[1])
  }
}
