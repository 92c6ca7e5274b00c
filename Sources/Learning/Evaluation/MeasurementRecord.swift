public import Parallel
public import Statistics

/// How a measurement is followed; its closures are called from all workers.
public struct MeasurementRecord: Sendable {
  /// Outcomes of an earlier, interrupted measurement of the same by task; those that are not whole are
  /// measured anew.
  public var known: [Int: AdaptationCurve.TaskOutcome] = [:]
  /// Asked before each collection; `MeasurementStopped` ends the measurement then.
  public var shouldStop: @Sendable () -> Bool = { false }
  /// Called for each task that has been measured.
  public var didMeasure: @Sendable (AdaptationCurve.TaskOutcome) throws -> Void = { _ in }

  /// Nothing is known, and nobody follows.
  public init() {}

  func checkStop() throws { if shouldStop() { throw MeasurementStopped() } }

  /// What is seen of tasks that are shared by a team: each is told of once it is measured.
  ///
  /// - Parameters:
  ///   - count: How many tasks there are.
  ///   - points: How many points each outcome has.
  ///   - episodes: How many episodes are learned from.
  ///   - team: Who shares the tasks.
  ///   - measure: Measures a task by its index.
  /// - Returns: The outcome of each task.
  /// - Throws: What measuring throws, and what following it throws.
  func outcomes(
    of count: Int, points: Int, episodes: Int, by team: any Team,
    _ measure: (_ worker: Int, _ task: Int) throws -> AdaptationCurve.TaskOutcome
  ) throws -> [AdaptationCurve.TaskOutcome] {
    // Other processes' outcomes arrive in between, so that they can be kept if the measurement ends early.
    let workers = team.sum(try team.map(team.processes) { _, _ in team.workers })
    let together = team.processes == 1 ? count : Self.between * workers
    let known = known.filter { $0.value.isWhole(points: points, episodes: episodes) }
    var outcomes: [AdaptationCurve.TaskOutcome] = []
    for first in stride(from: 0, to: count, by: max(together, 1)) {
      let parts = try team.map(min(together, count - first)) { worker, place in
        let task = first + place
        if let known = known[task] { return known }
        let outcome = try measure(worker, task)
        try didMeasure(outcome)
        return outcome
      }
      let all = team.gather(parts)
      try team.agree {
        for (place, outcome) in all.enumerated()
        where !parts.indices.contains(place) && known[outcome.task] == nil {
          try didMeasure(outcome)
        }
      }
      outcomes += all
    }
    return outcomes
  }

  /// How many tasks each thread measures before the next outcomes arrive.
  private static let between = 4
}

/// A measurement was asked to stop.
public struct MeasurementStopped: TransmissibleError {
  /// There is nothing to be told of it.
  public init() {}

  /// There is nothing to read.
  public init(from message: inout Message) {}

  /// There is nothing to write.
  public func write(to message: inout Message) {}
}

extension AdaptationCurve.TaskOutcome: Transmissible {
  /// Reads what was written.
  public init(from message: inout Message) {
    self.init(task: message.read())
    (returns, successRates) = (message.read(), message.read())
    (experience, environmentSteps) = (message.read(), message.read())
  }

  /// Writes everything.
  public func write(to message: inout Message) {
    message.write(task)
    for list in [returns, successRates, experience] { message.write(list) }
    message.write(environmentSteps)
  }
}
