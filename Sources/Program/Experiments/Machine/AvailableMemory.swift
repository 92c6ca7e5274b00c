internal import Foundation
internal import Glibc

/// The bytes that this process may hold: what the machine has, or less by a limit of its address space or
/// of a control group, such as a container's or a batch job's.
var availableMemory: Double {
  min(
    Double(ProcessInfo.processInfo.physicalMemory), addressSpaceLimit,
    controlGroupLimit(membership: controlGroupMembership))
}

/// The bytes that this process may map; without a limit, more than any machine has.
var addressSpaceLimit: Double {
  var limit = rlimit()
  let status = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
  return status == 0 ? Double(limit.rlim_cur) : .infinity
}
