internal import Foundation
internal import Processes

/// The interpreter that `python3` stands for: what FLEDGE_PYTHON names, where it is set.
public var defaultPython: String {
  let name = ProcessInfo.processInfo.environment["FLEDGE_PYTHON"] ?? ""
  return name.isEmpty ? GymnasiumParameters.anyPython : name
}

/// A Python process that answers line by line: `ok TEXT`, or `error ROW MESSAGE`.
final class WorkerProcess: @unchecked Sendable {
  // One caller at a time, by the lock.

  private let process: ChildProcess
  private let timeout: Double
  private let lock = NSLock()
  private var received: [UInt8] = []
  /// Why the process can't be used any more.
  private var end: WorldFailure?

  /// Starts a process.
  ///
  /// - Parameters:
  ///   - python: The interpreter's name or path.
  ///   - script: What it runs.
  ///   - timeout: How long an answer may take, in s.
  /// - Throws: `EnvironmentError` where it can't be started.
  init(python: String, script: String, timeout: Double) throws(EnvironmentError) {
    self.timeout = timeout
    do {
      // Tasks that are drawn from a set of texts must not depend on the process.
      process = try ChildProcess(
        "/usr/bin/env", [python, "-c", script], environment: ["PYTHONHASHSEED": "0"], answers: true)
    } catch {
      throw EnvironmentError("'\(python)' can't be started: \(error)")
    }
  }

  deinit {
    // The number of one that has ended, and of whose end nobody was told, may be another's by now.
    if end == nil && process.ending == nil { process.stop() }
    try? process.input.close()
  }

  /// Sends a request and waits for its answer, `atLeast` seconds even with a shorter timeout.
  func ask(
    _ command: String, _ argument: String, atLeast: Double = 0
  ) throws(WorldFailure) -> String {
    lock.lock()
    defer { lock.unlock() }
    if let end { throw end }
    try send("\(command) \(argument)\n")
    let line = try receive(command, within: max(timeout, atLeast))
    if line.hasPrefix("ok ") { return String(line.dropFirst(3)) }
    let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "error", let row = Int(parts[1]) else {
      throw ended("the worker answered '\(line.prefix(80))'")
    }
    throw WorldFailure(String(parts[2]), row: row < 0 ? nil : row)
  }

  private func send(_ text: String) throws(WorldFailure) {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        write(process.input.fileDescriptor, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw ended("the worker has ended") }
      sent += count
    }
  }

  private func receive(_ command: String, within limit: Double) throws(WorldFailure) -> String {
    let descriptor = process.output.fileDescriptor
    let deadline = ContinuousClock.now + .seconds(limit)
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      if let newline = received.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: received[..<newline], as: UTF8.self)
        received.removeSubrange(...newline)
        return line
      }
      let left = (deadline - .now) / .seconds(1)
      guard left > 0 else {
        throw ended("the worker has not answered \(command) for \(limit) s")
      }
      var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&watched, 1, Int32(min(left * 1000 + 1, 1e9)))
      if ready <= 0 { continue }
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw ended("the worker has ended") }
      received += chunk[..<count]
    }
  }

  /// Notes that the process is of no more use, with what it said last.
  private func ended(_ problem: String) -> WorldFailure {
    var how = ""
    if problem.hasSuffix("has ended") {
      // Its answers end a moment before it does, and Foundation learns of that yet later, or never while
      // somebody whom it has started lives.
      for _ in 0..<100 where process.ending == nil { usleep(10_000) }
      how = process.ending.map { " \($0)" } ?? ""
    }
    process.stop()
    let last = process.lastLine.map { ": \($0)" } ?? ""
    let failure = WorldFailure(problem + how + last)
    end = failure
    return failure
  }
}
