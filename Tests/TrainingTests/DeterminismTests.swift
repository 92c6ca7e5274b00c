import MetaLearning
import RunRecords
import Testing
import Training

/// The promise of `Runs`: the same bits on any number of threads, for every preset.
@Suite struct DeterminismTests {
  /// Presets of drawings need some; the learner's own tests have such models.
  private static let presets = Preset.all.filter {
    $0.configuration.environment.name != "image-classification"
  }

  @Test(
    "Every preset computes the same bits on 1, 2, 3 and 7 threads", arguments: presets.map(\.name))
  func threads(name: String) throws {
    var configuration = try Preset.named(name).configuration
    configuration.inner.episodes = min(configuration.inner.episodes, 3)
    configuration.outer.tasks = 7
    var states: [[UInt32]] = []
    for threads in [1, 2, 3, 7] {
      configuration.run.threads = threads
      let learner = try Experiment(configuration, source: name, environments: registry())
        .makeLearner()
      for _ in 0..<2 { _ = try learner.iterate() }
      let state = learner.state
      states.append(
        (state.parameters.elements + state.logStepSizes.elements
          + state.optimizer.firstMoment.elements)
          .map(\.bitPattern))
    }
    #expect(states.allSatisfy { $0 == states[0] })
    #expect(states[0].allSatisfy { Float(bitPattern: $0).isFinite })
  }
}
