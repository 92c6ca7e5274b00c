public import Settings

/// How poor trials are stopped early: after some iterations the best of them go on.
public struct Halving: Settings, Sendable, Equatable {
  /// By what rule.
  public var kind = Kind.none
  /// One of how many trials goes on, with as many times the iterations.
  public var factor = 3
  /// Iterations before the first choice; nil for the factor's square below those of a whole run.
  public var iterations: Int?

  /// By what rule trials are stopped.
  public enum Kind: String, Sendable, CaseIterable {
    /// None is.
    case none
    /// When all have come as far (successive halving; Jamieson and Talwalkar 2016). The same study ends with the
    /// same table.
    case synchronous
    /// As soon as enough have come as far (ASHA; Li et al. 2020). No core waits, but which trials go on depends on
    /// which was there first.
    case asynchronous
  }

  /// No trial is stopped.
  public init() {}

  /// The keys.
  public static var fields: [Field<Self>] {
    [
      .choice("kind", \.kind, "not at all, when all have come as far, or without waiting (ASHA)"),
      .integer("factor", \.factor, in: 2...100, "one of so many trials goes on"),
      .optionalInteger(
        "iterations", \.iterations, in: 1...1_000_000,
        "iterations before the first choice, null for a whole run's over factor squared"),
    ]
  }

  /// The iterations after which trials are measured, ascending to those of a whole run.
  ///
  /// - Parameter total: The iterations of a whole run.
  /// - Returns: At least one.
  func rungs(upTo total: Int) -> [Int] {
    guard kind != .none else { return [total] }
    var rungs: [Int] = []
    var next = iterations ?? max(1, total / (factor * factor))
    // A rung just below a whole run would choose nothing that this doesn't.
    while next <= total / factor {
      rungs.append(next)
      next *= factor
    }
    return rungs + [total]
  }

  /// The trials that go on from a rung, of those that were measured there.
  ///
  /// - Parameters:
  ///   - scores: By trial; not a number where it failed. Of equal ones, the earlier trial is better.
  ///   - isComplete: Whether none comes after these.
  /// - Returns: The best first: one of ``factor``, though at least one once all are there.
  func promoted(_ scores: [Int: Double], isComplete: Bool) -> [Int] {
    let sound = scores.filter { !$0.value.isNaN }
    let ranked = sound.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    let count = scores.count / factor
    return Array(ranked.prefix(isComplete ? max(1, count) : count))
  }
}
