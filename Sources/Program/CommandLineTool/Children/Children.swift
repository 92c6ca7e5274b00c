internal import Foundation
package import Processes
package import RunRecords
internal import Synchronization

/// Processes of this very program that work for this one beside each other.
///
/// A child that trains has the bits of a process of its own: it is one. When this process ends, however that ends, its
/// children save their state and end, too.
package final class Children: Sendable {
  private struct State {
    var running: [ObjectIdentifier: ChildProcess] = [:]
    var isStopped = false
  }

  private let state = Mutex(State())

  /// How a child ended.
  package struct Ended: Sendable {
    /// With what.
    package let ending: ProcessEnding
    /// What it wrote to its standard output.
    package let output: String
    /// The last line that it wrote to its standard error, without this program's name; empty where it wrote none.
    package let message: String

    /// Whether it did what it was asked for.
    package var isSuccess: Bool { ending == .code(0) }

    /// Its failure as one of this process.
    ///
    /// - Parameter what: What it was to do.
    /// - Returns: The error, with the child's own words.
    package func error(in what: String) -> RecordError {
      RecordError(
        RecordError.Kind(rawValue: ending.status) ?? .fault, "\(what) ended \(ending): \(message)")
    }
  }

  /// No children yet.
  package init() {}

  /// Runs a child to its end.
  ///
  /// - Parameters:
  ///   - arguments: Of its command line, without the program's name.
  ///   - lock: A file that children of other processes take, too: each waits until the one before has ended.
  /// - Returns: How it ended; nil where children are stopped already, so that none was started.
  /// - Throws: `RecordError` of kind `fault` where it can't be started.
  package func run(_ arguments: [String], alone lock: String = "") throws -> Ended? {
    let child = try state.withLock { state throws -> ChildProcess? in
      guard !state.isStopped else { return nil }
      let child: ChildProcess
      do {
        child = try ChildProcess(
          "/proc/self/exe", arguments, environment: [Self.variable: lock], answers: true)
      } catch {
        throw RecordError(.fault, "another process of this program can't be started: \(error)")
      }
      state.running[ObjectIdentifier(child)] = child
      return child
    }
    guard let child else { return nil }
    let output = (try? child.output.readToEnd()) ?? Data()
    let ending = child.waitForEnd()
    state.withLock { _ = $0.running.removeValue(forKey: ObjectIdentifier(child)) }
    let name = "fledge: "
    let line = child.lastLine ?? ""
    return Ended(
      ending: ending, output: String(decoding: output, as: UTF8.self),
      message: line.hasPrefix(name) ? String(line.dropFirst(name.count)) : line)
  }

  /// Has all children save their state and end, and starts no more.
  package func stop() {
    state.withLock { state in
      guard !state.isStopped else { return }
      state.isStopped = true
      for child in state.running.values { child.interrupt() }
    }
  }

  /// Works in some threads beside each other, each of which takes the next job when it is done with one.
  ///
  /// - Parameters:
  ///   - slots: How many threads.
  ///   - work: Takes a job and does it; false where none is left.
  ///   - watch: Called by this thread several times a second meanwhile.
  package static func work(
    in slots: Int, _ work: @escaping @Sendable () -> Bool, watch: () -> Void
  ) {
    let group = DispatchGroup()
    for _ in 0..<slots {
      group.enter()
      Thread.detachNewThread {
        while work() {}
        group.leave()
      }
    }
    while group.wait(timeout: .now() + .milliseconds(100)) == .timedOut { watch() }
  }

  /// Tells a process that it is such a child.
  private static let variable = "FLEDGE_ENDS_WITH_INPUT"

  /// Where this process is another one's child, it is asked to stop when that ends: its standard input ends then.
  static func endWithParent() {
    guard let lock = ProcessInfo.processInfo.environment[variable] else { return }
    unsetenv(variable)
    Thread.detachNewThread {
      while (try? FileHandle.standardInput.read(upToCount: 1 << 10))?.isEmpty == false {}
      kill(getpid(), SIGTERM)
    }
    guard !lock.isEmpty else { return }
    // Held as long as this process lives; file systems without locks grant it to everyone.
    let file = open(lock, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    while file >= 0 && flock(file, LOCK_EX) != 0 && errno == EINTR {}
  }
}
