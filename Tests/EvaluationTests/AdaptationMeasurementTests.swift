import Adaptation
import Differentiation
import EnvironmentKit
import Evaluation
import MetaLearning
import Parallel
import PointNavigation
import Policies
import Rollouts
import Statistics
import Testing

@Suite struct AdaptationMeasurementTests {
  /// A learner that has not learned yet, and what its curve is measured with.
  private struct Setup {
    let environment: AnyEnvironment
    let policy: Policy
    let learner: MetaLearner
    let settings: MetaLearningSettings

    init(_ change: (inout MetaLearningSettings) -> Void = { _ in }) throws {
      var settings = MetaLearningSettings()
      settings.policy.hiddenSizes = [8]
      settings.inner.stepSize = 0.2
      settings.outer.method = .adam
      change(&settings)
      self.settings = settings
      environment = try EnvironmentDefinition(PointNavigation.self).make(
        parameters: ["horizon": .integer(20), "goalTolerance": .number(0)])
      policy = Policy(for: environment.specification, settings: settings.policy)
      learner = try MetaLearner(
        problem: .episodes(environment, policy), settings: settings, seed: 2, team: Threads(1))
    }

    func curve(
      tasks count: Int = 6, steps: Int = 2, seed: UInt64 = 4, threads: Int = 1,
      state: LearnerState? = nil
    ) throws -> AdaptationCurve {
      try measurement(tasks: count, seed: seed, threads: threads, state: state)
        .perStep(steps, episodes: 5)
    }

    func measurement(
      tasks count: Int = 6, seed: UInt64 = 4, threads: Int = 1, state: LearnerState? = nil
    ) throws -> AdaptationMeasurement {
      AdaptationMeasurement(
        environment: environment,
        adaptation: settings.adaptation(of: policy, from: state ?? learner.state),
        tasks: try environment.sampleTasks(split: .test, count: count, seed: 9), seed: seed,
        team: Threads(threads))
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

  @Test("What is recorded is the first of the episodes that measure each point")
  func recordings() throws {
    let setup = try Setup()
    let measurement = try setup.measurement(threads: 2)
    let recorded = try measurement.recordings(ofTasks: [4, 1], steps: 2, episodes: 5)
    #expect(recorded.map(\.count) == [3, 3])
    for episode in recorded.flatMap(\.self) {
      #expect(episode.rewards.count == 20 && episode.scenes.count == 21)
      #expect(!episode.terminated && episode.returns.count == 21)
    }
    // Alone, with one episode a point, the first episode before any step is the whole measurement.
    let single = try measurement.perStep(0, episodes: 1)
    for (index, task) in [4, 1].enumerated() {
      #expect(abs(recorded[index][0].returns[20] - single.returns[task][0]) < 1e-4)
    }
    // The goal stays where it is, the point moves.
    let first = recorded[0][0]
    #expect(Set(first.scenes.map { $0.shapes[0].points[0] }).count == 1)
    #expect(Set(first.scenes.map { $0.shapes[1].points[0] }).count > 15)
  }

  @Test("Success is counted where the specification says what it is")
  func success() throws {
    let none = try Setup().curve()
    #expect(none.outcomes.allSatisfy { $0.successRates.isEmpty } && none.successRate(at: 0) == nil)
    // A tolerance that is always met is always a success.
    let environment = try EnvironmentDefinition(PointNavigation.self).make(
      parameters: ["horizon": .integer(20), "goalTolerance": .number(10)])
    let setup = try Setup()
    let curve = try AdaptationMeasurement(
      environment: environment,
      adaptation: setup.settings.adaptation(of: setup.policy, from: setup.learner.state),
      tasks: try environment.sampleTasks(split: .test, count: 3, seed: 9), seed: 4, team: Threads(1)
    ).perStep(1, episodes: 2)
    #expect(curve.successRate(at: 0) == 1 && curve.successRate(at: 1) == 1)
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

  @Test("Experience is every episode that was learned from, in order")
  func experience() throws {
    let curve = try Setup().curve()
    #expect(curve.points.map(\.episodes) == [0, 5, 10])
    for (returns, experience) in zip(curve.returns, curve.experience) {
      #expect(experience.count == 10)
      #expect(abs(experience[..<5].reduce(0, +) / 5 - returns[0]) < 1e-9)
      #expect(abs(experience[5...].reduce(0, +) / 5 - returns[1]) < 1e-9)
    }
  }

  @Test("A curve per episode: more episodes contain the fewer, and threads don't matter")
  func perEpisode() throws {
    let setup = try Setup()
    let curve = try setup.measurement().perEpisode([0, 1, 3, 8], steps: 1, episodes: 5)
    #expect(curve.points.map(\.gradientSteps) == [0, 1, 1, 1])
    #expect(curve.experience.allSatisfy { $0.count == 8 })
    // What a point has is collected once, for the point with the most.
    #expect(curve.environmentSteps == 6 * 20 * (4 * 5 + 8))
    let fewer = try setup.measurement(threads: 2).perEpisode([0, 3], steps: 1, episodes: 5)
    #expect(fewer.experience == curve.experience.map { Array($0[..<3]) })
    #expect(fewer.returns == curve.returns.map { [$0[0], $0[2]] })
    // Each point differs from the others: it is another policy.
    #expect(curve.returns.allSatisfy { Set($0).count == 4 })
  }

  @Test("One step on as many episodes is the step of the other protocol")
  func protocolsAgree() throws {
    // Both collect the same episodes to learn from, and the same ones afterwards.
    let setup = try Setup()
    let episode = try setup.measurement().perEpisode([0, 5], steps: 1, episodes: 5)
    let step = try setup.measurement().perStep(1, episodes: 5)
    #expect(episode.experience == step.experience)
    #expect(episode.returns.map { $0[1] } == step.returns.map { $0[1] })
  }

  @Test("Several steps on the same episodes go on from each other")
  func severalSteps() throws {
    let setup = try Setup { $0.inner.estimator = .likelihoodRatio }
    let curves = try (1...2).map {
      try setup.measurement().perEpisode([0, 5], steps: $0, episodes: 5)
    }
    #expect(curves[0].experience == curves[1].experience)
    #expect(curves[0].returns.map { $0[0] } == curves[1].returns.map { $0[0] })
    #expect(curves[0].returns.map { $0[1] } != curves[1].returns.map { $0[1] })
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
    let mean = { (curve: AdaptationCurve) in curve.scores(at: 1).mean }
    #expect(mean(after) > mean(before) + 1)
  }

  @Test("Online, each episode counts as it goes and is learned from before the next")
  func online() throws {
    let setup = try Setup()
    let curve = try setup.measurement().online(4)
    #expect(curve.points.map(\.episodes) == [0, 1, 2, 3])
    #expect(curve.environmentSteps == 6 * 20 * 4)
    #expect(curve.experience == curve.returns.map { Array($0[..<3]) })
    // The first two episodes are those of one step on one episode.
    let step = try setup.measurement(threads: 3).perStep(1, episodes: 1)
    #expect(curve.returns.map { Array($0[..<2]) } == step.returns)
  }

  @Test("Adaptation without gradients is measured by the same protocols")
  func otherAdaptation() throws {
    let setup = try Setup()
    let layout = setup.policy.layout
    let candidates = [Float(5), 0].map { bias in
      layout.filled { $0 == "layers.1.bias" ? bias : 0 }
    }
    var settings = setup.settings
    var method = OuterMethodDefinition(
      "trials", "tries, and stays with the better", derivative: .none, Reptile.self)
    method.adaptation = { policy, _, _, _ in
      TrialAndError(policy: policy, candidates: candidates)
    }
    try settings.methods.register(method)
    settings.outer.method = "trials"
    let measurement = Measurement(
      of: .episodes(setup.environment, setup.policy), state: setup.learner.state,
      settings: settings,
      tasks: try setup.environment.sampleTasks(split: .test, count: 5, seed: 9), seed: 4,
      team: Threads(2))
    // The first goes far away, so all that comes after the second is as good as that.
    for curve in [
      try measurement.perStep(3, episodes: 4),
      try measurement.perEpisode([0, 1], steps: 1, episodes: 4),
    ] {
      for returns in curve.returns {
        #expect(returns.dropFirst().allSatisfy { $0 > returns[0] + 5 })
      }
    }
    guard case .episodes(let episodes) = measurement else { return }
    let curve = try episodes.online(4)
    #expect(curve.returns.allSatisfy { $0[0] < $0[1] && $0[0] < $0[2] && $0[0] < $0[3] })
  }
}

/// Tries two sets of parameters in turn, and stays with the better.
private struct TrialAndError: Adaptation {
  struct Progress {
    var returns: [Double] = []
  }

  let policy: Policy
  let candidates: [Tensor<Float>]

  func begin() -> Progress { Progress() }

  func actor(_ progress: Progress) -> Actor {
    let tried = progress.returns
    let index = tried.count < 2 ? tried.count : (tried[0] > tried[1] ? 0 : 1)
    return Actor(policy, parameters: candidates[index])
  }

  func explorer(_ progress: Progress) -> Actor? { nil }

  func learn(_ progress: inout Progress, from episodes: Episodes, repetitions: Int?) {
    if progress.returns.count < 2 { progress.returns.append(episodes.meanReturn) }
  }
}
