internal import Glibc

/// Follows `metrics.jsonl` while it is written: each line is read once, and nothing is held but the last one.
package struct MetricsTail: Sendable {
  /// What was found since the last time.
  package struct Part: Sendable {
    /// Whether it is what the file begins with: what was read before no longer stands.
    package var isFromStart: Bool
    /// The metrics, in order.
    package var metrics: [IterationMetrics] = []
    /// Whether there is more to read at once.
    package var hasMore = false
    /// What is wrong with the line after these, in one line; nil if there is none, or it is half-written.
    package var damage: String?
  }

  private let path: String
  /// The bytes of the lines that were read.
  private var position = 0
  /// How many these were.
  private var lines = 0
  /// The last of them, by which a file is known that was cut back and written anew.
  private var last: [UInt8] = []

  /// The most bytes that are read at once, and so the longest line.
  private static let chunk = 1 << 18

  /// Begins before the first line.
  ///
  /// - Parameter path: The file's path.
  package init(_ path: String) { self.path = path }

  /// Reads the next lines, a quarter of a megabyte of them at the most.
  ///
  /// - Returns: What was found.
  /// - Throws: `RecordError` if the file can't be read, or is no regular file.
  package mutating func next() throws -> Part {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw systemFailure("read", path, code: errno) }
    defer { _ = close(file) }
    let size = try Files.regularFileSize(file, path)
    if position > size || position > 0 && bytes(last.count, at: position - last.count, file) != last
    {
      self = MetricsTail(path)
    }
    var part = Part(isFromStart: position == 0)
    let found = bytes(min(Self.chunk, size - position), at: position, file)
    part.hasMore = found.count == Self.chunk
    guard let end = found.lastIndex(of: newline) else {
      if part.hasMore { reportDamage(&part) }
      return part
    }
    for line in found[..<end].split(separator: newline, omittingEmptySubsequences: false) {
      guard let metrics = IterationMetrics(json: String(decoding: line, as: UTF8.self)) else {
        reportDamage(&part)
        break
      }
      part.metrics.append(metrics)
      last = line + [newline]
      position += last.count
      lines += 1
    }
    return part
  }

  private func reportDamage(_ part: inout Part) {
    part.damage = "\(path):\(lines + 1): is not the metrics of an iteration"
    part.hasMore = false
  }

  /// Bytes of the file, fewer at its end.
  private func bytes(_ count: Int, at position: Int, _ file: Int32) -> [UInt8] {
    guard count > 0 else { return [] }
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = max(0, pread(file, buffer.baseAddress, count, position))
    }
  }
}
