import Adaptation
import EnvironmentKit
import Experiments
import Foundation
import MetaLearning
import PointNavigation
import Policies
import Randomness
import Rollouts
import RunRecords
import Synchronization
import Testing
import Training

@Suite struct StateTests {
  /// A moment's training with everything that a state can carry.
  private func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.environment.parameters = ["horizon": .integer(5)]
    configuration.policy.hiddenSizes = [4]
    configuration.inner.steps = 2
    configuration.inner.episodes = 2
    configuration.inner.stepSizeRule = .learned
    configuration.outer.method = .adam
    configuration.outer.tasks = 2
    configuration.outer.iterations = 3
    configuration.run.checkpointEvery = 2
    return configuration
  }

  private func experiment(_ configuration: Configuration) throws -> Experiment {
    var environments = EnvironmentRegistry()
    try environments.register(PointNavigation.self)
    return try Experiment(configuration, source: "test", environments: environments)
  }

  @Test("A state read from its checkpoint is the same to the last bit", arguments: [0, 2])
  func roundTrip(innerSteps: Int) throws {
    var configuration = configuration()
    configuration.inner.steps = innerSteps
    let experiment = try experiment(configuration)
    let learner = try experiment.makeLearner()
    for _ in 0..<2 { _ = try learner.iterate() }
    let bytes = try learner.state.checkpoint(layout: learner.problem.layout).encoded()
    let read = try LearnerState(
      Checkpoint(bytes: bytes, source: "test"), layout: learner.problem.layout,
      settings: experiment.configuration.metaLearning)
    let again = try read.checkpoint(layout: learner.problem.layout).encoded()
    #expect(again == bytes)
    #expect(read.iteration == 2 && read.optimizer.updates == 2)
  }

  @Test("So is one with a replay, which goes on with the same bits")
  func replay() throws {
    var configuration = configuration()
    configuration.metaLearning.inferFromReplay()
    configuration.policy.hiddenSizes = [8]
    configuration.policy.parameters = ["encoderSizes": .array([8])]
    configuration.environment.trainingTasks = 4
    configuration.outer.tasks = 2
    configuration.outer.replay.updates = 3
    configuration.outer.replay.capacity = 130
    let experiment = try experiment(configuration)
    let learner = try experiment.makeLearner()
    for _ in 0..<3 { _ = try learner.iterate() }
    let layout = learner.problem.layout
    let bytes = try learner.state.checkpoint(layout: layout).encoded()
    let read = try LearnerState(
      Checkpoint(bytes: bytes, source: "test"), layout: layout,
      settings: experiment.configuration.metaLearning)
    #expect(read.replay.count > 1)
    #expect(try read.checkpoint(layout: layout).encoded() == bytes)
    let resumed = try experiment.makeLearner()
    resumed.state = read
    for _ in 0..<2 {
      _ = try learner.iterate()
      _ = try resumed.iterate()
    }
    #expect(
      try resumed.state.checkpoint(layout: layout).encoded()
        == learner.state.checkpoint(layout: layout).encoded())
    // Steps of another width belong to another policy; a task has steps, and a place among all.
    for (name, shape, values) in [
      ("replay/0", [1, 3], [1, 2, 3]), ("replay/0", [0, 8], []),
      ("replay/-1", [1, 8], [Float](repeating: 1, count: 8)),
    ] as [(String, [Int], [Float])] {
      var other = try Checkpoint(bytes: bytes, source: "test")
      other.arrays.removeAll { $0.name.hasPrefix("replay/") }
      other.arrays.append(NamedArray(name, shape: shape, .float(values)))
      #expect(throws: RecordError.self) {
        try LearnerState(
          other, layout: layout, settings: experiment.configuration.metaLearning)
      }
    }
  }

  @Test("A checkpoint that lacks something is unreadable, not a trap")
  func incomplete() throws {
    let experiment = try experiment(configuration())
    let learner = try experiment.makeLearner()
    let whole = learner.state.checkpoint(layout: learner.problem.layout)
    let settings = experiment.configuration.metaLearning
    for index in whole.arrays.indices {
      var part = whole
      part.arrays.remove(at: index)
      let error = #expect(throws: RecordError.self) {
        try LearnerState(part, layout: learner.problem.layout, settings: settings)
      }
      #expect(error?.kind == .unreadable)
    }
    for key in whole.metadata.keys {
      for value in [nil, "x", "-1", "9223372036854775807"] {
        var part = whole
        part.metadata[key] = value
        let error = #expect(throws: RecordError.self) {
          try LearnerState(part, layout: learner.problem.layout, settings: settings)
        }
        #expect(error?.kind == .unreadable)
      }
    }
  }

  @Test("A checkpoint with a number that no sound state has is unreadable, and names the array")
  func unsound() throws {
    var configuration = configuration()
    configuration.outer.method = .proximalPolicy
    configuration.outer.stepWeights = []
    configuration.inner.estimator = .likelihoodRatio
    let experiment = try experiment(configuration)
    let layout = experiment.problem.layout
    let whole = try experiment.makeLearner().state.checkpoint(layout: layout)
    #expect(whole.arrays.contains { $0.name == "proximal/penalties" })
    for (index, array) in whole.arrays.enumerated() {
      var spoiled = whole
      switch array.values {
      case .float(var values) where !values.isEmpty:
        values[values.count - 1] = .nan
        spoiled.arrays[index].values = .float(values)
      case .double(var values) where !values.isEmpty:
        values[0] = .infinity
        spoiled.arrays[index].values = .double(values)
      default: continue
      }
      let error = #expect(throws: RecordError.self) {
        try LearnerState(spoiled, layout: layout, settings: experiment.metaLearning)
      }
      #expect(error?.kind == .unreadable && error?.message.contains(array.name) == true)
    }
  }

  @Test("A run can stop before any iteration and go on after each")
  func stops() throws {
    let path = FileManager.default.temporaryDirectory.path + "/fledge-state-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    let experiment = try experiment(configuration())
    #expect(
      try TrainingRun(starting: experiment, at: path).train(shouldStop: { true }) == .interrupted)
    for done in 1...3 {
      let resumed = try TrainingRun(
        resuming: RunDirectory.open(path), as: experiment, warn: { Issue.record("\($0)") })
      #expect(resumed.firstIteration == done - 1)
      let asked = Atomic(0)
      let outcome = try resumed.train(shouldStop: { asked.add(1, ordering: .relaxed).oldValue > 0 })
      #expect(outcome == (done < 3 ? .interrupted : .finished))
    }
    let directory = try RunDirectory.open(path)
    #expect(try directory.metrics().map(\.iteration) == [1, 2, 3])
    #expect(try directory.facts().status == .finished)
    #expect(try directory.checkpointIterations() == [3, 2, 1, 0])
  }

  @Test("A validation that is stopped takes its iteration back; the run goes on to the same bits")
  func stoppedValidation() throws {
    let paths = ["whole", "stopped"].map {
      FileManager.default.temporaryDirectory.path + "/fledge-\($0)-" + UUID().uuidString
    }
    defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
    var configuration = configuration()
    configuration.run.validationTasks = 3
    let experiment = try experiment(configuration)
    #expect(try TrainingRun(starting: experiment, at: paths[0]).train() == .finished)
    // Asked before iterations 1 and 2, then by the validation after the second.
    let asked = Atomic(0)
    let outcome = try TrainingRun(starting: experiment, at: paths[1]).train(shouldStop: {
      asked.add(1, ordering: .relaxed).oldValue >= 2
    })
    #expect(outcome == .interrupted)
    let (whole, stopped) = try (RunDirectory.open(paths[0]), RunDirectory.open(paths[1]))
    #expect(try stopped.facts().status == .interrupted)
    #expect(try stopped.metrics().map(\.iteration) == [1])
    #expect(try stopped.checkpointIterations() == [1, 0])
    let resumed = try TrainingRun(
      resuming: stopped, as: experiment, warn: { Issue.record("\($0)") })
    #expect(try resumed.train() == .finished)
    #expect(
      try stopped.metrics().map { $0.extra["validationReturn"] }
        == whole.metrics().map { $0.extra["validationReturn"] })
    #expect(try stopped.metrics().map(\.returns) == whole.metrics().map(\.returns))
    #expect(try stopped.checkpoint(3).encoded() == whole.checkpoint(3).encoded())
  }

  @Test("Checkpoints from before a key was there hold, as long as it has its default")
  func laterKey() throws {
    /// Whether a run goes on from a checkpoint with the checksum that was written before there were some keys.
    func goesOn(_ configuration: Configuration) throws -> Bool {
      let path = FileManager.default.temporaryDirectory.path + "/fledge-key-" + UUID().uuidString
      defer { try? FileManager.default.removeItem(atPath: path) }
      let experiment = try experiment(configuration)
      _ = try TrainingRun(starting: experiment, at: path).train(shouldStop: { true })
      var counted = experiment.configuration
      // What may be changed in the middle of a run counts with its default.
      counted.outer.iterations = OuterSettings().iterations
      let later = [
        "extends", "environment.content", "environment.trainingTasks", "inner.optimumTolerance",
        "outer.earlierEnds", "policy.network", "policy.parameters", "outer.parameters",
        "outer.curvatureShare", "policy.inputs", "policy.valueHead", "outer.trialEpisodes",
        "outer.minibatches", "outer.valueWeight", "outer.entropyWeight",
        "outer.maximumGradientNorm", "outer.stopKL", "outer.posteriors", "outer.decodedSteps",
        "outer.divergenceWeight", "outer.rewardWeight", "outer.transitionWeight",
        "policy.distribution", "outer.replaySteps", "outer.updates", "outer.batchTasks",
        "outer.batchSteps", "outer.contextSteps", "outer.rewardScale", "outer.targetRate",
        "outer.latentWeight",
      ]
      let entries = counted.entries
        .filter { !later.contains($0.key) && !$0.key.hasPrefix("evaluation.") }
        .map { "\($0.key): \($0.value)\n" }
      let directory = try RunDirectory.open(path)
      var checkpoint = try directory.checkpoint(0)
      checkpoint.metadata["configuration"] = checksum(of: entries.joined())
      try directory.write(checkpoint, iteration: 0)
      do {
        _ = try TrainingRun(resuming: directory, as: experiment) { _ in }
        return true
      } catch let error as RecordError where error.message.contains("has changed since") {
        return false
      }
    }
    var configuration = configuration()
    #expect(try goesOn(configuration))
    configuration.environment.trainingTasks = 10
    #expect(try !goesOn(configuration))
  }

  @Test("A run that goes on with other libraries or on another processor says so")
  func otherVersions() throws {
    let path = FileManager.default.temporaryDirectory.path + "/fledge-versions-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    let experiment = try experiment(configuration())
    _ = try TrainingRun(starting: experiment, at: path).train(shouldStop: { true })
    let directory = try RunDirectory.open(path)
    var checkpoint = try directory.checkpoint(0)
    checkpoint.metadata["vectorUnits"] = "abacus"
    try directory.write(checkpoint, iteration: 0)
    var warnings: [String] = []
    _ = try TrainingRun(resuming: directory, as: experiment) { warnings.append($0) }
    #expect(warnings.count == 1)
    #expect(warnings.first?.contains("was written with vectorUnits 'abacus', here it is") == true)
  }

  @Test("A disk that fails ends the run with an I/O failure and says so in run.json")
  func failingDisk() throws {
    let path = FileManager.default.temporaryDirectory.path + "/fledge-disk-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    let run = try TrainingRun(starting: experiment(configuration()), at: path)
    let checkpoints = path + "/checkpoints"
    try FileManager.default.removeItem(atPath: checkpoints)
    try Data().write(to: URL(fileURLWithPath: checkpoints))
    let error = #expect(throws: RecordError.self) { try run.train() }
    #expect(error?.kind == .inputOutput)
    let facts = try RunDirectory.open(path).facts()
    #expect(facts.status == .failed)
    #expect(facts.failure?.contains("checkpoints") == true)
  }

  @Test("A value that is not finite ends the run with the last sound state saved")
  func notFinite() throws {
    let path = FileManager.default.temporaryDirectory.path + "/fledge-nan-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    var environments = EnvironmentRegistry()
    try environments.register(Fragile.self)
    var configuration = configuration()
    configuration.environment = EnvironmentSettings()
    configuration.environment.name = Fragile.name
    configuration.outer.iterations = 1000
    configuration.run.checkpointEvery = 500
    let experiment = try Experiment(configuration, source: "test", environments: environments)
    let run = try TrainingRun(starting: experiment, at: path)
    let error = #expect(throws: NonFiniteValue.self) { try run.train() }
    #expect(error?.description.contains("fragile") == true)
    let directory = try RunDirectory.open(path)
    let facts = try directory.facts()
    #expect(facts.status == .failed && facts.failure == error?.description)
    let saved = try directory.newestCheckpoint().iteration
    #expect(saved > 0)
    #expect(try directory.metrics().count == saved)
  }

  @Test("The best checkpoint is one that has a score")
  func bestOfDiverging() {
    func line(_ iteration: Int, _ score: Double) -> IterationMetrics {
      IterationMetrics(
        iteration: iteration, seconds: 0, environmentSteps: 0, returns: [],
        extra: ["validationReturn": score])
    }
    #expect(Validation([line(1, .nan), line(2, -3), line(3, -2), line(4, .nan)]).best == 3)
    #expect(Validation([line(1, .nan)]).best == nil)
  }

  @Test("Updates with a value that is not finite are passed over where that is asked for")
  func passedOver() throws {
    var environments = EnvironmentRegistry()
    try environments.register(Fragile.self)
    for policy in [NonFinitePolicy.skip, .shrink] {
      let path = FileManager.default.temporaryDirectory.path + "/fledge-skip-" + UUID().uuidString
      defer { try? FileManager.default.removeItem(atPath: path) }
      var configuration = configuration()
      configuration.environment = EnvironmentSettings()
      configuration.environment.name = Fragile.name
      configuration.outer.iterations = 200
      configuration.outer.nonFinite = policy
      let experiment = try Experiment(configuration, source: "test", environments: environments)
      var problems: [String] = []
      let run = try TrainingRun(starting: experiment, at: path)
      _ = try run.train(observe: { problems += [$0.skipReason].compactMap(\.self) })
      #expect(problems.count > 1 && problems.count < 200)
      #expect(problems.allSatisfy { $0.contains("reward is not a finite number in fragile") })
      let directory = try RunDirectory.open(path)
      let state = try SavedState(200, in: directory, experiment: experiment).state
      #expect(state.skippedUpdates == problems.count && state.parameters.isFinite)
      let halvings = policy == .shrink ? problems.count : 0
      #expect(state.rateShare == (0..<halvings).reduce(1.0) { share, _ in share / 2 })
      let metrics = try directory.metrics()
      #expect(metrics.last?.extra["skippedUpdates"] == Double(problems.count))
      #expect(metrics.count { $0.returns.allSatisfy(\.isNaN) } == problems.count)
    }
  }
}

/// A world whose rewards are not numbers on one task in fifty.
private struct Fragile: Environment {
  struct Tasks: TaskDistribution {
    func sample(split: TaskSplit, random: inout RandomStream) -> Int { random.index(below: 50) }
  }

  static var name: String { "fragile" }
  static var summary: String { "Break now and then" }
  private var isBroken = false

  init(parameters: NoParameters) {}

  static func specification(parameters: NoParameters) throws -> EnvironmentSpecification {
    try EnvironmentSpecification(
      observation: [Component("x")], action: .continuous([Component("y", range: -1...1)]),
      horizon: 2)
  }

  static func tasks(parameters: NoParameters) -> Tasks { Tasks() }

  mutating func reset(
    task: Int, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) {
    isBroken = task == 0
    observation[0] = 1
  }

  mutating func step(
    action: Span<Float>, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) -> Transition {
    Transition(reward: isBroken ? .nan : action[0], terminated: false)
  }
}
