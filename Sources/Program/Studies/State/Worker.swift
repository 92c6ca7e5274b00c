internal import Foundation

/// A process that works on a study, as others tell whether it is still there.
struct Worker: Sendable, Equatable {
  /// The machine, as long as it isn't started anew, and the part of it in which process numbers count.
  let host: String
  /// The process's number there.
  let process: Int
  /// When the process began, as the system counts: numbers are given again.
  let start: String

  /// This process.
  static let current = Worker(
    host: [
      ProcessInfo.processInfo.hostName, text("/proc/sys/kernel/random/boot_id"),
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? "",
    ].joined(separator: " "),
    process: Int(ProcessInfo.processInfo.processIdentifier), start: start(of: "self"))

  /// Whether it is known to have ended: a process of this machine that isn't there any more.
  var hasEnded: Bool {
    host == Self.current.host && Self.start(of: "\(process)") != start
  }

  private static func text(_ path: String) -> String {
    ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "")
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The 22nd number of a process's facts; behind its name, which may have blanks, the 20th.
  private static func start(of process: String) -> String {
    let facts = text("/proc/\(process)/stat")
    let numbers = facts[(facts.lastIndex(of: ")") ?? facts.startIndex)...].split(separator: " ")
    return numbers.count > 20 ? String(numbers[20]) : ""
  }
}
