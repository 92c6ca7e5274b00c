import Adaptation
import Differentiation
import EnvironmentKit
import FewShot
import MetaLearning
import Models
import Parallel
import Randomness
import Testing

/// Meta-learning from examples.
@Suite struct ExampleLearnerTests {
  private func settings(_ change: (inout MetaLearningSettings) -> Void) -> MetaLearningSettings {
    var settings = MetaLearningSettings()
    settings.model.hiddenSizes = [6]
    settings.inner.episodes = 4
    settings.inner.stepSize = 0.05
    settings.outer.method = .adam
    settings.outer.tasks = 5
    change(&settings)
    // At the kink of a rectifier no inner optimum can be told.
    if settings.outer.method == .implicitGradient { settings.model.activation = .tanh }
    return settings
  }

  private func problem(
    _ definition: ExampleSourceDefinition, _ settings: MetaLearningSettings
  ) throws -> Problem {
    let source = try definition.make()
    return .examples(source, try Model(for: source.specification, settings: settings.model))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let source: ExampleSourceDefinition
    let model: ModelSettings
    var testDescription: String {
      "\(source.name), \(model.kind), \(model.normalization), context \(model.contextSize)"
    }

    static let all: [Case] = {
      func model(_ change: (inout ModelSettings) -> Void) -> ModelSettings {
        var settings = ModelSettings()
        settings.hiddenSizes = [5, 4]
        settings.activation = .tanh
        change(&settings)
        return settings
      }
      let sinusoid = ExampleSourceDefinition(Sinusoid.self)
      return [
        Case(source: sinusoid, model: model { $0.weightPenalty = 0.1 }),
        Case(source: sinusoid, model: model { $0.contextSize = 3 }),
        Case(
          source: ExampleSourceDefinition(PolynomialRegression.self),
          model: model { $0.kind = .polynomial }),
        Case(source: sinusoid, model: model { $0.normalization = .transductive }),
        Case(source: sinusoid, model: model { $0.normalization = .episode }),
        Case(
          source: ExampleSourceDefinition(RotatingBoundary.self),
          model: model { $0.normalization = .episode }),
        Case(source: sinusoid, model: model { $0.normalization = .layer }),
        Case(
          source: ExampleSourceDefinition(LinearRegression.self), model: model { $0.kind = .linear }
        ),
        Case(source: ExampleSourceDefinition(RotatingBoundary.self), model: model { _ in }),
        Case(
          source: ExampleSourceDefinition(LogisticClassification.self),
          model: model { $0.kind = .linear }),
      ]
        + [Normalization.transductive, .episode, .layer, .instance].map { normalization in
          Case(
            source: ExampleSourceDefinition(TinyPictures.self),
            model: model {
              ($0.kind, $0.blocks, $0.filters) = (.convolutional, 2, 3)
              $0.normalization = normalization
            })
        }
    }()
  }

  @Test(
    "Every meta-gradient agrees with finite differences", arguments: Case.all, [1, 3])
  func gradients(test: Case, steps: Int) throws {
    for firstOrder in [false, true] {
      let settings = settings {
        $0.model = test.model
        $0.inner.steps = steps
        $0.inner.firstOrder = firstOrder
        $0.outer.stepWeights = steps == 3 ? [0.5, 0, 1] : []
      }
      let checks = try gradientChecks(
        try problem(test.source, settings), settings: settings, seed: 3)
      #expect(checks.map(\.name) == ["innerGradient", "metaGradient"])
      #expect(checks.allSatisfy { $0.passed }, "\(checks)")
    }
  }

  @Test(
    "A derivative broken on purpose fails", arguments: [OuterMethodName.adam, .implicitGradient])
  func broken(method: OuterMethodName) throws {
    let settings = settings {
      $0.outer.method = method
      $0.model.activation = .tanh
    }
    let checks = try gradientChecks(
      try problem(ExampleSourceDefinition(Sinusoid.self), settings), settings: settings, seed: 3,
      isBroken: true)
    #expect(checks[0].passed && !checks[1].passed, "\(checks)")
  }

  @Test(
    "An iteration gives the same bits on any number of threads",
    arguments: [OuterMethodName.adam, .reptile, .implicitGradient])
  func threads(method: OuterMethodName) throws {
    let settings = settings {
      $0.outer.method = method
      $0.outer.learningRate = 0.1
      $0.inner.steps = 2
      // Normalized over four examples, a loss bends too sharply for a descent to end.
      $0.model.normalization = method == .implicitGradient ? .none : .running
    }
    let problem = try problem(ExampleSourceDefinition(Sinusoid.self), settings)
    let results = try [1, 2, 3, 7].map { threads in
      let learner = try MetaLearner(
        problem: problem, settings: settings, seed: 4, team: Threads(threads))
      let before = learner.state.parameters.elements
      for _ in 0..<2 { _ = try learner.iterate() }
      #expect(learner.state.parameters.elements != before)
      return learner.state.parameters.elements
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test("Only what a task adapts moves in the inner loop, while all is meta-learned")
  func parts() throws {
    let settings = settings { $0.inner.adapts = ["head"] }
    let problem = try problem(ExampleSourceDefinition(Sinusoid.self), settings)
    let learner = try MetaLearner(problem: problem, settings: settings, seed: 4, team: Threads(1))
    let before = learner.state.parameters
    _ = try learner.iterate()
    let moved = learner.problem.layout.tensors(
      of: learner.state.parameters.adding(before, scaledBy: -1))
    #expect(moved.allSatisfy { $0.norm > 0 })
    #expect(learner.problem.layout.unknownName(in: ["head", "layers.0", "layers.1.bias"]) == nil)
    #expect(learner.problem.layout.unknownName(in: ["head", "layer"]) == "layer")
  }

  @Test("Running statistics follow the batches', and predictions use them after training")
  func runningStatistics() throws {
    let settings = settings { $0.model.normalization = .running }
    let problem = try problem(ExampleSourceDefinition(Sinusoid.self), settings)
    guard case .examples(_, let model) = problem else { return }
    let learner = try MetaLearner(problem: problem, settings: settings, seed: 4, team: Threads(1))
    _ = try learner.iterate()
    let tensors = Dictionary(
      uniqueKeysWithValues: zip(
        model.layout.entries.map(\.name), model.layout.tensors(of: learner.state.parameters)))
    let mean = try #require(tensors["layers.0.runningMean"])
    let variance = try #require(tensors["layers.0.runningVariance"])
    #expect(mean.norm > 0 && variance.elements.allSatisfy { $0 > 0 && $0 != 1 })
    // One input alone has no spread of its own, so only running statistics tell inputs apart.
    let parameters = model.layout.constants(of: learner.state.parameters)
    let outputs = [-2, 3].map { input in
      model(parameters, Variable(Tensor<Float>(scalar: input)), statistics: .running).value.scalar
    }
    #expect(outputs[0] != outputs[1])
  }

  @Test(
    "Methods that need a policy are refused",
    arguments: [OuterMethodName.trustRegion, .proximalPolicy])
  func policies(method: OuterMethodName) throws {
    let settings = settings { $0.outer.method = method }
    let problem = try problem(ExampleSourceDefinition(Sinusoid.self), settings)
    #expect(throws: EnvironmentError.self) {
      try MetaLearner(problem: problem, settings: settings, seed: 4, team: Threads(1))
    }
  }

  @Test("Step weights are annealed towards the last step's, keeping their sum")
  func annealing() throws {
    let reports = try [0, 3].map { annealing in
      let settings = settings {
        $0.inner.steps = 2
        $0.outer.stepWeights = [1, 1]
        $0.outer.stepWeightAnnealing = annealing
      }
      let learner = try MetaLearner(
        problem: try problem(ExampleSourceDefinition(Sinusoid.self), settings),
        settings: settings, seed: 4, team: Threads(1))
      return try (0..<4).map { _ in try learner.iterate() }
    }
    #expect(reports[0].allSatisfy { !$0.returns[1].isNaN && !$0.returns[2].isNaN })
    // With no weight left, the query set is not looked at after the first step.
    #expect(reports[1].map { $0.returns[1].isNaN } == [false, false, false, true])
    #expect(reports[0][0].metrics == reports[1][0].metrics)
  }

  @Test(
    "Training finds the initialization that is known in closed form", arguments: [false, true])
  func closedForm(firstOrder: Bool) throws {
    let settings = settings {
      $0.model.kind = .linear
      $0.inner.episodes = 1
      $0.inner.stepSize = 0.15
      $0.inner.firstOrder = firstOrder
      $0.outer.tasks = 60
      $0.outer.learningRate = 0.05
      $0.outer.decay = true
      $0.outer.iterations = 400
    }
    let problem = try problem(ExampleSourceDefinition(Quadratic.self), settings)
    let learner = try MetaLearner(problem: problem, settings: settings, seed: 4, team: Threads(1))
    for _ in 0..<settings.outer.iterations { _ = try learner.iterate() }
    let known = problem.closedForms(of: learner.state, settings: settings)
    #expect(known.count == 1 && known[0].found.count == 1)
    #expect(abs(known[0].found[0] - known[0].closedForm[0]) < 0.03, "\(known)")
    // The two end 0.09 apart, so that neither passes for the other.
    #expect(abs(known[0].closedForm[0] - (firstOrder ? 1.6009 : 1.5062)) < 1e-3)
    var penalized = settings
    penalized.model.weightPenalty = 1
    let other = Problem.examples(
      try ExampleSourceDefinition(Quadratic.self).make(),
      try Model(
        for: ExampleSpecification(input: .numbers(1), target: .numbers(1)),
        settings: penalized.model))
    #expect(other.closedForms(of: learner.state, settings: penalized).isEmpty)
  }

  @Test("Training finds the prior's mean, and the step size that means the prior")
  func prior() throws {
    let settings = settings {
      $0.model.kind = .linear
      $0.inner.stepSizeRule = .learned
      $0.outer.tasks = 100
      $0.outer.learningRate = 0.02
      $0.outer.stepSizeLearningRate = 0.02
      $0.outer.decay = true
      $0.outer.iterations = 600
    }
    let problem = try problem(ExampleSourceDefinition(GaussianMean.self), settings)
    let learner = try MetaLearner(problem: problem, settings: settings, seed: 4, team: Threads(1))
    for _ in 0..<settings.outer.iterations { _ = try learner.iterate() }
    let known = problem.closedForms(of: learner.state, settings: settings)
    #expect(known.map(\.quantity) == [.initialization, .stepSize])
    // n = 4, s² = 4, τ² = 1: α = 1 / (2 (1 + 1)).
    #expect(known[1].closedForm == [0.25])
    #expect(abs(known[0].found[0] - 1.5) < 0.1 && abs(known[1].found[0] - 0.25) < 0.025, "\(known)")
  }
}
