import Adaptation
import Differentiation
import Policies
import Testing

@testable import MetaLearning
import Parallel

/// What an iteration leaves, as bits.
private struct Outcome: Equatable {
  var parameters: [UInt32]
  var stepSizes: [UInt32]
  var advantageScale: UInt64
  var reports: [[UInt64]]

  init(_ learner: MetaLearner, _ reports: [IterationReport]) {
    parameters = learner.state.parameters.elements.map(\.bitPattern)
    stepSizes = learner.state.logStepSizes.elements.map(\.bitPattern)
    advantageScale = learner.state.advantageScale.bitPattern
    self.reports = reports.map {
      ($0.returns + [
        $0.number("outerLoss") ?? .nan, $0.number("meanKL") ?? 0, Double($0.environmentSteps),
      ])
      .map(\.bitPattern)
    }
  }
}

@Suite struct MetaLearnerTests {
  private func outcome(
    _ method: OuterMethodName, threads: Int,
    _ change: (inout MetaLearningSettings) -> Void = { _ in }
  ) throws -> Outcome {
    let learner = try navigationLearner(threads: threads) {
      $0.outer.method = method
      change(&$0)
    }
    return Outcome(learner, try (0..<2).map { _ in try learner.iterate() })
  }

  @Test("A task's gradient that is not a finite number names the task")
  func gradientNaN() throws {
    let learner = try navigationLearner(threads: 1) { _ in }
    let sound = Tensor<Float>(Shape(1, 2), [1, -1])
    let iteration = MetaIteration(
      number: 1, tasks: [], adapter: (), problem: learner.problem, settings: learner.settings,
      team: Threads(1))
    try iteration.requireFinite(gradients: Parts([sound, sound]))
    let error = #expect(throws: NonFiniteUpdate.self) {
      try iteration.requireFinite(
        gradients: Parts([sound, sound, Tensor(Shape(1, 2), [1, .infinity])]))
    }
    #expect(error?.description.hasPrefix("the outer gradient of task 2 is not a finite") == true)
  }

  @Test(
    "Two iterations give the same bits on 1, 2 and 3 threads",
    arguments: OuterMethods.builtIn.all.map(\.name))
  func sameBits(method: OuterMethodName) throws {
    let expected = try outcome(method, threads: 1)
    for threads in 2...3 { #expect(try outcome(method, threads: threads) == expected) }
  }

  @Test(
    "So do trials of many tasks, of which some go through the network together",
    arguments: [OuterMethodName.rl2, .varibad])
  func sameBitsOfTrials(method: OuterMethodName) throws {
    let many = { (settings: inout MetaLearningSettings) in
      settings.outer.tasks = 12
      settings.outer.trials.minibatches = 2
    }
    let expected = try outcome(method, threads: 1, many)
    for threads in [2, 3, 7] {
      #expect(try outcome(method, threads: threads, many) == expected)
    }
  }

  @Test("So does a replay, with its steps")
  func sameBitsOfReplay() throws {
    let states = try [1, 2, 3, 7].map { threads in
      let learner = try navigationLearner(threads: threads) { $0.outer.method = .pearl }
      for _ in 0..<3 { _ = try learner.iterate() }
      return learner.state
    }
    for state in states {
      #expect(state.parameters.elements == states[0].parameters.elements)
      #expect(state.own == states[0].own)
      #expect(state.replay.mapValues(\.all.elements) == states[0].replay.mapValues(\.all.elements))
    }
    #expect(states[0].replay.values.reduce(0) { $0 + $1.count } > 0)
  }

  @Test(
    "So do learned step sizes over two inner steps with a loss after each",
    arguments: OuterMethodName.differentiating)
  func sameBitsLearned(method: OuterMethodName) throws {
    let learned = { (settings: inout MetaLearningSettings) in
      settings.inner.steps = 2
      settings.inner.stepSizeRule = .learned
      settings.inner.estimator = .likelihoodRatio
      settings.outer.stepWeights = [0.5, 1]
    }
    let expected = try outcome(method, threads: 1, learned)
    for threads in 2...3 { #expect(try outcome(method, threads: threads, learned) == expected) }
  }

  @Test(
    "Without inner steps one policy learns what all tasks share",
    arguments: OuterMethodName.differentiating)
  func pretraining(method: OuterMethodName) throws {
    let learner = try navigationLearner {
      $0.inner.steps = 0
      $0.outer.method = method
      $0.outer.learningRate = 1e-2
      $0.outer.tasks = 10
    }
    let reports = try (0..<40).map { _ in try learner.iterate() }
    #expect(reports.allSatisfy { $0.returns.count == 1 })
    // Standing still in the middle is the best one policy can do; the first ones wander off.
    let ends = [reports.prefix(5), reports.suffix(5)].map { reports in
      reports.reduce(0) { $0 + $1.returns[0] } / 5
    }
    #expect(ends[1] > 0.85 * ends[0], "\(ends)")
  }

  @Test(
    "From a kept state a fresh learner goes on with the same bits",
    arguments: OuterMethods.builtIn.all.map(\.name))
  func goesOn(method: OuterMethodName) throws {
    let through = try navigationLearner { $0.outer.method = method }
    let interrupted = try navigationLearner { $0.outer.method = method }
    let resumed = try navigationLearner { $0.outer.method = method }
    for _ in 0..<2 { _ = try through.iterate() }
    _ = try interrupted.iterate()
    resumed.state = interrupted.state
    let last = try resumed.iterate()
    #expect(last.iteration == 2)
    #expect(Outcome(resumed, []) == Outcome(through, []))
  }

  @Test("TRPO improves the surrogate and keeps the divergence below its bound")
  func trustRegion() throws {
    let learner = try navigationLearner { $0.outer.trustRegion.maxKL = 0.02 }
    for _ in 0..<2 {
      let before = learner.state.parameters.elements
      let report = try learner.iterate()
      #expect(report.flag("accepted") == true)
      // Normalized advantages make the surrogate 0 before the update.
      #expect((report.number("outerLoss") ?? .nan) < 0)
      let divergence = report.number("meanKL") ?? .nan
      #expect(divergence > 0 && divergence < 0.02)
      #expect(learner.state.parameters.elements != before)
    }
  }

  @Test(
    "The step tried has the divergence of its bound, as far as that is quadratic",
    arguments: [false, true])
  func trustRegionSize(halfway: Bool) throws {
    let learner = try navigationLearner {
      // A radius that has fallen to half has a quarter of the divergence.
      $0.outer.trustRegion.maxKL = halfway ? 4e-4 : 1e-4
      $0.outer.decay = halfway
      $0.outer.iterations = 2
      // Later iterations reach into directions where the divergence bends soon.
      $0.outer.conjugateGradientIterations = 2
      $0.outer.trustRegion.lineSearchShrink = 0.9
    }
    if halfway { learner.state.iteration = 1 }
    let report = try learner.iterate()
    let shrinks = (1..<(report.count("lineSearchSteps") ?? 0)).reduce(1.0) { size, _ in size * 0.9 }
    let divergence = report.number("meanKL") ?? .nan
    #expect(abs(divergence / (1e-4 * shrinks * shrinks) - 1) < 0.02)
  }

  @Test("Where no update may be tried, TRPO leaves the parameters as they were")
  func nothingTried() throws {
    let learner = try navigationLearner { $0.outer.trustRegion.lineSearchSteps = 0 }
    try expectUnchanged(learner, tried: 0)
  }

  @Test("Where no update is within the bound, TRPO leaves the parameters as they were")
  func nothingAccepted() throws {
    let learner = try navigationLearner {
      $0.outer.trustRegion.maxKL = 0
      $0.outer.trustRegion.lineSearchSteps = 4
    }
    try expectUnchanged(learner, tried: 4)
  }

  private func expectUnchanged(_ learner: MetaLearner, tried: Int) throws {
    let before = learner.state.parameters.elements
    let report = try learner.iterate()
    #expect(report.flag("accepted") == false)
    #expect(report.count("lineSearchSteps") == tried)
    #expect(learner.state.parameters.elements == before)
    #expect(learner.state.iteration == 1)
  }

  @Test("The first update of the policy gradient moves no parameter further than Adam's rate")
  func policyGradientStep() throws {
    let learner = try navigationLearner {
      $0.outer.method = .adam
      $0.outer.learningRate = 0.01
      $0.outer.logStandardDeviationFactor = 0.5
    }
    let before = learner.state.parameters
    _ = try learner.iterate()
    let moves = learner.problem.layout.tensors(
      of: learner.state.parameters.adding(before, scaledBy: -1))
    for (entry, tensor) in zip(learner.problem.layout.entries, moves) {
      let rate: Float = entry.name == Policy.logStandardDeviationName ? 0.005 : 0.01
      #expect(tensor.elements.allSatisfy { abs($0) <= rate * 1.001 })
      #expect(tensor.elements.contains { abs($0) > rate * 0.99 })
    }
  }

  @Test(
    "Given step sizes stay, learned ones change by at most Adam's rate in their logarithm",
    arguments: OuterMethodName.differentiating)
  func stepSizes(method: OuterMethodName) throws {
    for rule in StepSizeRule.allCases {
      let learner = try navigationLearner {
        $0.outer.method = method
        $0.inner.stepSizeRule = rule
        $0.outer.stepSizeLearningRate = 0.02
        $0.outer.epochs = 2
      }
      let most: Float = method == .proximalPolicy ? 0.04 : 0.02
      let before = learner.state.logStepSizes
      _ = try learner.iterate()
      let change = learner.state.logStepSizes.adding(before, scaledBy: -1).elements
      #expect(change.allSatisfy { abs($0) <= most * 1.001 })
      #expect(change.contains { $0 != 0 } == (rule != .fixed))
      let sharedBy = Set(change).count
      if rule == .learnedPerStep { #expect(sharedBy == 1) }
      if rule == .learnedPerLayer {
        #expect((2...learner.problem.layout.entries.count) ~= sharedBy)
      }
    }
  }

  @Test("A report counts the steps of all episodes, and returns before and after each step")
  func report() throws {
    let learner = try navigationLearner { $0.inner.steps = 2 }
    let report = try learner.iterate()
    #expect(report.iteration == 1)
    #expect(report.returns.count == 3)
    // 5 tasks, 6 episodes, 3 collections, at most 25 steps; some end early.
    #expect(report.environmentSteps < 5 * 6 * 3 * 25)
    #expect(report.environmentSteps > 5 * 6 * 3)
  }

  @Test("A floor under the noise that steps learn from leaves the adapted policy its own")
  func exploring() throws {
    let returns = { (steps: Int, floor: Double?) in
      // Steps this small change nothing but by rounding.
      try navigationLearner {
        $0.inner.steps = steps
        $0.inner.stepSize = 1e-12
        $0.inner.minimumLogStandardDeviation = floor
      }.iterate().returns
    }
    let own = try returns(2, nil)
    #expect(try returns(2, -1) == own)
    let wide = try returns(2, 0.7)
    let changes = zip(wide, own).map { abs($0 - $1) }
    #expect(changes[2] < 1e-3)
    #expect(changes[0] > 10 * changes[2] && changes[1] > 10 * changes[2])
    #expect(try returns(0, 0.7) == returns(0, nil))
  }

  @Test("A failed iteration leaves the state as it was")
  func failure() throws {
    let learner = try navigationLearner { $0.outer.method = .adam }
    _ = try learner.iterate()
    var elements = learner.state.parameters.elements
    elements[0] = .nan
    learner.state.parameters = Tensor(learner.state.parameters.shape, elements)
    let before = Outcome(learner, [])
    #expect(throws: (any Error).self) { _ = try learner.iterate() }
    #expect(Outcome(learner, []) == before)
    #expect(learner.state.iteration == 1)
  }
}
