import Adaptation
import Differentiation
import EnvironmentKit
import MetaLearning
import Models
import Testing

/// Supervised tasks for which everything is known.
@Suite struct ClosedFormTests {
  private func model(inputs: Int) throws -> Model {
    var settings = ModelSettings()
    settings.kind = .linear
    return try Model(
      for: ExampleSpecification(input: .numbers(inputs), target: .numbers(1)), settings: settings)
  }

  private func batch(_ inputs: Tensor<Double>, _ targets: [Double]) -> ExampleBatch<Double> {
    ExampleBatch(inputs: inputs, targets: .numbers(Tensor(Shape(targets.count, 1), targets)))
  }

  /// n draws of a normal distribution of variance s²: a step of size a down their negative
  /// log-likelihood is the estimate of greatest posterior probability under a normal prior about the
  /// initialization with precision `1/a - n/s²` (Grant et al. 2018).
  @Test("One step on a Gaussian mean is the MAP estimate", arguments: [0.05, 0.1, 0.3])
  func gaussianMean(size: Double) throws {
    let model = try model(inputs: 1)
    let draws = [1.3, 0.2, 2.7, 1.9]
    let (count, variance, initial) = (4.0, 2.0, -0.6)
    // The mean squared error is the negative log-likelihood times 2 s² / n.
    let scale = count / (2 * variance)
    let step = AdaptationStep(
      from: Tensor(Shape(1, 2), [0, initial]),
      stepSizes: Tensor(Shape(1, 2), repeating: size * scale), layout: model.layout,
      differentiable: false
    ) { model.loss($0, on: batch(Tensor(Shape(4, 1), repeating: 0), draws)).loss }
    let prior = 1 / size - count / variance
    let mean = draws.reduce(0, +) / count
    let expected =
      (prior * initial + count / variance * mean) / (prior + count / variance)
    #expect(abs(step.after.elements[1] - expected) < 1e-12)
    #expect(step.after.elements[0] == 0)
  }

  /// With support and query moments `H = 2 XᵀX / n` of a task, one step takes `θ - w` to `(I - a H)(θ - w)`,
  /// so the best initialization is `(Σ AᵀQA)⁻¹ Σ AᵀQA w` with `A = I - a H` and the query's Q.
  @Test("Meta-training on linear regression ends at the closed-form optimum")
  func linearRegression() throws {
    let model = try model(inputs: 2)
    let (size, count) = (0.2, 3)
    let tasks = (0..<4).map {
      task -> (support: Tensor<Double>, query: Tensor<Double>, w: [Double]) in
      let seed = UInt64(10 * task)
      // The third weight is the bias.
      return (
        values(Shape(5, 2), seed: seed), values(Shape(7, 2), seed: seed + 1),
        values(Shape(1, 3), seed: seed + 2).elements
      )
    }
    func row(_ inputs: Tensor<Double>, _ index: Int) -> [Double] {
      [inputs[index, 0], inputs[index, 1], 1]
    }
    func moments(_ inputs: Tensor<Double>) -> [[Double]] {
      let rows = (0..<inputs.shape.rows).map { row(inputs, $0) }
      return (0..<count).map { i in
        (0..<count).map { j in
          2 * rows.reduce(0) { $0 + $1[i] * $1[j] } / Double(rows.count)
        }
      }
    }
    func times(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
      a.map { row in b[0].indices.map { j in row.indices.reduce(0) { $0 + row[$1] * b[$1][j] } } }
    }
    var matrix = [[Double]](repeating: [0, 0, 0], count: count)
    var right = [0.0, 0, 0]
    for task in tasks {
      let h = moments(task.support)
      let a = (0..<count).map { i in (0..<count).map { (i == $0 ? 1 : 0) - size * h[i][$0] } }
      let weight = times(times(a, moments(task.query)), a)
      for i in 0..<count {
        for j in 0..<count {
          matrix[i][j] += weight[i][j]
          right[i] += weight[i][j] * task.w[j]
        }
      }
    }
    let expected = try #require(solvePositiveDefinite(matrix.flatMap { $0 }, right))

    func batch(_ inputs: Tensor<Double>, _ w: [Double]) -> ExampleBatch<Double> {
      self.batch(
        inputs,
        (0..<inputs.shape.rows).map { index in
          zip(row(inputs, index), w).reduce(0) { $0 + $1.0 * $1.1 }
        })
    }
    var theta = Tensor<Double>(Shape(1, 3), repeating: 0)
    for _ in 0..<3000 {
      var total = Tensor<Double>(theta.shape, repeating: 0)
      for task in tasks {
        var chain = AdaptationChain<Double>()
        chain.append(
          AdaptationStep(
            from: theta, stepSizes: Tensor(theta.shape, repeating: size), layout: model.layout,
            differentiable: true
          ) { model.loss($0, on: batch(task.support, task.w)).loss })
        let tracked = model.layout.tracked(of: chain.steps[0].after)
        let loss = model.loss(tracked, on: batch(task.query, task.w)).loss
        let slope = model.layout.vector(of: gradient(of: loss, withRespectTo: tracked))
        total = total.adding(chain.pullback(slope))
      }
      theta = theta.adding(total, scaledBy: -0.05)
    }
    for (found, wanted) in zip(theta.elements, expected) { #expect(abs(found - wanted) < 1e-9) }
  }

  @Test("First order is full MAML where the inner loss has no curvature")
  func vanishingHessian() {
    let layout = ParameterLayout([("theta", Shape(1, 3))])
    let slope = values(Shape(1, 3), seed: 7)
    let chains = [true, false].map { differentiable in
      var chain = AdaptationChain<Double>()
      var parameters = values(Shape(1, 3), seed: 8)
      for _ in 0..<3 {
        let step = AdaptationStep(
          from: parameters, stepSizes: Tensor(Shape(1, 3), repeating: 0.2), layout: layout,
          differentiable: differentiable
        ) { ($0[0] * Variable(slope)).sum() }
        chain.append(step)
        parameters = step.after
      }
      return chain
    }
    let outer = values(Shape(1, 3), seed: 9)
    #expect(chains[0].pullback(outer).elements == chains[1].pullback(outer).elements)
  }
}
