import Foundation
import Testing

@testable import Experiments

/// The limits of control groups, read from files as a kernel lays them out.
@Suite struct MemoryTests {
  /// The limit where files below a directory hold these texts.
  private func limit(_ membership: String, _ files: [String: String]) throws -> Double {
    try reading(files) { controlGroupLimit(membership: membership, root: $0) }
  }

  private func reading(
    _ files: [String: String], _ read: (_ root: String) -> Double
  ) throws -> Double {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent(
      "fledge-tests-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    for (path, text) in files {
      let file = root.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    return read(root.path)
  }

  @Test("In version 2 the least limit on the way to the root holds")
  func unified() throws {
    let job = "0::/system.slice/job.scope\n"
    #expect(
      try limit(
        job,
        [
          "memory.max": "max\n", "system.slice/memory.max": "4000000\n",
          "system.slice/job.scope/memory.max": "9000000\n", "other.slice/memory.max": "1000\n",
        ]) == 4_000_000)
    #expect(try limit(job, ["system.slice/memory.max": "max\n"]) == .infinity)
  }

  @Test("In version 1 the memory's own hierarchy is asked, beside whatever else it counts")
  func separate() throws {
    #expect(
      try limit(
        "5:cpu,cpuacct:/a\n4:hugetlb,memory:/job/7\n0::/a\n",
        [
          "memory/memory.limit_in_bytes": "9223372036854771712\n",
          "memory/job/7/memory.limit_in_bytes": "2000000\n",
          "memory/a/memory.limit_in_bytes": "1000\n",
        ]) == 2_000_000)
  }

  @Test("A container that sees only its own group, by the host's name, still has its limit")
  func container() throws {
    #expect(try limit("0::/docker/1f\n", ["memory.max": "3000000\n"]) == 3_000_000)
    #expect(
      try limit("4:memory:/docker/1f", ["memory/memory.limit_in_bytes": "3000000"]) == 3_000_000)
  }

  @Test("A quota of processors is the least on the way to the root, in either version")
  func quota() throws {
    func quota(_ membership: String, _ files: [String: String]) throws -> Double {
      try reading(files) { controlGroupQuota(membership: membership, root: $0) }
    }
    let job = "0::/slurm/job\n"
    #expect(
      try quota(job, ["cpu.max": "max 100000\n", "slurm/cpu.max": "150000 100000\n"]) == 1.5)
    #expect(try quota(job, ["slurm/job/cpu.max": "max 100000\n"]) == .infinity)
    let old = "3:cpu,cpuacct:/docker/1f\n2:memory:/x\n"
    #expect(
      try quota(
        old, ["cpu/cpu.cfs_quota_us": "400000\n", "cpu/cpu.cfs_period_us": "100000\n"]) == 4)
    #expect(
      try quota(
        old, ["cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"]) == .infinity)
    for text in ["", "x y", "0 0", "100000"] {
      #expect(try quota(job, ["cpu.max": text]) == .infinity)
    }
  }

  @Test("The processors that a process is bound to are counted from the system's bits")
  func bound() {
    #expect(
      boundProcessors(status: "Name:\tx\nCpus_allowed:\tff,00000003\nCpus_allowed_list:\t0\n") == 10
    )
    #expect(boundProcessors(status: "Cpus_allowed:\t1\n") == 1)
    for status in ["", "Cpus_allowed:\t0\n", "Cpus_allowed_list:\t0-3\n"] {
      #expect(boundProcessors(status: status) == nil)
    }
    #expect(availableProcessors >= 1)
  }

  @Test("Files that are missing or no such files are no limit")
  func unknown() throws {
    for membership in ["", "\n::\n", "0", "0::", "nonsense", "0:::/a:b"] {
      #expect(try limit(membership, [:]) == .infinity)
    }
    #expect(try limit("0::/", ["memory.max": "many"]) == .infinity)
  }

  @Test("This machine holds something, and not more than it has")
  func here() {
    #expect(availableMemory > 0)
    #expect(availableMemory <= Double(ProcessInfo.processInfo.physicalMemory))
  }
}
