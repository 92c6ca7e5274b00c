public import Statistics

extension [AdaptationCurve.Point] {
  /// What a policy or model is given at the points of a curve, in words that fit a label, such as `20 episodes for
  /// each gradient step` or `1 gradient step, on all episodes`: numbers of one protocol are none of another.
  public var protocolText: String {
    let steps = map(\.gradientSteps)
    guard count > 1, let last else { return "without adaptation" }
    if Set(map(\.episodes)).count < count { return "all gradient steps on the same examples" }
    if steps.elementsEqual(0..<count) {
      return "\(counted(last.episodes / (count - 1), "episode")) for each gradient step"
    }
    if last.gradientSteps == 0 { return "by what is remembered of the episodes before" }
    let all = last.gradientSteps == 1 ? "on all episodes" : "all on the same episodes"
    return "\(counted(last.gradientSteps, "gradient step")), \(all)"
  }
}

extension Comparison {
  /// What methods are given, where all are given the same; otherwise that of the first, and of whom else.
  public var protocolText: String {
    let texts = byMethod.map { rows in (rows[0].method, rows.map(\.point).protocolText) }
    let others = texts.filter { $0.1 != texts[0].1 }.map { "; \($0.0): \($0.1)" }
    return texts[0].1 + others.joined()
  }
}

/// A count with what it counts, in the plural where it has to be.
///
/// - Parameters:
///   - count: How many.
///   - noun: One of them.
/// - Returns: Such as `1 step` or `3 steps`.
public func counted(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}
