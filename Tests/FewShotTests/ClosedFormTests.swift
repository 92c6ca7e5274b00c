import EnvironmentKit
import FewShot
import Randomness
import Testing

private func rule(
  steps: Int = 1, stepSize: Double? = 0.15, shots: Int = 1, isFirstOrder: Bool = false
) -> AdaptationRule {
  AdaptationRule(steps: steps, stepSize: stepSize, shots: shots, isFirstOrder: isFirstOrder)
}

@Suite struct QuadraticSourceTests {
  private func source(_ change: (inout Quadratic.Parameters) -> Void = { _ in }) -> Quadratic {
    Quadratic(parameters: with(Quadratic.Parameters.self, change))
  }

  /// The mean squared error of the line through the origin.
  private func error(_ examples: Examples, slope: Float, bias: Float = 0) throws -> Double {
    moments(
      zip(examples.inputs, try examples.numbers).map { input, target in
        let error = slope * input + bias - target
        return error * error
      }
    ).mean
  }

  @Test(arguments: [1, 3])
  func `the error of a linear model is the parabola, and a bias adds its square`(shots: Int) throws
  {
    for (task, examples) in source().draws(.train, 50, shots: shots) {
      #expect(examples.support.inputs.count == 2 * shots && examples.query.inputs.count == 2)
      for slope: Float in [-1, 0, 3.5] {
        let parabola = Double(task.curvature / 2 * (slope - task.optimum) * (slope - task.optimum))
        for set in [examples.support, examples.query] {
          #expect(abs(try error(set, slope: slope) - parabola) < 1e-5 * (1 + parabola))
          let withBias = try error(set, slope: slope, bias: 2)
          #expect(abs(withBias - parabola - 4) < 1e-5 * (1 + parabola))
        }
      }
    }
  }

  @Test func `a query set judges the distance where that is the objective`() throws {
    for (task, examples) in source({ $0.objective = .distance }).draws(.test, 20) {
      let distance = Double((1 - task.optimum) * (1 - task.optimum)) / 2
      #expect(abs(try error(examples.query, slope: 1) - distance) < 1e-5)
      let parabola = Double(task.curvature) * distance
      #expect(abs(try error(examples.support, slope: 1) - parabola) < 1e-4)
    }
  }

  @Test func `every task is drawn, shifted ones have optima further on`() {
    let drawn = source().draws(.train, 300).map(\.task)
    #expect(Set(drawn.map(\.optimum)) == [-1, 2, 5])
    #expect(Set(drawn.map(\.curvature)) == [1, 4, 0.5])
    #expect(Set(source().draws(.shifted, 300).map(\.task.optimum)) == [9, 12, 15])
  }

  /// With a step of 0.15, (1 - α a) is 0.85, 0.4 and 0.925.
  @Test func `each objective has weights of its own`() throws {
    func best(_ objective: Quadratic.Objective, _ rule: AdaptationRule) throws -> Double {
      let known = source { $0.objective = objective }.closedForms(under: rule)
      #expect(known.map(\.tensor) == ["layers.0.weight"])
      return try #require(known.first?.closedForm.first)
    }
    func mean(_ weights: [Double]) -> Double {
      zip(weights, [-1.0, 2, 5]).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    }
    let left = [0.85, 0.4, 0.925]
    let curvatures = [1.0, 4, 0.5]
    let squares = left.map { $0 * $0 }
    #expect(abs(try best(.distance, rule()) - mean(squares)) < 1e-6)
    #expect(abs(try best(.loss, rule()) - mean(zip(curvatures, squares).map { $0 * $1 })) < 1e-6)
    #expect(
      abs(
        try best(.loss, rule(isFirstOrder: true)) - mean(zip(curvatures, left).map { $0 * $1 }))
        < 1e-6)
    #expect(abs(try best(.distance, rule(steps: 2)) - mean(squares.map { $0 * $0 })) < 1e-6)
    #expect(source().closedForms(under: rule(stepSize: nil)).isEmpty)
  }

  @Test func `with one curvature, first order and full MAML have the same optimum`() {
    let alike = source { $0.curvatures = [2, 2, 2] }
    for steps in [1, 4] {
      for isFirstOrder in [false, true] {
        let known = alike.closedForms(under: rule(steps: steps, isFirstOrder: isFirstOrder))
        #expect(known.allSatisfy { abs($0.closedForm[0] - 2) < 1e-9 } && known.count == 1)
      }
    }
  }

  @Test func `a task that is left out is the only one tested on`() throws {
    let source = source().leavingOut(1)
    #expect(Set(source.draws(.train, 200).map(\.task.optimum)) == [-1, 5])
    #expect(Set(source.draws(.validation, 200).map(\.task.optimum)) == [-1, 5])
    #expect(Set(source.draws(.test, 50).map(\.task.optimum)) == [2])
    let known = try #require(source.closedForms(under: rule()).first)
    let weights = [0.85 * 0.85, 0.5 * 0.925 * 0.925]
    #expect(
      abs(known.closedForm[0] - (5 * weights[1] - weights[0]) / (weights[0] + weights[1])) < 1e-6)
  }
}

@Suite struct GaussianMeanTests {
  private let source = GaussianMean(parameters: .init())

  @Test(arguments: [(TaskSplit.train, 1.5), (.test, 1.5), (.shifted, -5)])
  func `means lie about the prior's, draws about them`(split: TaskSplit, mean: Double) throws {
    let draws = source.draws(split, 3000)
    let means = moments(draws.map(\.task.mean))
    #expect(abs(means.mean - mean) < 0.06 && abs(means.deviation - 1) < 0.05)
    let noise = moments(
      try draws.flatMap { task, examples in
        #expect(examples.support.inputs == [0, 0, 0, 0, 0])
        return try examples.query.numbers.map { $0 - task.mean }
      })
    #expect(abs(noise.mean) < 0.05 && abs(noise.deviation - 2) < 0.03)
  }

  /// Of the query sets that a step of that size leads to, no other size has a smaller error.
  @Test func `the known step is the best, and ends at the posterior mean`() throws {
    let shots = 4
    let known = source.closedForms(under: rule(stepSize: nil, shots: shots))
    #expect(known.map(\.quantity) == [.initialization, .stepSize])
    let (start, step) = (known[0].closedForm[0], known[1].closedForm[0])
    // 1/a - n/s² of a = 2 α s²/n is the prior's precision.
    #expect(abs(Double(shots) / (2 * step * 4) - Double(shots) / 4 - 1) < 1e-9)
    let draws = source.draws(.train, 20_000, shots: shots)
    func error(_ start: Double, _ step: Double) throws -> Double {
      try draws.reduce(0.0) { sum, draw in
        let mean = moments(try draw.examples.support.numbers).mean
        let adapted = start - 2 * step * (start - mean)
        let error = adapted - Double(draw.task.mean)
        return sum + error * error
      } / Double(draws.count)
    }
    let least = try error(start, step)
    // The variance of the posterior, 1 / (n/s² + 1/τ²).
    #expect(abs(least - 0.5) < 0.015)
    for (start, step) in [(start, 0.8 * step), (start, 1.25 * step), (start + 0.3, step)] {
      #expect(try error(start, step) > least)
    }
  }

  @Test func `where no single step is learned, the initialization alone is known`() {
    for rule in [rule(stepSize: 0.1), rule(steps: 2, stepSize: nil)] {
      #expect(source.closedForms(under: rule).map(\.quantity) == [.initialization])
    }
  }
}

@Suite struct ReadBackTests {
  @Test func `tasks of every source are read back from their text`() throws {
    let definitions = [
      ExampleSourceDefinition(Sinusoid.self), .init(LinearRegression.self),
      .init(PolynomialRegression.self), .init(RotatingBoundary.self),
      .init(LogisticClassification.self), .init(Quadratic.self), .init(GaussianMean.self),
    ]
    for definition in definitions {
      let source = try definition.make()
      for split in TaskSplit.allCases {
        let task = try source.sampleTasks(split: split, count: 1, seed: 4)[0]
        let read = try source.task(json: task.json)
        #expect(read == task)
        var (first, second) = (
          RandomStream(seed: 1, purpose: .examples), RandomStream(seed: 1, purpose: .examples)
        )
        #expect(
          source.examples(of: task, shots: 2, random: &first)
            == source.examples(of: read, shots: 2, random: &second))
      }
    }
  }

  @Test(arguments: [
    ("linear-regression", #"{"weights":[1,2]}"#, "'weights' has 2 entries; it must have 10"),
    ("polynomial-regression", #"{"coefficients":[1]}"#, "it must have 4"),
    ("logistic-classification", #"{"weights":[1],"bias":0}"#, "it must have 5"),
    ("rotating-boundary", #"{"angle":0,"offset":2}"#, "'offset' is 2.0"),
    ("rotating-boundary", #"{"angle":0,"offset":0,"inputShift":[1]}"#, "it must have 2"),
    ("quadratic", #"{"curvature":0,"optimum":1}"#, "'curvature' is 0.0"),
    ("sinusoid", #"{"amplitude":1}"#, "isn't one of its tasks, at 'phase'"),
    ("sinusoid", "[", "isn't one of its tasks"),
  ])
  func `what is no task is refused in one line`(name: String, text: String, part: String) throws {
    let definitions = [
      ExampleSourceDefinition(Sinusoid.self), .init(LinearRegression.self),
      .init(PolynomialRegression.self), .init(RotatingBoundary.self),
      .init(LogisticClassification.self), .init(Quadratic.self),
    ]
    let definition = try #require(definitions.first { $0.name == name })
    let error = try #require(throws: EnvironmentError.self) {
      try definition.make().task(json: text)
    }
    #expect(error.message.contains(part) && error.environment == name, "\(error)")
  }
}
