public import Experiments
public import MetaLearning
public import RunRecords

/// What the records of a run say of it at a glance; nothing is trained, measured or written.
public struct RunSummary: Sendable {
  /// The run's directory.
  public let directory: RunDirectory
  /// Its facts; a run that was killed counts as interrupted.
  public let facts: RunFacts
  /// Its configuration.
  public let configuration: Configuration
  /// What its metrics come to.
  private let tally: MetricsTally

  /// Reads a run's records.
  ///
  /// - Parameter directory: The run's.
  /// - Throws: `RecordError` of kind `unreadable` that names the file at fault.
  public init(_ directory: RunDirectory) throws {
    self.directory = directory
    configuration = try directory.configuration()
    tally = MetricsTally(fileExists(directory.metricsPath) ? try directory.metrics() : [])
    facts = try directory.currentFacts()
  }

  /// How it was trained: the method that its name ends with, as `--method` names it, or its outer method.
  ///
  /// - Parameter methods: The outer methods known.
  /// - Returns: A name such as `pretrained` or `trpo`.
  public func method(among methods: OuterMethods = .builtIn) -> String {
    configuration.method(ofRun: facts.name, among: methods)
  }

  /// The iterations that are recorded.
  public var iterations: Int { tally.iterations }

  /// The environment steps that they took.
  public var environmentSteps: Int { tally.environmentSteps }

  /// How good it is; nil before anything was measured.
  public var score: Score? { tally.score }

  /// The seconds that the iterations left will take, as the last ones took; nil where it isn't running or nothing is
  /// known.
  public var secondsLeft: Double? {
    facts.status == .running ? tally.secondsLeft(of: configuration.outer.iterations) : nil
  }

  /// How good a run is by its own records.
  public struct Score: Sendable {
    /// The mean return, or score, after adaptation.
    public let value: Double
    /// Whether it is the best of its checkpoints on validation tasks, rather than the mean of its last iterations on
    /// training tasks.
    public let isOfValidation: Bool
    /// The iterations that a mean on training tasks is taken over.
    public static let trainingIterations = 10
  }
}

extension RunDirectory {
  /// Reads `run.json`; a run that was killed counts as interrupted. Nothing is written.
  ///
  /// - Throws: `RecordError` of kind `unreadable` if it isn't a run's facts.
  package func currentFacts() throws -> RunFacts {
    var facts = try facts()
    guard facts.status == .running && !RunLock.isHeld(path) else { return facts }
    // Whoever had the right until now may have finished.
    facts = try self.facts()
    if facts.status == .running { facts.status = .interrupted }
    return facts
  }
}

extension Configuration {
  /// How a run was trained: the method that its name ends with, as `--method` names it, or its outer method.
  ///
  /// - Parameters:
  ///   - name: The run's name.
  ///   - methods: The outer methods known.
  /// - Returns: A name such as `pretrained` or `trpo`.
  public func method(ofRun name: String, among methods: OuterMethods = .builtIn) -> String {
    let named = Method.all(methods).map(\.name).filter { name.hasSuffix("-\($0)") }
    return named.max { $0.count < $1.count } ?? outer.method.rawValue
  }
}
