package import Foundation

/// A program that this process has started: fed through its standard input, its last words kept.
package final class ChildProcess: @unchecked Sendable {
  // The system's process is changed by the initializer alone; everything else is constant.

  /// Held while a process is started: one that is started meanwhile would inherit the ends of its pipes, and
  /// the end of the one could not be noticed before that of the other.
  private static let starting = NSLock()

  private let process = Process()
  private let requests = Pipe()
  private let messages: OutputTail
  /// What it prints, where that was asked for; nothing otherwise.
  package let output: FileHandle

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - path: Where it stands.
  ///   - arguments: Its arguments.
  ///   - environment: Variables that it has beside those of this process, where that doesn't set them.
  ///   - directory: Where it works; nil for here.
  ///   - answers: Whether what it prints is read; it is lost otherwise.
  /// - Throws: `ProcessError` with the reason why it can't be started.
  package init(
    _ path: String, _ arguments: [String], environment: [String: String] = [:],
    in directory: String? = nil, answers: Bool = false
  ) throws(ProcessError) {
    Self.starting.lock()
    defer { Self.starting.unlock() }
    let diagnostics = Pipe()
    messages = try OutputTail(of: diagnostics.fileHandleForReading.fileDescriptor)
    let printed = answers ? Pipe() : nil
    output = printed?.fileHandleForReading ?? .nullDevice
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    if !environment.isEmpty {
      process.environment = ProcessInfo.processInfo.environment.merging(environment) { own, _ in own
      }
    }
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    process.standardInput = requests
    process.standardOutput = printed ?? FileHandle.nullDevice
    process.standardError = diagnostics
    // A program that has ended must be an error in writing to it, not the end of this process.
    signal(SIGPIPE, SIG_IGN)
    do {
      try process.run()
    } catch {
      throw ProcessError(description: error.localizedDescription)
    }
  }

  /// Its standard input.
  package var input: FileHandle { requests.fileHandleForWriting }
  /// The last line that it wrote to its standard error; nil where it wrote none.
  package var lastLine: String? { messages.lastLine }

  /// How it ended; nil as long as its end isn't known.
  package var ending: ProcessEnding? { process.isRunning ? nil : ended }

  private var ended: ProcessEnding {
    let status = process.terminationStatus
    return process.terminationReason == .uncaughtSignal ? .signal(status) : .code(status)
  }

  /// Waits until it has ended, with all that it has forked.
  ///
  /// - Returns: How it ended.
  package func waitForEnd() -> ProcessEnding {
    process.waitUntilExit()
    return ended
  }

  /// Asks it to stop.
  package func interrupt() { if process.isRunning { kill(process.processIdentifier, SIGTERM) } }

  /// How it ended, as soon as it has, whatever those do that it has forked.
  ///
  /// - Parameter seconds: How long its end is waited for; nil for as long as it takes.
  /// - Returns: nil if it goes on.
  package func ending(within seconds: Double?) -> ProcessEnding? {
    let deadline = seconds.map { ContinuousClock.now + .seconds($0) }
    while true {
      var information = siginfo_t()
      let identifier = id_t(process.processIdentifier)
      if waitid(P_PID, identifier, &information, WEXITED | WNOWAIT | WNOHANG) == 0 {
        if information.si_signo == SIGCHLD {
          let status = information._sifields._sigchld.si_status
          return information.si_code == CLD_EXITED ? .code(status) : .signal(status)
        }
      } else if errno != EINTR {
        // Foundation has been told of its end.
        return waitForEnd()
      }
      if let deadline, .now >= deadline { return nil }
      usleep(10_000)
    }
  }

  /// Ends it with all that it has started, whatever they do, and waits for its end.
  ///
  /// Foundation gives it a group of its own, and the milder signals blocked. `waitForEnd` would wait for
  /// those that it has forked, too.
  package func stop() {
    let identifier = process.processIdentifier
    kill(-identifier, SIGKILL)
    var information = siginfo_t()
    while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
  }
}

/// How a process ended.
package enum ProcessEnding: Equatable, Sendable, CustomStringConvertible {
  /// By itself, with an exit code.
  case code(Int32)
  /// By a signal.
  case signal(Int32)

  /// Such as `with code 1`.
  package var description: String {
    switch self {
    case .code(let status): "with code \(status)"
    case .signal(let status): "by signal \(status)"
    }
  }

  /// The number of the code or the signal.
  package var status: Int32 {
    switch self {
    case .code(let status), .signal(let status): status
    }
  }
}

/// Why a process can't be started.
package struct ProcessError: Error, CustomStringConvertible {
  /// The reason, in one line.
  package let description: String
}
