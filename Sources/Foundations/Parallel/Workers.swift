internal import Dispatch
internal import Foundation
internal import Glibc

/// Threads that wait for work, for the life of the process.
///
/// The C library gives every thread a heap of its own, which keeps the most that its thread ever held.
/// A pool that hands work to whichever thread it likes thus takes more memory whenever it finds another,
/// hours into a training; here the same call wakes the same threads.
enum Workers {
  /// The threads that no call has borrowed, the next to borrow last; guarded by `lock`.
  private nonisolated(unsafe) static var idle: [WorkerThread] = []
  /// A lock that the thread sanitizer knows, which `Mutex` on Linux is not.
  private static let lock = NSLock()

  /// Calls `work` once for each worker in `0..<count`, the first on the calling thread, and returns when
  /// all have ended. Fewer are called if the system grants no more threads, but always the first.
  ///
  /// Calls may overlap and nest, since each borrows threads of its own.
  static func run(_ count: Int, _ work: (_ worker: Int) -> Void) {
    let threads = borrow(count - 1)
    withoutActuallyEscaping(work) { work in
      let work = Unchecked(value: work)
      for (place, thread) in threads.enumerated() {
        thread.begin { work.value(place + 1) }
      }
      work.value(0)
      for thread in threads { thread.waitForEnd() }
    }
    lock.withLock { idle += threads.reversed() }
  }

  private static func borrow(_ count: Int) -> [WorkerThread] {
    var threads: [WorkerThread] = []
    while threads.count < count, let thread = lock.withLock({ idle.popLast() }) ?? WorkerThread() {
      threads.append(thread)
    }
    return threads
  }
}

/// A thread that computes one piece of work after another; `@unchecked Sendable` because what the
/// borrower writes before a signal is read after it.
private final class WorkerThread: @unchecked Sendable {
  private let beginning = DispatchSemaphore(value: 0)
  private let end = DispatchSemaphore(value: 0)
  private var work: (@Sendable () -> Void)?

  /// - Returns: nil if the system grants no further thread.
  init?() {
    var thread = pthread_t()
    let worker = Unmanaged.passRetained(self)
    let start: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { worker in
      guard let worker else { return nil }
      Unmanaged<WorkerThread>.fromOpaque(worker).takeUnretainedValue().serve()
    }
    guard pthread_create(&thread, nil, start, worker.toOpaque()) == 0 else {
      worker.release()
      return nil
    }
  }

  func begin(_ work: @escaping @Sendable () -> Void) {
    self.work = work
    beginning.signal()
  }

  func waitForEnd() { end.wait() }

  private func serve() -> Never {
    while true {
      beginning.wait()
      work?()
      work = nil
      end.signal()
    }
  }
}

/// A closure handed to threads that end before the caller goes on; what it shares is its caller's
/// promise, documented at ``Team/map(_:_:)``.
private struct Unchecked<Value>: @unchecked Sendable {
  let value: Value
}
