internal import Statistics

// What to know before believing a comparison.

extension Comparison {
  /// By what share of the largest budget the smallest may be less without a note.
  private static let budgetTolerance = 0.05

  /// Methods that are better at their last points than the trained oracle is as it stands.
  static func rivals(of references: References, among methods: [MethodResult]) -> [String] {
    guard let oracle = methods.first(where: { $0.name == references.oracle }) else { return [] }
    let bound = oracle.scores(at: 0).mean
    return methods.filter {
      $0.name != references.oracle && $0.name != references.optimum
        && $0.scores(at: $0.points.count - 1).mean > bound
    }.map(\.name)
  }

  /// A sentence on each thing that numbers alone would hide.
  static func notes(
    on methods: [MethodResult], references: References, rivals: [String], hasGap: Bool
  ) -> [String] {
    [
      hasGap ? nil : gapNote(methods.map(\.name), references),
      oracleNote(references, rivals: rivals, hasGap: hasGap), budgetNote(methods),
      runsNote(methods, references: references),
    ].compactMap(\.self)
  }

  private static func gapNote(_ methods: [String], _ references: References) -> String? {
    guard let low = references.pretrained, let high = references.best, methods.contains(low),
      methods.contains(high)
    else { return nil }
    return "\(high) is no better than \(low): there is no gap to close a share of"
  }

  private static func oracleNote(
    _ references: References, rivals: [String], hasGap: Bool
  ) -> String? {
    guard let oracle = references.oracle, !rivals.isEmpty else { return nil }
    let consequence =
      if !hasGap {
        "it is a poor oracle"
      } else if let optimum = references.optimum {
        "it is a poor oracle, and shares are of the way to \(optimum)"
      } else {
        "shares above 1 say that the oracle is poor"
      }
    return "\(oracle) is beaten by \(rivals.joined(separator: ", ")): \(consequence)"
  }

  private static func budgetNote(_ methods: [MethodResult]) -> String? {
    let trained = methods.compactMap { method in
      method.meanTrainingSteps.flatMap { $0 > 0 ? (name: method.name, steps: $0) : nil }
    }
    guard let least = trained.min(by: { $0.steps < $1.steps }),
      let most = trained.max(by: { $0.steps < $1.steps }),
      Double(most.steps - least.steps) > budgetTolerance * Double(most.steps)
    else { return nil }
    let percent = Int((100 * (Double(most.steps) / Double(least.steps) - 1)).rounded())
    return "budgets differ: \(most.name) was trained on \(most.steps) environment steps, "
      + "\(percent) % more than \(least.name) with \(least.steps)"
  }

  private static func runsNote(
    _ methods: [MethodResult], references: References
  ) -> String? {
    let single = methods.filter { $0.curves.count == 1 && !$0.trainingSteps.isEmpty }
    guard !single.isEmpty else { return nil }
    return "one run only, so that intervals cover other tasks but no other seeds: "
      + single.map(\.name).joined(separator: ", ")
  }
}
