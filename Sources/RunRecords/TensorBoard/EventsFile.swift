internal import Glibc

/// TensorBoard's events of a run: the scalars of `metrics.jsonl` by iteration.
///
/// A run has one file, which a resumed run goes on with. Opening it for an iteration keeps the whole
/// records up to the first that is damaged, half-written or of a later iteration, and cuts the rest
/// off, so that TensorBoard shows neither duplicate nor gap.
public struct EventsFile: ~Copyable {
  private var file: AppendedFile

  /// Opens the run's events after those of iterations 1 to `iteration`; makes the file if need be.
  ///
  /// - Parameters:
  ///   - directory: The run's directory.
  ///   - iteration: The iteration of the checkpoint to go on from; 0 for a new run.
  /// - Throws: `RecordError` of kind `inputOutput` if the system refuses, `unreadable` if what
  ///   stands there isn't a file.
  public init(directory: String, cutBackTo iteration: Int) throws {
    let path = try Self.path(in: directory)
    var length = 0
    if Files.exists(path) {
      let bytes = try Files.read(path, limit: 1 << 31)
      length = Self.length(of: bytes, through: iteration)
    }
    file = try Self.opened(path, keeping: length)
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
    var event = TensorBoardEvent()
    event.wallTime = wallTime()
    event.step = Int64(metrics.iteration)
    event.summary.value = metrics.scalars.map { name, value in
      var scalar = TensorBoardSummary.Value()
      scalar.tag = name
      scalar.simpleValue = Float(value)
      return scalar
    }
    try file.append(try EventRecord.framed(event))
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

  /// The bytes of the whole records of iterations up to `iteration`.
  private static func length(of bytes: [UInt8], through iteration: Int) -> Int {
    var length = 0
    while let record = EventRecord.first(in: bytes[length...]), record.event.step <= iteration {
      length += record.count
    }
    return length
  }
}

private let namePrefix = "events.out.tfevents."

/// Seconds since 1970.
private func wallTime() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_REALTIME, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
}
