internal import EnvironmentKit
internal import Foundation
internal import Processes
internal import RunRecords

/// A tracker's own client in a Python process, which reads what the run records, and ends soon after this process does.
///
/// Nothing that it does is waited for while the run goes on.
struct TrackerProcess {
  /// What it sends to.
  let tracker: Tracker
  private let process: ChildProcess

  /// Starts to send a run's records.
  ///
  /// - Throws: `RecordError` of kind `inputOutput` if Python can't be started.
  init(_ tracker: Tracker, client: [UInt8], of directory: RunDirectory) throws {
    let script = [client, PackageResources.follow_py].map { String(decoding: $0, as: UTF8.self) }
    self.tracker = tracker
    do {
      process = try ChildProcess(
        "/usr/bin/env",
        [defaultPython, "-c", script.joined(separator: "\n"), tracker.rawValue, directory.path])
    } catch {
      throw RecordError(
        .inputOutput, "the tracker \(tracker.rawValue) can't be started: \(error)")
    }
  }

  /// Why it has ended before it was asked to; nil while it goes on.
  var failure: String? { process.ending(within: 0).map(reason) }

  /// Has it send what is left, and end. What it is told is shorter than what a pipe holds, so nothing waits.
  func finish() { try? process.input.write(contentsOf: [UInt8(ascii: "\n")]) }

  /// Has it send what is left in a minute, and end, whether or not anybody waits for it.
  func leave() { try? process.input.close() }

  /// Waits for its end.
  ///
  /// - Parameter seconds: How long; nil for as long as it takes.
  /// - Returns: Why not everything was sent; nil if it was.
  func failure(within seconds: Double?) -> String? {
    guard let ending = process.ending(within: seconds) else {
      return "is left behind, with a minute to send the rest"
    }
    return ending == .code(0) ? nil : reason(ending)
  }

  private func reason(_ ending: ProcessEnding) -> String {
    // Who is killed has said nothing about it.
    guard case .code = ending, let line = process.lastLine else { return "has ended \(ending)" }
    return "has ended \(ending): \(line)"
  }
}
