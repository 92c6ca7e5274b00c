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
}
