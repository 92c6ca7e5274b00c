internal import Dispatch

/// Wall seconds of a meta-iteration by phase; phases that run interleaved on several threads count
/// their share of the time.
public struct PhaseSeconds: Sendable, Equatable {
  /// Collecting episodes.
  public var rollouts = 0.0
  /// Advantages, inner gradients and steps.
  public var innerGradient = 0.0
  /// The outer gradient, through adaptation.
  public var metaGradient = 0.0
  /// Curvature products (trpo).
  public var conjugateGradient = 0.0
  /// Trying updates (trpo).
  public var lineSearch = 0.0

  /// The seconds by the names under which they are recorded.
  public var byPhase: [String: Double] {
    [
      "rolloutSeconds": rollouts, "innerGradientSeconds": innerGradient,
      "metaGradientSeconds": metaGradient, "conjugateGradientSeconds": conjugateGradient,
      "lineSearchSeconds": lineSearch,
    ]
  }

  static func + (left: PhaseSeconds, right: PhaseSeconds) -> PhaseSeconds {
    PhaseSeconds(
      rollouts: left.rollouts + right.rollouts,
      innerGradient: left.innerGradient + right.innerGradient,
      metaGradient: left.metaGradient + right.metaGradient,
      conjugateGradient: left.conjugateGradient + right.conjugateGradient,
      lineSearch: left.lineSearch + right.lineSearch)
  }

  func divided(by count: Int) -> PhaseSeconds {
    let share = 1 / Double(count)
    return PhaseSeconds(
      rollouts: rollouts * share, innerGradient: innerGradient * share,
      metaGradient: metaGradient * share, conjugateGradient: conjugateGradient * share,
      lineSearch: lineSearch * share)
  }
}

/// Adds the time a piece of work takes to a phase.
func timed<Result>(_ phase: inout Double, _ work: () throws -> Result) rethrows -> Result {
  let start = DispatchTime.now().uptimeNanoseconds
  defer { phase += Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9 }
  return try work()
}

/// What a meta-iteration did.
public struct IterationReport: Sendable {
  /// Its number, from 1.
  public let iteration: Int
  /// Time steps of all episodes collected.
  public let environmentSteps: Int
  /// Mean undiscounted return of the episodes after 0, 1, ... adaptation steps.
  public let returns: [Double]
  /// The outer loss: for trpo the surrogate after the update, for adam the weighted loss
  /// before it.
  public let outerLoss: Double
  /// The mean divergence of the adapted policies after the update (trpo).
  public let meanKL: Double?
  /// Updates tried (trpo).
  public let lineSearchSteps: Int?
  /// Whether an update was found that improves the surrogate within the bound (trpo).
  public let accepted: Bool?
  /// Where the time went.
  public let seconds: PhaseSeconds
  /// Numbers that tell whether the run is well, by the names under which they are recorded.
  public var diagnostics: [String: Double] = [:]
  /// What was not a finite number, where the update was passed over for it; its numbers are then not known.
  public var problem: String?
}

extension IterationReport {
  /// An iteration whose update was passed over.
  init(passedOver iteration: Int, steps: Int, problem: String) {
    self.init(
      iteration: iteration, environmentSteps: 0,
      returns: [Double](repeating: .nan, count: steps + 1), outerLoss: .nan, meanKL: nil,
      lineSearchSteps: nil, accepted: nil, seconds: PhaseSeconds(), problem: problem)
  }
}
