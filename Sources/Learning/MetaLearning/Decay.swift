/// An end that rates fell towards, until another number of iterations was asked for.
public struct EarlierEnd: Sendable, Equatable {
  /// The iterations that were done by then.
  public let done: Int
  /// The iterations that there were to be.
  public let end: Int

  /// An end of its parts.
  public init(done: Int, end: Int) { (self.done, self.end) = (done, end) }

  /// Reads an end; nil for a text that isn't like `3 of 10`.
  public init?(_ text: String) {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[1] == "of", let done = Int(parts[0]), let end = Int(parts[2]),
      done >= 1, end >= done
    else { return nil }
    self.init(done: done, end: end)
  }

  /// As configurations have it, such as `3 of 10`.
  public var text: String { "\(done) of \(end)" }
}

extension OuterSettings {
  /// The share of its first value that a rate has in an iteration.
  ///
  /// It falls linearly to 0 at the number of iterations, or before that number was changed at the earlier one: so
  /// a run that was made longer can be repeated in one go.
  ///
  /// - Parameter done: The iterations before it.
  /// - Returns: A number from 0 to 1; always 1 without decay.
  func decayedShare(after done: Int) -> Double {
    guard decay else { return 1 }
    let end =
      earlierEnds.lazy.compactMap { EarlierEnd($0) }.first { done < $0.done }?.end ?? iterations
    return max(0, 1 - Double(done) / Double(max(end, 1)))
  }
}
