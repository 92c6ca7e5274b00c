internal import Glibc

/// TensorBoard's events of a run: the scalars of `metrics.jsonl` by iteration, and its hyperparameters.
///
/// A run has one file, which a resumed run goes on with. Opening it for an iteration keeps the whole
/// records up to the first that is damaged, half-written, of a later iteration or the run's end, and cuts
/// the rest off, so that TensorBoard shows neither duplicate nor gap.
public struct EventsFile: ~Copyable {
  private var file: AppendedFile
  /// Whether the hyperparameters stand there.
  private var hasHyperparameters = false

  /// Opens the run's events after those of iterations 1 to `iteration`; makes the file if need be.
  ///
  /// - Parameters:
  ///   - directory: The run's directory, or one within, which TensorBoard shows as a run of its own.
  ///   - iteration: The iteration of the checkpoint to go on from, or its place on another axis; 0 for a new run.
  /// - Throws: `RecordError` of kind `inputOutput` if the system refuses, `unreadable` if what
  ///   stands there isn't a file.
  public init(directory: String, cutBackTo iteration: Int) throws {
    try Files.makeDirectory(directory)
    let path = try Self.path(in: directory)
    var length = 0
    if Files.exists(path) {
      let bytes = try Files.read(path, limit: 1 << 31)
      while let record = EventRecord.first(in: bytes[length...]),
        record.event.step <= iteration, !record.event.endsSession
      {
        length += record.count
        hasHyperparameters = hasHyperparameters || record.event.beginsSession
      }
    }
    file = try Self.opened(path, keeping: length)
  }

  /// Adds scalars to a directory's events as one record, while no other process does.
  ///
  /// - Parameters:
  ///   - scalars: Each with the name under which TensorBoard shows it.
  ///   - step: Their place on TensorBoard's axis.
  ///   - directory: Made where there is none.
  /// - Throws: `RecordError` of kind `inputOutput`.
  public static func add(
    _ scalars: [(name: String, value: Double)], step: Int, in directory: String
  ) throws {
    try Files.makeDirectory(directory)
    let lock = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard lock >= 0 else { throw systemFailure("read", directory, code: errno) }
    defer { _ = close(lock) }
    // File systems without locks grant it to everyone.
    while flock(lock, LOCK_EX) != 0 && errno == EINTR {}
    var events = try EventsFile(directory: directory, cutBackTo: Int.max)
    try events.append(scalars, step: step)
  }

  /// The file behind its first `length` bytes, which begin with the version of the format.
  private static func opened(_ path: String, keeping length: Int) throws -> AppendedFile {
    var file = try AppendedFile(path: path, keeping: length)
    guard length == 0 else { return file }
    var opening = TensorBoardEvent()
    opening.wallTime = wallTime()
    opening.fileVersion = "brain.Event:2"
    try file.append(try EventRecord.framed(opening))
    return file
  }

  /// Appends the scalars of an iteration as one record.
  ///
  /// - Throws: `RecordError` of kind `inputOutput`; the file stays as it was.
  public mutating func append(_ metrics: IterationMetrics) throws {
    try append(metrics.scalars, step: metrics.iteration)
  }

  /// Appends scalars as one record.
  ///
  /// - Parameters:
  ///   - scalars: Each with the name under which TensorBoard shows it.
  ///   - step: Their place on TensorBoard's axis, such as the iteration.
  /// - Throws: `RecordError` of kind `inputOutput`; the file stays as it was.
  public mutating func append(_ scalars: [(name: String, value: Double)], step: Int) throws {
    var event = TensorBoardEvent()
    event.wallTime = wallTime()
    event.step = Int64(step)
    event.summary.value = scalars.map { name, value in
      var scalar = TensorBoardSummary.Value()
      scalar.tag = name
      scalar.simpleValue = Float(value)
      return scalar
    }
    try file.append(try EventRecord.framed(event))
  }

  /// Appends a run's hyperparameters, unless they stand there already: TensorBoard takes the first.
  ///
  /// - Throws: `RecordError` of kind `inputOutput`; the file stays as it was.
  public mutating func append(_ hyperparameters: Hyperparameters) throws {
    guard !hasHyperparameters else { return }
    try file.append(try EventRecord.framed(hyperparameters.beginning))
    hasHyperparameters = true
  }

  /// Appends how the run ended, which goes when the run goes on.
  ///
  /// - Parameters:
  ///   - status: How it ended.
  ///   - iteration: The iteration that was the last.
  /// - Throws: `RecordError` of kind `inputOutput`; the file stays as it was.
  public mutating func append(end status: RunFacts.Status, iteration: Int) throws {
    try file.append(try EventRecord.framed(Hyperparameters.end(status, step: iteration)))
  }

  /// Waits until all records have reached the disk; call it before a checkpoint is written.
  ///
  /// - Throws: `RecordError` of kind `inputOutput`.
  public func flush() throws { try file.flush() }

  /// The run's events file: the first there is, else a new name.
  private static func path(in directory: String) throws -> String {
    let names = try Files.names(in: directory).filter { $0.hasPrefix(namePrefix) }
    if let name = names.first { return directory + "/" + name }
    let host = RunFacts.currentHost["name"] ?? "fledge"
    return "\(directory)/\(namePrefix)\(Int(wallTime())).\(host.split(separator: "/").joined())"
  }
}

private let namePrefix = "events.out.tfevents."

/// Seconds since 1970.
func wallTime() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_REALTIME, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
}
