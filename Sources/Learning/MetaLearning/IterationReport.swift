internal import Dispatch
public import Parallel

/// Wall seconds of a meta-iteration by phase; phases that run interleaved on several threads count
/// their share of the time.
public struct PhaseSeconds: Sendable, Equatable, Summable {
  /// Collecting episodes.
  public var rollouts = 0.0
  /// Advantages, inner gradients and steps.
  public var innerGradient = 0.0
  /// The outer gradient, through adaptation.
  public var metaGradient = 0.0
  /// Curvature products.
  public var conjugateGradient = 0.0
  /// Trying updates.
  public var lineSearch = 0.0

  /// No time at all.
  public init() {}

  init(
    rollouts: Double, innerGradient: Double, metaGradient: Double, conjugateGradient: Double,
    lineSearch: Double
  ) {
    self.rollouts = rollouts
    self.innerGradient = innerGradient
    self.metaGradient = metaGradient
    self.conjugateGradient = conjugateGradient
    self.lineSearch = lineSearch
  }

  /// Reads what was written.
  public init(from message: inout Message) {
    self.init(
      rollouts: message.read(), innerGradient: message.read(), metaGradient: message.read(),
      conjugateGradient: message.read(), lineSearch: message.read())
  }

  /// Writes everything.
  public func write(to message: inout Message) {
    for phase in [rollouts, innerGradient, metaGradient, conjugateGradient, lineSearch] {
      message.write(phase)
    }
  }

  /// The seconds by the names under which they are recorded.
  public var byPhase: [String: Double] {
    [
      "rolloutSeconds": rollouts, "innerGradientSeconds": innerGradient,
      "metaGradientSeconds": metaGradient, "conjugateGradientSeconds": conjugateGradient,
      "lineSearchSeconds": lineSearch,
    ]
  }

  /// The sum, phase by phase.
  public static func + (left: PhaseSeconds, right: PhaseSeconds) -> PhaseSeconds {
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
public func timed<Result>(_ phase: inout Double, _ work: () throws -> Result) rethrows -> Result {
  let start = DispatchTime.now().uptimeNanoseconds
  defer { phase += Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9 }
  return try work()
}

/// What a method tells of its update.
public enum Metric: Sendable, Equatable {
  /// A number.
  case number(Double)
  /// A number of something.
  case count(Int)
  /// Whether something was so.
  case flag(Bool)

  /// The metric as a number; 1 for what was so, 0 for what was not.
  public var number: Double {
    switch self {
    case .number(let value): value
    case .count(let value): Double(value)
    case .flag(let value): value ? 1 : 0
    }
  }
}

/// What a meta-iteration did.
public struct IterationReport: Sendable {
  /// Its number, from 1.
  public let iteration: Int
  /// Time steps of all episodes collected.
  public let environmentSteps: Int
  /// Mean undiscounted return of the episodes after 0, 1, ... adaptation steps.
  public let returns: [Double]
  /// What the method tells of its update, by the names under which it is recorded: `outerLoss`, and what else it has.
  public let metrics: [String: Metric]
  /// Where the time went.
  public let seconds: PhaseSeconds
  /// Numbers that tell whether the run is well, by the names under which they are recorded.
  public var diagnostics: [String: Double] = [:]
  /// What was not a finite number, where the update was passed over for it; its numbers are then not known.
  public var skipReason: String?
}

extension IterationReport {
  /// What is recorded beside the keys that every run has, by name: phases, diagnostics, and further metrics.
  public var further: [String: Double] {
    let known: Set = ["outerLoss", "meanKL", "lineSearchSteps", "accepted"]
    let own = metrics.filter { !known.contains($0.key) }.mapValues(\.number).filter(
      \.value.isFinite)
    return seconds.byPhase.merging(own) { $1 }.merging(diagnostics) { $1 }
  }

  /// A metric that is a number; nil where the method doesn't have it.
  public func number(_ name: String) -> Double? {
    if case .number(let value)? = metrics[name] { value } else { nil }
  }

  /// A metric that counts something; nil where the method doesn't have it.
  public func count(_ name: String) -> Int? {
    if case .count(let value)? = metrics[name] { value } else { nil }
  }

  /// A metric that says whether something was so; nil where the method doesn't have it.
  public func flag(_ name: String) -> Bool? {
    if case .flag(let value)? = metrics[name] { value } else { nil }
  }

  /// An iteration whose update was passed over.
  init(passedOver iteration: Int, points: Int, skipReason: String) {
    self.init(
      iteration: iteration, environmentSteps: 0,
      returns: [Double](repeating: .nan, count: points), metrics: ["outerLoss": .number(.nan)],
      seconds: PhaseSeconds(), skipReason: skipReason)
  }
}
