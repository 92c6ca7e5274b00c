internal import Foundation
internal import Glibc

/// The bytes that this process may hold: what the machine has, or less by a limit of its address space or
/// of a control group, such as a container's or a batch job's.
var availableMemory: Double {
  let membership = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? ""
  return min(
    Double(ProcessInfo.processInfo.physicalMemory), addressSpaceLimit,
    controlGroupLimit(membership: membership))
}

/// The bytes that this process may map; without a limit, more than any machine has.
var addressSpaceLimit: Double {
  var limit = rlimit()
  let status = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
  return status == 0 ? Double(limit.rlim_cur) : .infinity
}

/// The least limit of the control groups that a process is in, of either version.
///
/// - Parameters:
///   - membership: Its `/proc/PID/cgroup`, a line `hierarchy:controllers:group` for each hierarchy.
///   - root: Where the groups are mounted.
/// - Returns: The limit in bytes; infinity without.
func controlGroupLimit(membership: String, root: String = "/sys/fs/cgroup") -> Double {
  var least = Double.infinity
  for line in membership.split(separator: "\n") {
    let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { continue }
    let mount: String
    let file: String
    if parts[0] == "0" {
      (mount, file) = (root, "memory.max")
    } else if parts[1].split(separator: ",").contains("memory") {
      (mount, file) = (root + "/memory", "memory.limit_in_bytes")
    } else {
      continue
    }
    // A group's limit is one for those within, too. A container may see only its own group, as the outermost.
    var group = parts[2].split(separator: "/")
    while true {
      let path = ([mount[...]] + group + [file[...]]).joined(separator: "/")
      let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      if let limit = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) {
        least = min(least, limit)
      }
      if group.popLast() == nil { break }
    }
  }
  return least
}
