public import Adaptation
public import EnvironmentKit
public import Parallel
internal import Randomness
internal import Rollouts
public import Statistics

/// Adapts a trained model to tasks and measures how good it is then, on the tasks' query sets.
///
/// A curve's returns are scores: minus the mean squared error of numbers, the accuracy of classes. Its
/// episodes are examples of each class, or examples where there are no classes.
public struct ExampleMeasurement: Sendable {
  private let source: AnyExampleSource
  private let loop: ExampleLoop
  private let tasks: [AnyTask]
  private let seed: UInt64
  private let team: any Team
  private let record: MeasurementRecord

  /// Describes what is measured.
  ///
  /// - Parameters:
  ///   - source: Where examples come from.
  ///   - adaptation: How what was trained adapts.
  ///   - tasks: The tasks.
  ///   - seed: Names the random streams, which training never uses.
  ///   - team: Who shares the work over tasks; results don't depend on it.
  ///   - record: How it is followed.
  public init(
    source: AnyExampleSource, adaptation: ExampleLoop, tasks: [AnyTask], seed: UInt64,
    team: any Team, record: MeasurementRecord = MeasurementRecord()
  ) {
    self.source = source
    loop = adaptation
    self.tasks = tasks
    self.seed = seed
    self.team = team
    self.record = record
  }

  /// Measures after every gradient step, all of them on the same support set.
  ///
  /// - Parameters:
  ///   - steps: Gradient steps, at least 0.
  ///   - shots: Examples of each class in the support set.
  /// - Returns: A point for each number of steps from 0.
  /// - Throws: `NonFiniteValue` where adapting diverges, and what following the measurement throws.
  public func perStep(_ steps: Int, shots: Int) throws -> AdaptationCurve {
    try measured(points(perStep: steps, shots: shots)) { index in
      loop.scores(on: examples(index, shots: shots), steps: steps)
    }
  }

  /// Measures after numbers of shots, each from the initialization anew.
  ///
  /// - Parameters:
  ///   - counts: Numbers of examples of each class, ascending from 0; those beyond what the source has are
  ///     left out.
  ///   - steps: Gradient steps on them, at least 1.
  /// - Returns: A point for each count.
  /// - Throws: As ``perStep(_:shots:)``.
  public func perShot(_ counts: [Int], steps: Int) throws -> AdaptationCurve {
    let points = points(perShot: counts, steps: steps)
    return try measured(points) { index in
      points.map { point in
        let (steps, shots) = (point.gradientSteps, max(point.episodes, 1))
        return loop.scores(on: examples(index, shots: shots), steps: steps)[steps]
      }
    }
  }

  func points(perStep steps: Int, shots: Int) -> [AdaptationCurve.Point] {
    (0...steps).map { .init(gradientSteps: $0, episodes: $0 == 0 ? 0 : shots) }
  }

  func points(perShot counts: [Int], steps: Int) -> [AdaptationCurve.Point] {
    counts.filter { $0 <= source.shotLimit }
      .map { .init(gradientSteps: $0 == 0 ? 0 : steps, episodes: $0) }
  }

  /// How good predicting the nearest neighbours' targets is: a baseline that learns nothing.
  ///
  /// - Parameters:
  ///   - shots: Examples of each class in the support set.
  ///   - neighbors: How many neighbours have a say.
  /// - Returns: A score for each task.
  /// - Throws: What following the measurement throws.
  public func nearestNeighbors(shots: Int, neighbors: Int = 1) throws -> [Double] {
    let width = source.specification.input.width
    return try Threads(team.workers).map(tasks.count) { _, index in
      nearestNeighborScore(examples(index, shots: shots), width: width, neighbors: neighbors)
    }.values
  }

  /// Training counts its iterations from 1, so iteration 0 names streams of evaluation alone.
  private func examples(_ index: Int, shots: Int) -> FewShotExamples {
    var random = RandomStream(seed: seed, task: index, purpose: .examples)
    return source.examples(of: tasks[index], shots: shots, random: &random)
  }

  private func measured(
    _ points: [AdaptationCurve.Point], _ scores: (Int) -> [Double]
  ) throws -> AdaptationCurve {
    let outcomes = try record.outcomes(
      of: tasks.count, points: points.count, episodes: 0, by: team
    ) { _, index in
      try record.checkStop()
      var outcome = AdaptationCurve.TaskOutcome(task: index)
      outcome.returns = scores(index)
      if let point = outcome.returns.firstIndex(where: { !$0.isFinite }) {
        throw NonFiniteValue(
          description: "the score is not a finite number in \(source.name), task \(index), after "
            + "\(points[point].gradientSteps) gradient steps: adapting diverges; smaller step sizes may help"
        )
      }
      return outcome
    }
    return AdaptationCurve(points: points, outcomes: outcomes)
  }
}
