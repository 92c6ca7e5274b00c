public import Adaptation
public import EnvironmentKit
public import MetaLearning
public import Parallel
public import Statistics

/// Measures how good what was trained is on tasks, by what they are made of.
public enum Measurement: Sendable {
  case episodes(AdaptationMeasurement)
  case examples(ExampleMeasurement)

  /// Describes what is measured.
  ///
  /// - Parameters:
  ///   - problem: What was trained.
  ///   - state: The trained initialization and step sizes.
  ///   - settings: Of training: its inner loop is repeated.
  ///   - tasks: The tasks.
  ///   - seed: Names the random streams, which training never uses.
  ///   - team: Who shares the work over tasks; results don't depend on it.
  ///   - rule: What becomes of the step sizes of training.
  ///   - record: How it is followed.
  public init(
    of problem: Problem, state: LearnerState, settings: MetaLearningSettings, tasks: [AnyTask],
    seed: UInt64, team: any Team, rule: TestTimeRule = TestTimeRule(),
    record: MeasurementRecord = MeasurementRecord()
  ) {
    switch problem {
    case .episodes(let environment, let policy):
      self = .episodes(
        AdaptationMeasurement(
          environment: environment,
          adaptation: settings.trainedAdaptation(of: policy, from: state, rule: rule), tasks: tasks,
          seed: seed, team: team, record: record))
    case .examples(let source, let model):
      self = .examples(
        ExampleMeasurement(
          source: source, adaptation: settings.adaptation(of: model, from: state, rule: rule),
          tasks: tasks, seed: seed, team: team, record: record))
    }
  }

  /// Measures after every gradient step.
  ///
  /// - Parameters:
  ///   - steps: Gradient steps, at least 0.
  ///   - episodes: For each step, and to measure with; or examples of each class to adapt to.
  /// - Returns: A point for each number of steps from 0.
  /// - Throws: What measuring throws.
  public func perStep(_ steps: Int, episodes: Int) throws -> AdaptationCurve {
    switch self {
    case .episodes(let measurement): try measurement.perStep(steps, episodes: episodes)
    case .examples(let measurement): try measurement.perStep(steps, shots: episodes)
    }
  }

  /// Where ``perStep(_:episodes:)`` measures.
  ///
  /// - Parameters:
  ///   - steps: As there.
  ///   - episodes: As there.
  /// - Returns: The points.
  public func points(perStep steps: Int, episodes: Int) -> [AdaptationCurve.Point] {
    switch self {
    case .episodes(let measurement): measurement.points(perStep: steps, episodes: episodes)
    case .examples(let measurement): measurement.points(perStep: steps, shots: episodes)
    }
  }

  /// Where ``perEpisode(_:steps:episodes:)`` measures.
  ///
  /// - Parameters:
  ///   - counts: As there.
  ///   - steps: As there.
  /// - Returns: The points.
  public func points(perEpisode counts: [Int], steps: Int) -> [AdaptationCurve.Point] {
    switch self {
    case .episodes(let measurement): measurement.points(perEpisode: counts, steps: steps)
    case .examples(let measurement): measurement.points(perShot: counts, steps: steps)
    }
  }

  /// Measures after numbers of episodes, or of examples of each class, each from the initialization anew.
  ///
  /// - Parameters:
  ///   - counts: The numbers, ascending from 0.
  ///   - steps: Gradient steps on them, at least 1.
  ///   - episodes: Collected to measure with; examples have their query set.
  /// - Returns: A point for each count.
  /// - Throws: What measuring throws.
  public func perEpisode(_ counts: [Int], steps: Int, episodes: Int) throws -> AdaptationCurve {
    switch self {
    case .episodes(let measurement):
      try measurement.perEpisode(counts, steps: steps, episodes: episodes)
    case .examples(let measurement): try measurement.perShot(counts, steps: steps)
    }
  }

  /// Where ``online(_:)`` measures.
  ///
  /// - Parameter episodes: As there.
  /// - Returns: The points.
  public func points(online episodes: Int) -> [AdaptationCurve.Point] {
    switch self {
    case .episodes(let measurement): measurement.points(online: episodes)
    case .examples: preconditionFailure("tasks of examples have no episodes")
    }
  }

  /// Measures episode by episode, each of which counts as it goes and is learned from before the next.
  ///
  /// - Parameter episodes: How many there are, at least 1; tasks of examples have none.
  /// - Returns: A point for each episode, with how many were learned from before it.
  /// - Throws: What measuring throws.
  public func online(_ episodes: Int) throws -> AdaptationCurve {
    switch self {
    case .episodes(let measurement): try measurement.online(episodes)
    case .examples: preconditionFailure("tasks of examples have no episodes")
    }
  }
}
