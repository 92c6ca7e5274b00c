internal import Glibc

/// Replaces a file in one step: after a crash it holds the old content or the new, whole.
///
/// - Parameters:
///   - path: The file's path.
///   - bytes: The new content.
/// - Throws: `RecordError` of kind `inputOutput`; the old content stays.
public func replaceFile(_ path: String, with bytes: [UInt8]) throws {
  try Files.replace(path, with: [bytes])
}

/// Replaces a file in one step by what is written part by part.
///
/// - Parameters:
///   - path: The file's path.
///   - body: Writes the new content.
/// - Throws: `RecordError` of kind `inputOutput`, or what `body` throws; the old content stays.
public func replaceFile(
  _ path: String, writing body: ((_ part: [UInt8]) throws -> Void) throws -> Void
) throws {
  try Files.replace(path, writing: body)
}

/// Reads a whole file.
///
/// - Parameters:
///   - path: The file's path.
///   - limit: The most bytes that it may hold.
/// - Returns: Its bytes.
/// - Throws: `RecordError` if it can't be read, is no regular file, or is larger.
public func readFile(_ path: String, limit: Int) throws -> [UInt8] {
  try Files.read(path, limit: limit)
}

/// Removes a file; one that isn't there is fine.
///
/// - Parameter path: The file's path.
/// - Throws: `RecordError` of kind `inputOutput`.
public func removeFile(_ path: String) throws { try Files.remove(path) }

/// Gives a file its name, in place of another one of that name.
///
/// - Parameters:
///   - path: The file.
///   - name: Its new path, on the same file system.
/// - Throws: `RecordError` of kind `inputOutput`.
public func renameFile(_ path: String, to name: String) throws {
  guard rename(path, name) == 0 else { throw systemFailure("write", name, code: errno) }
  try Files.flushDirectory(of: name)
}

/// Whether a file or a directory stands at a path.
public func fileExists(_ path: String) -> Bool { Files.exists(path) }

/// Makes a directory and those above it; one that stands there already is fine.
///
/// - Parameter path: The directory's path.
/// - Throws: `RecordError` of kind `inputOutput`.
public func makeDirectory(_ path: String) throws { try Files.makeDirectory(path) }

/// Files as the records need them: whole reads with a limit, and writes that survive a crash.
enum Files {
  /// Reads a whole regular file of at most `limit` bytes.
  ///
  /// - Throws: `RecordError` if the file can't be read, isn't a regular file, or is larger.
  static func read(_ path: String, limit: Int) throws -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw systemFailure("read", path, code: errno) }
    defer { _ = close(file) }
    let size = try regularFileSize(file, path)
    guard size <= limit else {
      throw RecordError.unreadable("\(path) holds \(size) bytes; expected at most \(limit)")
    }
    return try read(file, count: size, path)
  }

  /// Reads exactly `count` bytes from where the file stands, or fewer at its end.
  private static func read(_ file: Int32, count: Int, _ path: String) throws -> [UInt8] {
    // There is one empty array for all threads, in which the count would be written.
    guard count > 0 else { return [] }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = Glibc.read(file, buffer.baseAddress.map { $0 + filled }, count - filled)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = errno }
        guard got > 0 else { break }
        filled += got
      }
    }
    guard failure == 0 else { throw systemFailure("read", path, code: failure) }
    return bytes
  }

  /// Hands on one line after another, without its end; what follows the last end is passed over.
  ///
  /// - Throws: `RecordError` if the file can't be read, isn't a regular file, or has a line of more than 16 MiB, or
  ///   what `body` throws.
  static func forEachLine(of path: String, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw systemFailure("read", path, code: errno) }
    defer { _ = close(file) }
    _ = try regularFileSize(file, path)
    var rest: [UInt8] = []
    while true {
      let chunk = try read(file, count: 1 << 16, path)
      guard !chunk.isEmpty else { return }
      let searched = rest.count
      rest += chunk
      var start = 0
      var search = searched
      while let end = rest[search...].firstIndex(of: newline) {
        try body(rest[start..<end])
        (start, search) = (end + 1, end + 1)
      }
      rest.removeFirst(start)
      guard rest.count <= 1 << 24 else {
        throw RecordError.unreadable("\(path): has a line of more than 16 MiB")
      }
    }
  }

  /// Refuses what only looks like a file, such as a pipe that nobody may ever read.
  static func requireRegular(_ file: Int32, _ path: String) throws {
    var facts = stat()
    guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      throw RecordError(.inputOutput, "cannot write \(path): it is not a regular file")
    }
  }

  /// The bytes of an open file, which has to be a regular one.
  static func regularFileSize(_ file: Int32, _ path: String) throws -> Int {
    var facts = stat()
    guard fstat(file, &facts) == 0 else { throw systemFailure("read", path, code: errno) }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      throw RecordError.unreadable("\(path) is not a regular file")
    }
    return Int(facts.st_size)
  }

  /// Replaces a file in one step: after a crash it holds the old content or the new, whole.
  ///
  /// Writes `path` + `.partial`, flushes it, renames it, and flushes the directory. Processes that replace the
  /// same file do so one after another.
  ///
  /// - Throws: `RecordError` of kind `inputOutput`; the old content stays.
  static func replace(_ path: String, with parts: [[UInt8]]) throws {
    try replace(path) { write in for part in parts { try write(part) } }
  }

  /// Replaces a file in one step by what `body` writes, part by part.
  ///
  /// - Throws: `RecordError` of kind `inputOutput`, or what `body` throws; the old content stays.
  static func replace(
    _ path: String, writing body: ((_ part: [UInt8]) throws -> Void) throws -> Void
  ) throws {
    let partial = path + ".partial"
    let file = try openAlone(partial)
    do {
      try body { try write($0, to: file, path) }
      guard fsync(file) == 0 else { throw systemFailure("write", path, code: errno) }
    } catch {
      _ = unlink(partial)
      _ = close(file)
      throw error
    }
    // Renamed before it is closed, as long as nobody else writes to it.
    guard rename(partial, path) == 0 else {
      let code = errno
      _ = unlink(partial)
      _ = close(file)
      throw systemFailure("write", path, code: code)
    }
    guard close(file) == 0 else { throw systemFailure("write", path, code: errno) }
    try flushDirectory(of: path)
  }

  /// Opens an empty file that no other process writes to, once whoever else has it open has closed it.
  ///
  /// The system takes a lock back when its process ends. File systems without locks grant it to everyone.
  private static func openAlone(_ path: String) throws -> Int32 {
    while true {
      let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o644)
      guard file >= 0 else { throw systemFailure("write", path, code: errno) }
      while flock(file, LOCK_EX) != 0 && errno == EINTR {}
      var (opened, named) = (stat(), stat())
      // Who had it before has renamed or removed it: then the name is another file's by now, or nobody's.
      let isNamed =
        fstat(file, &opened) == 0 && stat(path, &named) == 0
        && (opened.st_dev, opened.st_ino) == (named.st_dev, named.st_ino)
      guard isNamed else {
        _ = close(file)
        continue
      }
      guard ftruncate(file, 0) == 0 else {
        let code = errno
        _ = close(file)
        throw systemFailure("write", path, code: code)
      }
      return file
    }
  }

  /// Writes all bytes where the file stands.
  static func write(_ bytes: [UInt8], to file: Int32, _ path: String) throws {
    let code: Int32 = bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let count = Glibc.write(
          file, buffer.baseAddress.map { $0 + written }, buffer.count - written)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return count < 0 ? errno : EIO }
        written += count
      }
      return 0
    }
    guard code == 0 else { throw systemFailure("write", path, code: code) }
  }

  /// Makes a directory and those above it; one that stands there already is fine.
  static func makeDirectory(_ path: String) throws {
    if isDirectory(path) { return }
    let parent = parentDirectory(of: path)
    if parent != path && !isDirectory(parent) { try makeDirectory(parent) }
    guard mkdir(path, 0o755) == 0 || (errno == EEXIST && isDirectory(path)) else {
      throw systemFailure("make the directory", path, code: errno)
    }
  }

  /// The names in a directory, sorted by their bytes, without `.` and `..`.
  static func names(in directory: String) throws -> [String] {
    guard let stream = opendir(directory) else {
      throw systemFailure("read", directory, code: errno)
    }
    defer { _ = closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Removes a file; one that isn't there is fine.
  static func remove(_ path: String) throws {
    guard unlink(path) == 0 || errno == ENOENT else {
      throw systemFailure("remove", path, code: errno)
    }
  }

  /// Whether something stands at the path.
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether a directory stands at the path.
  static func isDirectory(_ path: String) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
  }

  /// What a path leads to, by what the system knows it by; by the path itself where there is nothing.
  static func identity(of path: String) -> [String] {
    var facts = stat()
    return stat(path, &facts) == 0 ? ["\(facts.st_dev)", "\(facts.st_ino)"] : [path]
  }

  /// The directory that a path stands in.
  static func parentDirectory(of path: String) -> String {
    var trimmed = Substring(path)
    while trimmed.count > 1 && trimmed.last == "/" { trimmed.removeLast() }
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
  }

  /// Flushes the directory of a file, so that a rename in it survives a power cut.
  static func flushDirectory(of path: String) throws {
    let directory = parentDirectory(of: path)
    let file = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { throw systemFailure("write", directory, code: errno) }
    defer { _ = close(file) }
    // Some network and overlay file systems can't flush a directory, which is no failure of ours.
    guard fsync(file) == 0 || errno == EINVAL || errno == ENOTSUP else {
      throw systemFailure("write", directory, code: errno)
    }
  }
}
