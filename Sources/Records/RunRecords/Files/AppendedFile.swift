internal import Glibc

/// A file that grows by whole records and can be cut back to an earlier length.
///
/// Each record is one `write` at the end of the file; after a failed write the half-written record
/// is cut off again, so that the file never ends in the middle of one.
struct AppendedFile: ~Copyable {
  let path: String
  private let file: Int32
  private(set) var length: Int

  /// Opens a file for appending after its first `length` bytes, and drops what follows them.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - length: The bytes to keep.
  ///   - isShared: Whether other processes may want to append to it, too: then only one at a time may.
  /// - Throws: `RecordError`: `inputOutput` if the system refuses, `usage` if another process has the file.
  init(path: String, keeping length: Int, isShared: Bool = false) throws {
    // A pipe would keep its opener waiting for somebody to read.
    let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o644)
    guard file >= 0 else { throw systemFailure("write", path, code: errno) }
    guard !isShared || flock(file, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
      _ = close(file)
      throw RecordError.usage("\(path): another process is writing it")
    }
    guard ftruncate(file, length) == 0, lseek(file, length, SEEK_SET) == length else {
      let code = errno
      _ = close(file)
      throw systemFailure("write", path, code: code)
    }
    self.path = path
    self.file = file
    self.length = length
  }

  deinit { _ = close(file) }

  /// Appends one whole record.
  ///
  /// - Throws: `RecordError` of kind `inputOutput`; the file then ends where it did before.
  mutating func append(_ record: [UInt8]) throws {
    do {
      try Files.write(record, to: file, path)
      length += record.count
    } catch {
      _ = ftruncate(file, length)
      _ = lseek(file, length, SEEK_SET)
      throw error
    }
  }

  /// Waits until what was appended has reached the disk.
  ///
  /// - Throws: `RecordError` of kind `inputOutput`.
  func flush() throws {
    guard fsync(file) == 0 else { throw systemFailure("write", path, code: errno) }
  }
}
