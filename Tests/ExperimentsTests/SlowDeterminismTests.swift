import Adaptation
import Experiments
import MetaLearning
import RunRecords
import SampleDrawings
import Testing

/// The promise of `Runs`: the same bits on any number of threads, for every preset.
@Suite struct SlowDeterminismTests {
  @Test(
    "Every preset computes the same bits on 1, 2, 3 and 7 threads",
    // Those of other programs are checked where these are.
    arguments: Preset.all.filter { !$0.configuration.environment.name.hasPrefix("gymnasium:") }
      .map(\.name))
  func threads(name: String) throws {
    var configuration = try Preset.named(name).configuration
    configuration.outer.tasks = 7
    configuration.outer.replay.updates = min(configuration.outer.replay.updates, 20)
    guard configuration.environment.name == "image-classification" else {
      configuration.inner.episodes = min(configuration.inner.episodes, 3)
      return try check(configuration)
    }
    try DrawnGlyphs.write { drawings in
      configuration.environment.parameters["data"] = .string(drawings.path)
      configuration.environment.parameters["queryExamples"] = .integer(3)
      try check(configuration)
    }
  }

  private func check(_ configuration: Configuration) throws {
    var configuration = configuration
    var states: [[UInt32]] = []
    for threads in [1, 2, 3, 7] {
      configuration.run.threads = threads
      let learner = try Experiment(configuration, source: "test", environments: registry())
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
