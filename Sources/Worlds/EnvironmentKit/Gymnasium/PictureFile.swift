internal import Foundation

/// A file through which a worker hands over pictures, one at a time.
final class PictureFile {
  /// Where the file is, until the worker has opened it.
  let path: String
  private let descriptor: Int32

  /// A new, empty file with the temporary ones.
  ///
  /// - Throws: `EnvironmentError` where the system refuses.
  init() throws(EnvironmentError) {
    let directory = FileManager.default.temporaryDirectory.path
    do {
      (path, descriptor) = try makeTemporaryFile(in: directory)
    } catch {
      throw EnvironmentError("no file for its pictures can be made in \(directory) (\(error))")
    }
  }

  deinit {
    close(descriptor)
    unlink(path)
  }

  /// Removes the name; the file stays for whoever has opened it.
  func unlinkFile() { unlink(path) }

  /// The first bytes of the file; nil where there are fewer.
  func read(_ count: Int) -> [UInt8]? {
    guard count >= 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let got = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress.map { $0 + done }, count - done, done)
      }
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else { return nil }
      done += got
    }
    return bytes
  }
}
