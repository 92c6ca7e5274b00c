internal import Foundation

/// The processors that this process may keep busy: those that it is bound to, or fewer by a quota of a control
/// group, such as a container's or a batch job's.
public let availableProcessors: Int = {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  return availableProcessors(
    among: 1, bound: boundProcessors(status: status) ?? ProcessInfo.processInfo.activeProcessorCount
  )
}()

/// The processors that each of some processes may keep busy: an even share of those that any of them is bound to, or of
/// a quota.
///
/// - Parameters:
///   - processes: How many there are, at least 1.
///   - bound: How many processors any of them is bound to.
/// - Returns: At least 1.
func availableProcessors(among processes: Int, bound: Int) -> Int {
  // A quota of one and a half is used up by two threads.
  let quota = controlGroupQuota(membership: controlGroupMembership).rounded(.up)
  return max(1, Int(min(Double(bound), quota)) / processes)
}

/// The processors that the system may run a process on.
///
/// - Parameter status: Its `/proc/PID/status`, in which they are the bits of a hexadecimal number.
/// - Returns: How many; nil where it doesn't say.
func boundProcessors(status: String) -> Int? {
  let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }
  guard let digits = line?.dropFirst("Cpus_allowed:".count) else { return nil }
  let count = digits.compactMap(\.hexDigitValue).reduce(0) { $0 + $1.nonzeroBitCount }
  return count > 0 ? count : nil
}
