internal import Glibc
internal import Synchronization

/// The wish to stop: an interrupt (Ctrl-C), a termination signal, what job schedulers send before a time limit, or a
/// terminal that was closed.
package enum Interruption {
  /// Whether a signal has arrived since ``watch()``.
  static var isRequested: Bool {
    arrived.load(ordering: .relaxed) > 0 || announced.load(ordering: .relaxed)
  }

  /// Until ``watch()`` there is nothing to save: a signal ends the process with the code of interruptions.
  static func endUntilWatched() {
    for signal in [SIGTERM, SIGUSR1, SIGUSR2] {
      watch(signal) { _ in
        let line: StaticString = "fledge: interrupted with nothing to save\n"
        _ = write(2, line.utf8Start, line.utf8CodeUnitCount)
        _exit(130)
      }
    }
    unblock([SIGTERM, SIGUSR1, SIGUSR2])
  }

  /// From now on Ctrl-C or a termination signal ends the process with success: it has nothing to save, and no other end.
  package static func endWithSuccess() {
    for signal in [SIGINT, SIGTERM] { watch(signal) { _ in _exit(0) } }
    unblock([SIGINT, SIGTERM])
  }

  /// From now on the first signal only raises the flag; a second one ends the process at once.
  package static func watch() {
    // Made before the handler can run, because a handler must not allocate.
    _ = isRequested
    watch(SIGINT) { _ in count() }
    watch(SIGTERM) { _ in count() }
    // A scheduler announces its time limit by one of these, and at the limit sends SIGTERM, which is one wish.
    for signal in [SIGUSR1, SIGUSR2] {
      watch(signal) { _ in announced.store(true, ordering: .relaxed) }
    }
    // Shell and system both tell of a closed terminal, which is one wish.
    if !isIgnored(SIGHUP) { watch(SIGHUP) { _ in if !Interruption.isRequested { count() } } }
    unblock([SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2])
    // Work that is recorded goes on when nobody reads its progress any more.
    signal(SIGPIPE, SIG_IGN)
  }

  /// A parent that blocks signals hands that on, as Foundation's `Process` does.
  private static func unblock(_ signals: [Int32]) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  private static func watch(_ signal: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = handler
    action.sa_flags = SA_RESTART
    sigaction(signal, &action, nil)
  }

  /// Whether a signal is to do nothing, as nohup asks of a closed terminal.
  private static func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    sigaction(signal, nil, &action)
    // The system's SIG_IGN is a handler of number 1.
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
  }
}

/// Counts a signal, of which the second ends the process.
private func count() {
  if arrived.add(1, ordering: .relaxed).newValue > 1 { _exit(130) }
}

/// Signals are the process's, so what has arrived of them is the one thing here that is global.
private let arrived = Atomic(0)
private let announced = Atomic(false)
