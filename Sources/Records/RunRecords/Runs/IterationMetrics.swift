/// What one meta-iteration measured: a line of `metrics.jsonl`.
///
/// Keys that an algorithm doesn't have stay out of the file; numbers that aren't finite become null.
public struct IterationMetrics: Hashable, Sendable {
  /// The meta-iteration, from 1.
  public var iteration: Int
  /// How long it took, in seconds.
  public var seconds: Double
  /// Environment steps taken in it.
  public var environmentSteps: Int
  /// Mean undiscounted return of the episodes collected after 0, 1, ... adaptation steps.
  public var returns: [Double]
  /// The loss of the outer update.
  public var outerLoss: Double?
  /// Mean Kullback-Leibler divergence of the update, in nats.
  public var meanKL: Double?
  /// Steps that the line search tried.
  public var lineSearchSteps: Int?
  /// Whether the update was accepted.
  public var accepted: Bool?
  /// Further scalars, each a key of its own in the file.
  public var extra: [String: Double]

  /// Makes the metrics of an iteration.
  public init(
    iteration: Int, seconds: Double, environmentSteps: Int, returns: [Double],
    outerLoss: Double? = nil, meanKL: Double? = nil, lineSearchSteps: Int? = nil,
    accepted: Bool? = nil, extra: [String: Double] = [:]
  ) {
    self.iteration = iteration
    self.seconds = seconds
    self.environmentSteps = environmentSteps
    self.returns = returns
    self.outerLoss = outerLoss
    self.meanKL = meanKL
    self.lineSearchSteps = lineSearchSteps
    self.accepted = accepted
    self.extra = extra
  }

  /// The scalars by the names under which TensorBoard shows them, in a fixed order.
  public var scalars: [(name: String, value: Double)] {
    let returnScalars = returns.enumerated().map { ("return/afterStep\($0.offset)", $0.element) }
    let known: [(String, Double?)] = [
      ("seconds", seconds), ("environmentSteps", Double(environmentSteps)),
      ("outerLoss", outerLoss), ("meanKL", meanKL),
      ("lineSearchSteps", lineSearchSteps.map(Double.init)),
      ("accepted", accepted.map { $0 ? 1 : 0 }),
    ]
    let present = known.compactMap { name, value in value.map { (name, $0) } }
    return returnScalars + present + furtherKeys.map { ($0.key, $0.value) }
  }

  /// The further scalars that don't hide one of the contract's keys, by name.
  private var furtherKeys: [(key: String, value: Double)] {
    extra.filter { !Self.contractKeys.contains($0.key) }.sorted { $0.key < $1.key }
  }

  private static let contractKeys: Set<String> = [
    "iteration", "seconds", "environmentSteps", "returns", "outerLoss", "meanKL",
    "lineSearchSteps", "accepted",
  ]
}

extension IterationMetrics {
  /// The metrics as one JSON object in one line, without the line's end.
  public var json: String {
    var entries: [(key: String, value: JSON)] = [
      ("iteration", .integer(iteration)), ("seconds", .number(seconds)),
      ("environmentSteps", .integer(environmentSteps)),
      ("returns", .list(returns.map { .number($0) })),
    ]
    if let outerLoss { entries.append(("outerLoss", .number(outerLoss))) }
    if let meanKL { entries.append(("meanKL", .number(meanKL))) }
    if let lineSearchSteps { entries.append(("lineSearchSteps", .integer(lineSearchSteps))) }
    if let accepted { entries.append(("accepted", .flag(accepted))) }
    return JSON.object(entries + furtherKeys.map { ($0.key, .number($0.value)) }).text
  }

  /// Reads a line of `metrics.jsonl`; null becomes not-a-number.
  ///
  /// Entries of further keys that aren't numbers are passed over.
  ///
  /// - Returns: nil if the line isn't a JSON object with the keys that every iteration has, or has more steps
  ///   than can be added up.
  public init?(json line: String) {
    guard let object = JSON(ArraySlice(line.utf8)), case .object(let entries) = object,
      let iteration = object["iteration"]?.integer, let seconds = object["seconds"]?.number,
      let steps = object["environmentSteps"]?.integer, (0...100_000_000_000).contains(steps),
      case .list(let returns)? = object["returns"]
    else { return nil }
    self.init(
      iteration: iteration, seconds: seconds, environmentSteps: steps,
      returns: returns.map { $0.number ?? .nan })
    outerLoss = object["outerLoss"]?.number
    meanKL = object["meanKL"]?.number
    lineSearchSteps = object["lineSearchSteps"]?.integer
    accepted = object["accepted"]?.flag
    for entry in entries where !Self.contractKeys.contains(entry.key) {
      extra[entry.key] = entry.value == .null ? .nan : entry.value.number
    }
  }
}
