import Differentiation
import EnvironmentKit
import Evaluation
import MetaLearning
import PointNavigation
import Testing

@Suite struct AdaptationCurveTests {
  /// A learner that has not learned yet, and what its curve is measured with.
  private struct Setup {
    let environment: AnyEnvironment
    let learner: MetaLearner
    let settings: MetaLearningSettings

    init(_ change: (inout MetaLearningSettings) -> Void = { _ in }) throws {
      var settings = MetaLearningSettings()
      settings.policy.hiddenSizes = [8]
      settings.inner.stepSize = 0.2
      settings.outer.method = .vpg
      change(&settings)
      self.settings = settings
      environment = try EnvironmentDefinition(PointNavigation.self).make(
        parameters: ["horizon": .integer(20), "goalTolerance": .number(0)])
      learner = try MetaLearner(
        environment: environment, settings: settings, seed: 2, threads: 1)
    }

    func curve(
      tasks count: Int = 6, steps: Int = 2, seed: UInt64 = 4, threads: Int = 1,
      state: LearnerState? = nil
    ) throws -> AdaptationCurve {
      try adaptationCurve(
        environment: environment, policy: learner.policy, state: state ?? learner.state,
        settings: settings,
        tasks: try environment.sampleTasks(split: .test, count: count, seed: 9), steps: steps,
        episodes: 5, seed: seed, threads: threads)
    }

    /// The state with the given step size for every parameter, one for each step.
    func state(stepSizes: [Double]) -> LearnerState {
      var state = learner.state
      let sizes = stepSizes.flatMap { [Float](repeating: Float($0), count: state.parameters.count) }
      let tensor = Tensor(Shape(stepSizes.count, state.parameters.count), sizes)
      state.logStepSizes = Variable(tensor).logarithm.value
      return state
    }
  }

  @Test("A curve has the same bits on 1, 2 and 3 threads")
  func threads() throws {
    let setup = try Setup()
    let expected = try setup.curve().returns
    for threads in 2...3 { #expect(try setup.curve(threads: threads).returns == expected) }
  }

  @Test("A task's curve depends neither on further tasks nor on further steps")
  func prefixes() throws {
    let setup = try Setup()
    let long = try setup.curve(tasks: 6, steps: 3).returns
    let short = try setup.curve(tasks: 2, steps: 1).returns
    #expect(short == long.prefix(2).map { Array($0.prefix(2)) })
  }

  @Test("Another seed collects other episodes on the same tasks")
  func seeds() throws {
    let setup = try Setup()
    #expect(try setup.curve(seed: 4).returns != setup.curve(seed: 5).returns)
  }

  @Test("Episodes without an early end count all their time steps", arguments: [0, 2])
  func environmentSteps(steps: Int) throws {
    let curve = try Setup().curve(tasks: 3, steps: steps)
    #expect(curve.returns.allSatisfy { $0.count == steps + 1 })
    #expect(curve.environmentSteps == 3 * (steps + 1) * 5 * 20)
  }

  @Test("Episodes with a wider noise teach the steps, and the policy's own measure them")
  func exploring() throws {
    let own = try Setup().curve()
    let below = try Setup { $0.inner.minimumLogStandardDeviation = -0.5 }.curve()
    #expect(largestDifference(below, own) < 1e-3)
    let wide = try Setup { $0.inner.minimumLogStandardDeviation = 0.5 }.curve()
    for (ownReturns, wideReturns) in zip(own.returns, wide.returns) {
      #expect(wideReturns[0] == ownReturns[0])
      #expect(wideReturns[1] != ownReturns[1])
    }
    #expect(wide.environmentSteps == 6 * (2 * 2 + 1) * 5 * 20)
  }

  private func largestDifference(_ left: AdaptationCurve, _ right: AdaptationCurve) -> Double {
    zip(left.returns.flatMap(\.self), right.returns.flatMap(\.self))
      .reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  @Test("A given step size serves the first step and its half the later ones")
  func halves() throws {
    let fixed = try Setup().curve(steps: 3)
    let learned = try Setup { $0.inner.stepSizeRule = .learned }
    let same = try learned.curve(steps: 3, state: learned.state(stepSizes: [0.2, 0.1, 0.1]))
    #expect(largestDifference(fixed, same) < 1e-3)
    let other = try learned.curve(steps: 3, state: learned.state(stepSizes: [0.2, 0.2, 0.2]))
    #expect(largestDifference(fixed, other) > 1e-2)
  }

  @Test("Learned step sizes are used step by step, half of the last set beyond training")
  func lastSet() throws {
    let setup = try Setup { $0.inner.stepSizeRule = .learned }
    let two = try setup.curve(steps: 4, state: setup.state(stepSizes: [0.2, 0.05]))
    let four = try setup.curve(
      steps: 4, state: setup.state(stepSizes: [0.2, 0.05, 0.025, 0.025]))
    #expect(largestDifference(two, four) < 1e-3)
    let swapped = try setup.curve(steps: 4, state: setup.state(stepSizes: [0.05, 0.2]))
    #expect(two.returns != swapped.returns)
  }

  @Test("A policy trained for a few iterations adapts to higher returns than before training")
  func learns() throws {
    let setup = try Setup {
      $0.outer.learningRate = 0.02
      $0.outer.tasks = 10
      $0.inner.stepSize = 0.1
    }
    let before = try setup.curve(tasks: 20, steps: 1)
    for _ in 0..<30 { _ = try setup.learner.iterate() }
    let after = try setup.curve(tasks: 20, steps: 1)
    let mean = { (curve: AdaptationCurve) in curve.summary(step: 1, seed: 1).mean }
    #expect(mean(after) > mean(before) + 1)
  }
}
