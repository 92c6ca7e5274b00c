internal import Foundation
internal import Glibc

extension RunDirectory {
  /// All runs below a directory, a run's own directory included; what is below a run is its own.
  ///
  /// - Parameter path: The directory. Links to directories aren't followed, nor is anything hidden.
  /// - Returns: The runs in the order of their paths.
  /// - Throws: `RecordError`: `unreadable` if there is no such directory, `inputOutput` if it can't be read. A
  ///   directory further down that can't be read is passed over.
  public static func all(below path: String) throws -> [RunDirectory] {
    guard Files.isDirectory(path) else {
      throw RecordError.unreadable("\(path): no such directory")
    }
    if let run = try? open(path) { return [run] }
    return try Files.names(in: path).filter { !$0.hasPrefix(".") }.flatMap { name in
      let inner = path == "." ? name : path.hasSuffix("/") ? path + name : "\(path)/\(name)"
      guard Files.isOwnDirectory(inner) else { return [RunDirectory]() }
      return (try? all(below: inner)) ?? []
    }
  }

  /// The bytes that the run takes on its disk.
  public var diskUse: Int { Files.diskUse(of: path) }

  /// When the run's records were last written to, in seconds since 1970; 0 where that can't be told.
  public var lastChange: Double {
    [metricsPath, factsPath].compactMap(Files.modification).max() ?? 0
  }

  /// The last iteration that a run's metrics tell of, for who only wants to know how far it is.
  ///
  /// - Parameter path: The run's directory.
  /// - Returns: nil where there are no metrics yet.
  public static func lastIteration(at path: String) -> Int? {
    let lines = Files.end(of: path + "/metrics.jsonl", bytes: 1 << 16)?.split(separator: newline)
    // The last line may be half written, and the first one cut.
    return lines?.suffix(2).reversed().lazy.compactMap { JSON($0)?["iteration"]?.integer }.first
  }

  /// The names of the evaluations that are stored, without their ending.
  public var evaluationNames: [String] {
    let names = (try? Files.names(in: evaluationsPath)) ?? []
    return names.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(".json".count)) }
  }

  /// Whether a path, of something that may be still to come, lies in the run's directory, or is it.
  public func contains(_ path: String) -> Bool {
    let places = [path, self.path].map {
      URL(fileURLWithPath: $0).standardizedFileURL.resolvingSymlinksInPath().path + "/"
    }
    return places[0].hasPrefix(places[1])
  }

  /// Removes the run with all that stands in its directory.
  ///
  /// - Parameter store: Keeps it somewhere else before, while nobody trains it; where it throws, the run stays.
  /// - Throws: `RecordError`: `usage` if a process is training it, another run stands in it, or the path is a link,
  ///   `inputOutput` if the system refuses; what
  ///   `store` throws.
  public func remove(after store: () throws -> Void = {}) throws {
    guard Files.isOwnDirectory(path), let real = realpath(path, nil) else {
      throw RecordError.usage("\(path) is a link to a run; name the run itself")
    }
    // The parent of `.` or `a/..` isn't what it looks like.
    let place = String(cString: real)
    free(real)
    if let inner = Files.runs(below: place).first {
      throw RecordError.usage("\(path) holds another run, \(inner); move or remove that first")
    }
    let lock = try RunLock(place)
    try withExtendedLifetime(lock) {
      try store()
      // Its facts first: what is left of a run that is half removed is no run.
      try Files.remove(factsPath)
      do {
        try FileManager.default.removeItem(atPath: place)
      } catch {
        throw RecordError(.inputOutput, "cannot remove \(path): \(error.localizedDescription)")
      }
    }
  }
}

extension Files {
  /// Whether a directory stands at the path itself, rather than a link to one.
  fileprivate static func isOwnDirectory(_ path: String) -> Bool {
    var facts = stat()
    return lstat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
  }

  /// Runs that stand further down in a directory.
  fileprivate static func runs(below path: String) -> [String] {
    ((try? names(in: path)) ?? []).map { "\(path)/\($0)" }.filter(isOwnDirectory).flatMap { inner in
      (exists(inner + "/run.json") ? [inner] : []) + runs(below: inner)
    }
  }

  /// The bytes that a directory takes on its disk, with all below it.
  fileprivate static func diskUse(of path: String) -> Int {
    var facts = stat()
    guard lstat(path, &facts) == 0 else { return 0 }
    let inner = isOwnDirectory(path) ? (try? names(in: path)) ?? [] : []
    // The system counts in blocks of 512 bytes, whatever the disk's own are.
    return Int(facts.st_blocks) * 512 + inner.reduce(0) { $0 + diskUse(of: "\(path)/\($1)") }
  }

  /// The last bytes of a file; nil where it can't be read.
  fileprivate static func end(of path: String, bytes: Int) -> ArraySlice<UInt8>? {
    guard let file = FileHandle(forReadingAtPath: path), let size = try? file.seekToEnd() else {
      return nil
    }
    defer { try? file.close() }
    try? file.seek(toOffset: size - min(size, UInt64(bytes)))
    return (try? file.read(upToCount: bytes)).flatMap { $0 }.map { Array($0)[...] }
  }

  /// When a file was last written to, in seconds since 1970; nil where there is none.
  fileprivate static func modification(_ path: String) -> Double? {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return nil }
    return Double(facts.st_mtim.tv_sec) + Double(facts.st_mtim.tv_nsec) / 1e9
  }
}
