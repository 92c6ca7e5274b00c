import Adaptation
import AlgorithmTesting
import Experiments
import MetaLearning
import Parallel
import RunRecords
import SampleDrawings
import Testing

/// The promise of `Runs`: the same bits on any number of threads and processes, for every preset.
@Suite struct SlowDeterminismTests {
  @Test(
    "Every preset computes the same bits on any number of threads and processes",
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
    var states: [Trained] = []
    for threads in [1, 2, 7] {
      configuration.run.threads = threads
      states.append(try bits(of: configuration))
    }
    for (processes, threads) in [(2, 2), (3, 1), (4, 2)] {
      configuration.run.threads = threads
      let told = configuration
      states += try inCrew(of: processes, errors: [NonFiniteUpdate.self]) {
        try bits(of: told, in: $0)
      }.map { try $0.get() }
    }
    #expect(states.allSatisfy { $0 == states[0] })
    #expect(states[0].state.allSatisfy { Float(bitPattern: $0).isFinite })
  }

  /// What is learned in two iterations, and what is told of them, bit by bit.
  private struct Trained: Equatable {
    let state: [UInt32]
    let told: [UInt64]
  }

  private func bits(of configuration: Configuration, in crew: Crew? = nil) throws -> Trained {
    let learner = try Experiment(configuration, source: "test", environments: registry())
      .makeLearner(in: crew)
    let reports = try (0..<2).map { _ in try learner.iterate() }
    let state = learner.state
    let told = reports.flatMap { report in
      report.returns + [report.number("outerLoss"), report.number("meanKL")].compactMap { $0 }
        + [Double(report.environmentSteps)]
    }
    return Trained(
      state: (state.parameters.elements + state.logStepSizes.elements
        + state.optimizer.firstMoment.elements).map(\.bitPattern), told: told.map(\.bitPattern))
  }
}
