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

  func outcome(of task: Int, points: Int, episodes: Int) -> AdaptationCurve.TaskOutcome? {
    known[task].flatMap { $0.isWhole(points: points, episodes: episodes) ? $0 : nil }
  }
}

/// A measurement was asked to stop.
public struct MeasurementStopped: Error {}
