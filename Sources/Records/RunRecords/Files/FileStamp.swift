internal import Glibc

/// By what a file is told from what it was: read again only what has another stamp.
package struct FileStamp: Equatable, Sendable {
  private let size: Int
  private let file: UInt
  private let seconds: Int
  private let nanoseconds: Int

  /// The stamp of what stands at a path now; nil where there is nothing.
  ///
  /// - Parameter path: The file's path.
  package init?(_ path: String) {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return nil }
    (size, file) = (Int(facts.st_size), UInt(facts.st_ino))
    (seconds, nanoseconds) = (facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec)
  }
}
