import Adaptation
import EnvironmentKit
import Evaluation
import MetaLearning
import Parallel
import PointNavigation
import Policies
import Rollouts
import Statistics
import Testing

@Suite struct AdaptationTuningTests {
  /// Curves that are best with all sizes halved, and with later steps at a fifth.
  private func curve(_ rule: TestTimeRule, steps: Int, trained: Int) throws -> AdaptationCurve {
    if rule.factor > 4 { throw NonFiniteValue(description: "diverged") }
    let points = (0...steps).map { AdaptationCurve.Point(gradientSteps: $0, episodes: 5 * $0) }
    var outcome = AdaptationCurve.TaskOutcome(task: 0)
    outcome.returns = (0...steps).map { step in
      let later = step > trained ? abs(rule.laterFactor - 0.2) : 0
      return step == 0 ? -10 : -abs(rule.factor - 0.5) - later
    }
    outcome.environmentSteps = 7 * steps
    return AdaptationCurve(points: points, outcomes: [outcome])
  }

  private let tuning = AdaptationTuning(
    factors: [0.25, 0.5, 1, 8], laterFactors: [1, 0.5, 0.2, 0])

  @Test("The best factor on all sizes is chosen first, then the best one for the steps beyond")
  func order() throws {
    let choice = try tuning.choice(from: TestTimeRule(), trainedSteps: 2, steps: 4) {
      try curve($0, steps: $1, trained: 2)
    }
    #expect(choice.rule == TestTimeRule(factor: 0.5, laterFactor: 0.2))
    #expect(choice.candidates.count == 8)
    // Adaptation that diverges has no score, and is not chosen.
    #expect(
      choice.candidates.map { $0.score == nil } == [false, false, false, true]
        + Array(repeating: false, count: 4))
    #expect(choice.environmentSteps == 3 * 7 * 2 + 4 * 7 * 4)
  }

  @Test("Nothing is chosen where nothing is left open")
  func nothing() throws {
    let fixed = AdaptationTuning(factors: [], laterFactors: [1, 0])
    let choice = try fixed.choice(from: TestTimeRule(), trainedSteps: 3, steps: 3) { _, _ in
      throw NonFiniteValue(description: "not to be measured")
    }
    #expect(choice.rule == TestTimeRule() && choice.candidates.isEmpty)
  }

  @Test("What was never trained to adapt is judged over all of its steps")
  func untrained() throws {
    var asked: [Int] = []
    _ = try tuning.choice(from: TestTimeRule(), trainedSteps: 0, steps: 3) {
      asked.append($1)
      return try curve($0, steps: $1, trained: 1)
    }
    #expect(asked == [3, 3, 3, 3, 3, 3, 3, 3])
  }

  @Test("Steps beyond the trained ones lose at most a tenth of what these gained, on other tasks")
  func laterSteps() throws {
    var settings = MetaLearningSettings()
    settings.policy.hiddenSizes = [16]
    settings.policy.initialLogStandardDeviation = -0.5
    settings.inner.steps = 2
    settings.inner.stepSize = 0.3
    settings.inner.logStandardDeviationFactor = 10
    settings.inner.stepSizeRule = .learned
    settings.inner.estimator = .likelihoodRatio
    settings.inner.episodes = 10
    settings.outer.method = .adam
    settings.outer.tasks = 10
    settings.outer.learningRate = 0.01
    settings.outer.stepSizeLearningRate = 0.06
    settings.outer.stepWeights = [1, 1]
    let environment = try EnvironmentDefinition(PointNavigation.self).make(
      parameters: ["horizon": .integer(30)])
    let problem = Problem.episodes(
      environment, Policy(for: environment.specification, settings: settings.policy))
    let learner = try MetaLearner(problem: problem, settings: settings, seed: 3, team: Threads(2))
    for _ in 0..<60 { _ = try learner.iterate() }

    func measurement(_ split: TaskSplit, _ rule: TestTimeRule) throws -> Measurement {
      Measurement(
        of: problem, state: learner.state, settings: settings,
        tasks: try environment.sampleTasks(split: split, count: 20, seed: 3), seed: 3,
        team: Threads(2), rule: rule)
    }
    let factors = AdaptationTuning(factors: [], laterFactors: [1, 0.5, 0.2, 0.1, 0.05, 0.02, 0])
    for (protocolSteps, repeated) in [(8, false), (5, true)] {
      let rule = TestTimeRule(trainedSteps: repeated ? 1 : nil)
      func curve(_ split: TaskSplit, _ rule: TestTimeRule, _ steps: Int) throws -> [Double] {
        let measurement = try measurement(split, rule)
        let curve =
          try repeated
          ? measurement.perEpisode([0, 10], steps: steps, episodes: 10)
          : measurement.perStep(steps, episodes: 10)
        return curve.points.indices.map { curve.scores(at: $0).mean }
      }
      let choice = try factors.choice(from: rule, trainedSteps: 2, steps: protocolSteps) {
        let measurement = try measurement(.validation, $0)
        return try repeated
          ? measurement.perEpisode([10], steps: $1, episodes: 10)
          : measurement.perStep($1, episodes: 10)
      }
      let trained = repeated ? 1 : 2
      let before = try curve(.test, rule, trained)
      let later = try curve(.test, choice.rule, protocolSteps)
      let gain = before[before.count - 1] - before[0]
      #expect(gain > 1, "\(before)")
      let beyond = repeated ? Array(later.suffix(1)) : Array(later.dropFirst(trained + 1))
      #expect(beyond.allSatisfy { $0 >= before[before.count - 1] - 0.1 * gain }, "\(later)")
    }
  }
}
