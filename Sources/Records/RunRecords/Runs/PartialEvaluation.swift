/// What an evaluation has measured so far: a line for each task, so that an interrupted one goes on.
public struct PartialEvaluation: ~Copyable {
  private var file: AppendedFile
  /// The lines that an earlier evaluation of the same left.
  public let lines: [String]

  /// Opens the file beside the results. What another evaluation left there is dropped.
  ///
  /// - Parameters:
  ///   - directory: The run's.
  ///   - name: The result's name.
  ///   - heading: One line that tells whether an earlier evaluation was of the same.
  /// - Throws: `RecordError`: `inputOutput` if the system refuses, `usage` if another process measures the same.
  public init(in directory: RunDirectory, name: String, heading: String) throws {
    try Files.makeDirectory(directory.evaluationsPath)
    let path = "\(directory.evaluationsPath)/\(name).partial"
    let earlier = Files.exists(path) ? try Files.read(path, limit: 1 << 30) : []
    // A line that a crash cut has no end.
    let whole = earlier[..<(earlier.lastIndex(of: newline).map { $0 + 1 } ?? 0)]
    let found = whole.split(separator: newline).map { String(decoding: $0, as: UTF8.self) }
    let isSame = found.first == heading
    var file = try AppendedFile(path: path, keeping: isSame ? whole.count : 0, isShared: true)
    if !isSame { try file.append(Array(heading.utf8) + [newline]) }
    self.file = file
    lines = isSame ? Array(found.dropFirst()) : []
  }

  /// Appends a line.
  ///
  /// - Parameter line: Without the line's end.
  /// - Throws: `RecordError` of kind `inputOutput`.
  public mutating func append(_ line: String) throws {
    try file.append(Array(line.utf8) + [newline])
  }

  /// Removes the file, whose evaluation is complete.
  ///
  /// - Throws: `RecordError` of kind `inputOutput`.
  public func remove() throws { try Files.remove(file.path) }
}
