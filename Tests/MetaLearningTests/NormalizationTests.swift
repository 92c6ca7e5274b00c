import Adaptation
import Differentiation
import EnvironmentKit
import FewShot
import MetaLearning
import Models
import Parallel
import Randomness
import Testing

/// Where normalization takes its statistics from.
@Suite struct NormalizationTests {
  private struct Setup {
    let model: Model
    let source: AnyExampleSource
    let learner: MetaLearner
    let settings: MetaLearningSettings
    let examples: FewShotExamples

    init(_ normalization: Normalization, shots: Int = 4) throws {
      var settings = MetaLearningSettings()
      settings.model.hiddenSizes = [6]
      settings.model.normalization = normalization
      settings.inner.episodes = shots
      settings.outer.method = .adam
      settings.outer.tasks = 3
      self.settings = settings
      source = try ExampleSourceDefinition(RotatingBoundary.self).make()
      model = try Model(for: source.specification, settings: settings.model)
      learner = try MetaLearner(
        problem: .examples(source, model), settings: settings, seed: 4, team: Threads(1))
      _ = try learner.iterate()
      var random = RandomStream(seed: 2, purpose: .examples)
      let task = try source.sampleTasks(split: .test, count: 1, seed: 2)[0]
      examples = source.examples(of: task, shots: shots, random: &random)
    }

    /// The outputs for the first of some inputs, beside a support set.
    func first(of inputs: [Float], beside support: [Float]) -> [Float] {
      let parameters = model.layout.constants(of: learner.state.parameters)
      func pairs(_ values: [Float]) -> Variable<Float> {
        Variable(Tensor(Shape(values.count / 2, 2), values))
      }
      let statistics = model.queryStatistics(
        parameters, support: pairs(support),
        otherwise: model.settings.statisticsAfterTraining())
      return Array(
        model(parameters, pairs(inputs), statistics: statistics).value.elements.prefix(2))
    }
  }

  @Test(
    "A query example's output depends on its neighbours, its support set, or neither",
    arguments: [
      (Normalization.transductive, true, false), (.episode, false, true), (.running, false, false),
      (.layer, false, false), (.none, false, false),
    ])
  func dependence(normalization: Normalization, onNeighbors: Bool, onSupport: Bool) throws {
    let setup = try Setup(normalization)
    let query: [Float] = [0.3, -0.2, 0.5, 0.1]
    let support: [Float] = [0.9, 0.1, -0.4, 0.2, 0, -0.6]
    let output = setup.first(of: query, beside: support)
    let amongOthers = setup.first(of: query + [-0.9, 0.8], beside: support)
    let elsewhere = setup.first(of: query, beside: support.map { $0 + 1 })
    func differ(_ other: [Float]) -> Bool {
      zip(output, other).contains { abs($0 - $1) > 1e-3 }
    }
    #expect(differ(amongOthers) == onNeighbors && differ(elsewhere) == onSupport)
  }

  @Test("Moving all inputs of a task changes nothing where the support set is the measure")
  func shifted() throws {
    let setup = try Setup(.episode)
    let (query, support): ([Float], [Float]) = ([0.3, -0.2], [0.9, 0.1, -0.4, 0.2, 0, -0.6])
    let moved = setup.first(of: query.map { $0 + 3 }, beside: support.map { $0 + 3 })
    for (left, right) in zip(setup.first(of: query, beside: support), moved) {
      #expect(abs(left - right) < 1e-4)
    }
  }

  @Test("After training, running averages serve both the support set and the query set")
  func running() throws {
    let setup = try Setup(.running)
    let loop = setup.settings.adaptation(of: setup.model, from: setup.learner.state)
    let specification = setup.source.specification
    let support = ExampleBatch<Float>(setup.examples.support, specification)
    let query = ExampleBatch<Float>(setup.examples.query, specification)
    let (model, start) = (setup.model, setup.learner.state.parameters)
    let step = AdaptationStep(
      from: start, stepSizes: Tensor(start.shape, repeating: 0.1), layout: model.layout,
      differentiable: false
    ) { model.loss($0, on: support, statistics: .running).loss }
    let outputs = model.loss(
      model.layout.constants(of: step.after), on: query, statistics: .running
    ).outputs
    #expect(loop.scores(on: setup.examples, steps: 1)[1] == query.score(outputs))
  }

  @Test("Instance normalization leaves each channel of a picture without mean, with variance 1")
  func instances() {
    let sums = values(Shape(3 * 4, 2), seed: 5)
    let normalized = Variable(sums).normalizedOverGroups(ofRows: 4, epsilon: 0).value
    for picture in 0..<3 {
      for channel in 0..<2 {
        let pixels = (0..<4).map { normalized[4 * picture + $0, channel] }
        #expect(abs(pixels.reduce(0, +)) < 1e-12)
        #expect(abs(pixels.reduce(0) { $0 + $1 * $1 } / 4 - 1) < 1e-12)
      }
    }
  }

  @Test("Instance normalization is refused where there are no pixels to average over")
  func refused() throws {
    var settings = ModelSettings()
    settings.normalization = .instance
    let numbers = ExampleSpecification(input: .numbers(2), target: .classes(2))
    let error = #expect(throws: EnvironmentError.self) {
      try Model(for: numbers, settings: settings)
    }
    #expect(error?.message.contains("model.kind is perceptron; use layer") == true)
    (settings.kind, settings.blocks) = (.convolutional, 3)
    let pictures = ExampleSpecification(
      input: .image(height: 4, width: 4, channels: 1), target: .classes(2))
    let single = #expect(throws: EnvironmentError.self) {
      try Model(for: pictures, settings: settings)
    }
    #expect(single?.message.contains("number 2 has a single pixel") == true)
    settings.blocks = 1
    _ = try Model(for: pictures, settings: settings)
  }

  @Test("The old name of transductive normalization is still read")
  func names() {
    #expect(Normalization(rawValue: "batch") == .transductive)
    #expect(Normalization.allCases.allSatisfy { Normalization(rawValue: $0.rawValue) == $0 })
    #expect(Normalization(rawValue: "group") == nil)
  }
}
