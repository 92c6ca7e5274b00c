internal import Glibc

/// The right to write a run's directory, which one process has at a time.
///
/// The system gives it back when the process ends, however that ends: no lock outlives its owner.
public final class RunLock: Sendable {
  private let directory: Int32

  /// Takes the right to write a directory.
  ///
  /// File systems that have no locks grant it to everyone.
  ///
  /// - Parameter path: A directory that stands there.
  /// - Throws: `RecordError`: `usage` if another process has it, `inputOutput` if the directory can't be
  ///   opened.
  public init(_ path: String) throws {
    directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw systemFailure("read", path, code: errno) }
    guard Self.isGranted(directory) else {
      throw RecordError.usage(
        "\(path): another process is training this run; wait until it ends, or choose another "
          + "directory with --run")
    }
  }

  /// Whether a process has the right to write a directory now.
  ///
  /// - Parameter path: The directory.
  /// - Returns: False too where there is none, or its file system has no locks.
  public static func isHeld(_ path: String) -> Bool {
    let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { return false }
    defer { _ = close(directory) }
    return flock(directory, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// Takes the right. Whoever only looks whether it is taken has it for a moment, which is waited for.
  private static func isGranted(_ directory: Int32) -> Bool {
    for _ in 0..<20 {
      if flock(directory, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK { return true }
      usleep(5_000)
    }
    return false
  }

  deinit {
    // Given back in so many words: a process that is just being started has a copy of the descriptor.
    _ = flock(directory, LOCK_UN)
    _ = close(directory)
  }
}
