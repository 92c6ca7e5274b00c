/// `metrics.jsonl`: one JSON object for each meta-iteration, in order.
public struct MetricsFile: ~Copyable {
  private var file: AppendedFile

  /// The last iteration that the file holds; 0 if none.
  public private(set) var lastIteration: Int

  /// Opens the file after the metrics of iterations 1 to `iteration`, dropping what follows them.
  ///
  /// So that a resumed run has neither duplicate nor gap, the iteration is its checkpoint's; 0 begins
  /// anew. A half-written last line, as a crash leaves it, is dropped with what follows.
  ///
  /// - Throws: `RecordError`: `unreadable` if the file doesn't hold all of these iterations,
  ///   `inputOutput` if the system refuses.
  public init(path: String, cutBackTo iteration: Int) throws {
    let length = try Self.length(of: path, through: iteration)
    file = try AppendedFile(path: path, keeping: length)
    lastIteration = iteration
  }

  /// Appends the metrics of the next iteration as one whole line.
  ///
  /// - Throws: `RecordError`: `inputOutput` if the disk is full, `fault` if the iteration isn't the
  ///   next one; the file stays as it was.
  public mutating func append(_ metrics: IterationMetrics) throws {
    guard metrics.iteration == lastIteration + 1 else {
      let message = "metrics of iteration \(metrics.iteration), expected \(lastIteration + 1)"
      throw RecordError(.fault, message)
    }
    try file.append(Array(metrics.json.utf8) + [newline])
    lastIteration = metrics.iteration
  }

  /// Waits until all lines have reached the disk; call it before a checkpoint is written.
  ///
  /// - Throws: `RecordError` of kind `inputOutput`.
  public func flush() throws { try file.flush() }

  /// Reads all whole lines; a half-written last line is passed over.
  ///
  /// - Throws: `RecordError` of kind `unreadable` that names the line that isn't metrics.
  public static func read(_ path: String) throws -> [IterationMetrics] {
    var all: [IterationMetrics] = []
    try forEachLine(of: path) { all.append($0) }
    return all
  }

  /// Reads one whole line after another, of which none is kept; a half-written last line is passed over.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - body: Told of each iteration.
  /// - Throws: `RecordError` of kind `unreadable` that names the line that isn't metrics, or what `body` throws.
  public static func forEachLine(
    of path: String, _ body: (IterationMetrics) throws -> Void
  ) throws {
    var number = 0
    try Files.forEachLine(of: path) { line in
      number += 1
      guard let metrics = IterationMetrics(json: String(decoding: line, as: UTF8.self)) else {
        throw RecordError.unreadable("\(path):\(number): is not the metrics of an iteration")
      }
      try body(metrics)
    }
  }

  /// The bytes of the lines of iterations 1 to `iteration`.
  private static func length(of path: String, through iteration: Int) throws -> Int {
    guard iteration > 0 else { return 0 }
    var length = 0
    for (index, line) in try lines(of: path).prefix(iteration).enumerated() {
      let found = JSON(line)?["iteration"]?.integer
      guard found == index + 1 else {
        let text = "\(path):\(index + 1): is not the metrics of iteration \(index + 1)"
        throw RecordError.unreadable(text)
      }
      length = line.endIndex + 1
      if index + 1 == iteration { return length }
    }
    throw RecordError.unreadable("\(path): ends before iteration \(iteration), the checkpoint's")
  }

  /// The lines that end with a line's end.
  private static func lines(of path: String) throws -> [ArraySlice<UInt8>] {
    let bytes = try Files.read(path, limit: 1 << 30)
    guard let end = bytes.lastIndex(of: newline) else { return [] }
    return bytes[..<end].split(separator: newline, omittingEmptySubsequences: false)
  }
}

let newline = UInt8(ascii: "\n")
