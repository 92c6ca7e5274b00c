internal import Foundation

/// The control groups that this process is in, a line `hierarchy:controllers:group` for each hierarchy.
var controlGroupMembership: String {
  (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? ""
}

/// The least memory limit of the control groups that a process is in, of either version.
///
/// - Parameters:
///   - membership: Its `/proc/PID/cgroup`.
///   - root: Where the groups are mounted.
/// - Returns: The limit in bytes; infinity without.
func controlGroupLimit(membership: String, root: String = "/sys/fs/cgroup") -> Double {
  controlGroups(of: "memory", membership: membership, root: root).map { group in
    number(in: group.path(group.isUnified ? "memory.max" : "memory.limit_in_bytes"))
  }.min() ?? .infinity
}

/// The least share of processors that the control groups of a process are granted, of either version.
///
/// - Parameters:
///   - membership: Its `/proc/PID/cgroup`.
///   - root: Where the groups are mounted.
/// - Returns: How many processors' time; infinity without a quota.
func controlGroupQuota(membership: String, root: String = "/sys/fs/cgroup") -> Double {
  controlGroups(of: "cpu", membership: membership, root: root).map { group in
    let (quota, period) =
      if group.isUnified {
        // `QUOTA PERIOD`, with max for no quota.
        (number(in: group.path("cpu.max")), number(in: group.path("cpu.max"), at: 1))
      } else {
        (
          number(in: group.path("cpu.cfs_quota_us")), number(in: group.path("cpu.cfs_period_us"))
        )
      }
    // A quota of -1 is none.
    return quota > 0 && period > 0 && period.isFinite ? quota / period : .infinity
  }.min() ?? .infinity
}

/// A control group's directory.
private struct ControlGroup {
  let directory: String
  /// Whether it is of version 2.
  let isUnified: Bool

  func path(_ file: String) -> String { "\(directory)/\(file)" }
}

/// The groups that a process is in and those around them, whose limits are limits for those within, too. A
/// container may see only its own group, as the outermost.
private func controlGroups(
  of controller: Substring, membership: String, root: String
) -> [ControlGroup] {
  membership.split(separator: "\n").flatMap { line -> [ControlGroup] in
    let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return [] }
    let isUnified = parts[0] == "0"
    let controllers = parts[1].split(separator: ",")
    guard isUnified || controllers.contains(controller) else { return [] }
    // Controllers that share a hierarchy are mounted by all of their names, and linked to by each.
    let mount = isUnified ? root : "\(root)/\(controller)"
    let names = parts[2].split(separator: "/")
    return (0...names.count).map { depth in
      ControlGroup(
        directory: ([mount[...]] + names.prefix(depth)).joined(separator: "/"),
        isUnified: isUnified)
    }
  }
}

/// One of the numbers in a file; infinity where there is none.
private func number(in path: String, at place: Int = 0) -> Double {
  let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  let words = text.split(whereSeparator: \.isWhitespace)
  return place < words.count ? Double(words[place]) ?? .infinity : .infinity
}
