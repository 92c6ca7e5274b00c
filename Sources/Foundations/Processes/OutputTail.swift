internal import Dispatch
internal import Foundation

/// What a process said last, read as it comes: the process never waits for a reader, and however much it says,
/// only the end is kept.
final class OutputTail: @unchecked Sendable {
  // What changes is guarded by the lock.

  /// How much is kept, in bytes.
  private static let limit = 16_384

  private let lock = NSLock()
  private var bytes: [UInt8] = []
  private let descriptor: Int32
  private let source: any DispatchSourceRead

  /// Reads from a copy of a descriptor until its end, or the reader's.
  ///
  /// - Throws: `ProcessError` where there are no more descriptors.
  init(of original: Int32) throws(ProcessError) {
    let descriptor = fcntl(original, F_DUPFD_CLOEXEC, 0)
    guard descriptor >= 0, fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else {
      throw ProcessError(description: "no more files can be opened for its messages")
    }
    self.descriptor = descriptor
    source = DispatchSource.makeReadSource(
      fileDescriptor: descriptor, queue: DispatchQueue(label: "fledge.process-messages"))
    source.setEventHandler { [weak self] in self?.read() }
    source.setCancelHandler { close(descriptor) }
    source.resume()
  }

  deinit { source.cancel() }

  /// The last line that isn't empty, of all that has been said until now; of a long one the beginning.
  var lastLine: String? {
    read()
    let text = lock.withLock { String(decoding: bytes, as: UTF8.self) }
    return text.split(whereSeparator: \.isNewline).last.map { String($0.prefix(300)) }
  }

  private func read() {
    lock.withLock {
      var chunk = [UInt8](repeating: 0, count: 65_536)
      // Not for ever: whoever never stops talking must not keep this from ending.
      for _ in 0..<16 where !source.isCancelled {
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        if count < 0 && errno == EINTR { continue }
        if count == 0 { source.cancel() }
        guard count > 0 else { return }
        bytes += chunk[..<count]
        if bytes.count > Self.limit { bytes.removeFirst(bytes.count - Self.limit) }
      }
    }
  }
}
