internal import Glibc
internal import Synchronization

/// The wish to stop, from an interrupt (Ctrl-C) or a termination signal.
enum Interruption {
  /// Whether a signal has arrived since ``watch()``.
  static var isRequested: Bool { arrived.load(ordering: .relaxed) > 0 }

  /// From now on the first signal only raises the flag; a second one ends the process at once.
  static func watch() {
    // Made before the handler can run, because a handler must not allocate.
    _ = arrived.load(ordering: .relaxed)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in
      if arrived.add(1, ordering: .relaxed).newValue > 1 { _exit(130) }
    }
    action.sa_flags = SA_RESTART
    sigaction(SIGINT, &action, nil)
    sigaction(SIGTERM, &action, nil)
    // A parent that blocks these signals hands that on, as Foundation's `Process` does.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }
}

/// Signals are the process's, so their count is the one thing here that is global.
private let arrived = Atomic(0)
