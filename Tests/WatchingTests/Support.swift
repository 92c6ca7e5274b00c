import Foundation
import MetaLearning
import RunRecords
import Synchronization
import Testing

@testable import Watching

/// A directory of runs of its own, removed with the value.
final class Runs {
  let path = FileManager.default.temporaryDirectory.path + "/fledge-watch-" + UUID().uuidString

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A run that has finished, with metrics of some iterations.
  @discardableResult
  func add(_ name: String, iterations: Range<Int> = 1..<4) throws -> RunDirectory {
    let run = try RunDirectory.create(
      at: "\(path)/\(name)",
      configuration: "environment:\n  name: point-navigation\nouter:\n  iterations: 40\n")
    var facts = RunFacts(name: name, seed: 7)
    facts.finish(.finished)
    try run.write(facts)
    try Array(iterations.map(line).joined().utf8).write(to: run.metricsPath)
    return run
  }

  /// What a catalogue of them lists at first, by run.
  func rows() throws -> [String: [String: Any]] {
    try Self.rows(in: Catalogue(of: path, methods: .builtIn).changes(since: nil))
  }

  static func rows(in document: String) throws -> [String: [String: Any]] {
    let rows = try #require(try object(document)["runs"] as? [[String: Any]])
    return Dictionary(rows.map { ($0["run"] as? String ?? "", $0) }) { $1 }
  }
}

/// The metrics of an iteration, which grow with it.
func line(_ iteration: Int) -> String {
  let value = Double(iteration)
  return IterationMetrics(
    iteration: iteration, seconds: 2, environmentSteps: 100, returns: [value - 10, value]
  ).json + "\n"
}

/// A clock that is an hour later each time it is asked, so that a catalogue always looks again.
func hourlyClock() -> @Sendable () -> ContinuousClock.Instant {
  let hours = SharedCount()
  let start = ContinuousClock.now
  return { start + .seconds(3600 * hours.next()) }
}

/// A number that grows with each question.
final class SharedCount: Sendable {
  private let count = Mutex(0)
  func next() -> Int {
    count.withLock {
      $0 += 1; return $0
    }
  }
  var value: Int { count.withLock { $0 } }
}

extension [UInt8] {
  /// Replaces a file.
  func write(to path: String) throws { try Data(self).write(to: URL(fileURLWithPath: path)) }
}

/// Adds a text to a file.
func append(_ text: String, to path: String) throws {
  let file = try #require(FileHandle(forWritingAtPath: path))
  try file.seekToEnd()
  try file.write(contentsOf: Data(text.utf8))
  try file.close()
}

/// A JSON document as a dictionary.
func object(_ text: String) throws -> [String: Any] {
  try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}
