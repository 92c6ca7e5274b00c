/// What checks found of an outer method or a network.
public struct AlgorithmReport: Sendable, CustomStringConvertible {
  /// What was checked, such as `network 'skip'`.
  public let subject: String
  /// The checks in order.
  public private(set) var results: [Result] = []

  /// The result of one check.
  public struct Result: Sendable, Equatable {
    /// What was checked.
    public let check: String
    /// What was found and what would be right; nil where the check passed.
    public let finding: String?
  }

  init(subject: String) { self.subject = subject }

  /// Whether every check passed.
  public var passed: Bool { results.allSatisfy { $0.finding == nil } }

  /// One line for each failure.
  public var description: String {
    if passed { return "\(subject) conforms" }
    return results.compactMap { result in
      result.finding.map { "\(subject) fails \(result.check): \($0)" }
    }.joined(separator: "\n")
  }

  /// Adds a check.
  ///
  /// - Parameters:
  ///   - check: What is checked.
  ///   - finding: Finds what is wrong; nil for nothing.
  mutating func add(_ check: String, _ finding: () throws -> String?) {
    do {
      results.append(Result(check: check, finding: try finding()))
    } catch {
      results.append(Result(check: check, finding: "\(error)"))
    }
  }
}
