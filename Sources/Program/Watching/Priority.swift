internal import Glibc

/// Lets everything else on the machine come before this thread, and before those that it starts from here on: on Linux
/// each thread has a priority of its own.
///
/// - Parameter steps: From 0, like everything else, to 19.
func giveWay(by steps: Int32) {
  setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, steps)
}

/// What this thread has computed so far, in time of a processor: waiting doesn't count.
func computingTime() -> Duration {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
