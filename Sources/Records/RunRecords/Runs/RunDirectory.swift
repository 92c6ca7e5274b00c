/// A run on disk: `config.yaml`, `run.json`, `metrics.jsonl`, `checkpoints/` and TensorBoard's events.
///
/// The value is the directory's path; it holds nothing open.
public struct RunDirectory: Hashable, Sendable {
  /// The path as it was given.
  public let path: String

  private init(path: String) { self.path = path }

  /// Makes a run's directory with its configuration.
  ///
  /// Only with its facts, which are to be written after the first checkpoint, it is a run that can be opened:
  /// what ends before is begun anew.
  ///
  /// - Throws: `RecordError`: `usage` if a run stands there already, `inputOutput` if the system
  ///   refuses.
  public static func create(at path: String, configuration yaml: String) throws -> RunDirectory {
    let run = RunDirectory(path: path)
    guard !run.holdsRun else {
      throw RecordError.usage(
        "\(path) holds a run already; go on with it by --resume, or choose another with --run")
    }
    try Files.makeDirectory(run.checkpointsPath)
    try Files.replace(run.configurationPath, with: [Array(yaml.utf8)])
    return run
  }

  /// Opens the directory of a run.
  ///
  /// - Throws: `RecordError` of kind `unreadable` if there is none.
  public static func open(_ path: String) throws -> RunDirectory {
    let run = RunDirectory(path: path)
    guard Files.isDirectory(path) else {
      throw RecordError.unreadable("\(path): no such run directory")
    }
    guard Files.exists(run.factsPath), Files.exists(run.configurationPath) else {
      let message = "\(path): is not a run directory, expected run.json and config.yaml in it"
      throw RecordError.unreadable(message)
    }
    return run
  }

  /// Whether a run stands at a path, one that can be opened or more of one than its beginning.
  ///
  /// - Parameter path: Where it would be.
  /// - Returns: Whether there is anything to go on with.
  public static func exists(at path: String) -> Bool { RunDirectory(path: path).holdsRun }

  /// Whether two paths lead to one directory.
  ///
  /// - Parameter other: Another one.
  /// - Returns: Whether it is the same, however it is spelled.
  public func isSame(as other: RunDirectory) -> Bool {
    Files.identity(of: path) == Files.identity(of: other.path)
  }

  /// Whether a run, or more of one than its beginning, stands at this path.
  private var holdsRun: Bool {
    Files.exists(factsPath) || (try? checkpointIterations())?.contains { $0 > 0 } == true
  }

  /// The resolved configuration.
  public var configurationPath: String { path + "/config.yaml" }

  /// One object for each meta-iteration.
  public var metricsPath: String { path + "/metrics.jsonl" }

  /// The directory of the checkpoints.
  public var checkpointsPath: String { path + "/checkpoints" }

  /// The facts of the run.
  public var factsPath: String { path + "/run.json" }

  /// Reads `run.json`.
  ///
  /// - Throws: `RecordError` of kind `unreadable` if it isn't a run's facts.
  public func facts() throws -> RunFacts { try RunFacts(file: factsPath) }

  /// Reads `run.json`; one that says it is running, though nobody has the right to write the directory, was killed,
  /// and is put right if it can be written to.
  ///
  /// - Throws: `RecordError` of kind `unreadable` if it isn't a run's facts.
  public func settledFacts() throws -> RunFacts {
    guard try facts().status == .running, let lock = try? RunLock(path) else { return try facts() }
    return try withExtendedLifetime(lock) {
      // Whoever had the right until now may have finished.
      var facts = try facts()
      guard facts.status == .running else { return facts }
      facts.status = .interrupted
      facts.failure = "it was killed after the last checkpoint"
      try? write(facts)
      return facts
    }
  }

  /// Replaces `run.json` in one step.
  ///
  /// - Throws: `RecordError` of kind `inputOutput`; the old file stays.
  public func write(_ facts: RunFacts) throws { try facts.write(to: factsPath) }

  /// Reads all metrics; a half-written last line is passed over.
  ///
  /// - Throws: `RecordError` of kind `unreadable` naming the line that isn't metrics.
  public func metrics() throws -> [IterationMetrics] { try MetricsFile.read(metricsPath) }

  /// Opens the metrics after those of iterations 1 to `iteration`, dropping what follows.
  ///
  /// - Parameter iteration: The iteration of the checkpoint to go on from; 0 for a new run.
  /// - Returns: The file, ready for the metrics of the next iteration.
  /// - Throws: `RecordError`: `unreadable` if metrics are missing, `inputOutput` if the system
  ///   refuses.
  public func metricsFile(cutBackTo iteration: Int) throws -> MetricsFile {
    try MetricsFile(path: metricsPath, cutBackTo: iteration)
  }
}
