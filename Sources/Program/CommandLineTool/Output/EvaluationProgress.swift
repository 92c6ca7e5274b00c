internal import Evaluation
internal import Foundation
internal import Reports
internal import RunRecords
internal import Statistics
internal import Synchronization

/// An evaluation that is shown while it goes on, and that can be interrupted: what is measured of a task
/// is written at once, and the same evaluation takes it up again.
final class EvaluationProgress: Sendable {
  private let directory: RunDirectory
  private let known: [AdaptationCurve.TaskOutcome]
  private let total: Int
  private let state: Mutex<State>

  private struct State: ~Copyable {
    /// Nothing where the run's directory can't be written to, for a reader may measure it, too; or where another
    /// process is measuring the same.
    var file: PartialEvaluation?
    /// Tasks with an outcome; one that is damaged is measured anew.
    var done: Set<Int>
  }

  /// Follows an evaluation of a run.
  ///
  /// - Parameters:
  ///   - directory: The run's.
  ///   - name: The evaluation's name.
  ///   - origin: What is measured: a run that was trained anew under the same name began later.
  ///   - tasks: How many tasks it has.
  init(
    _ directory: RunDirectory, name: String, origin: EvaluationResult.Origin, tasks: Int
  ) {
    self.directory = directory
    total = tasks
    do {
      let file = try PartialEvaluation(
        in: directory, name: name,
        heading: "\(name), run of \(origin.runStart), \(origin.configuration ?? "")")
      known = file.lines.compactMap {
        try? JSONDecoder().decode(AdaptationCurve.TaskOutcome.self, from: Data($0.utf8))
      }
      state = Mutex(State(file: file, done: Set(known.map(\.task))))
    } catch {
      known = []
      state = Mutex(State(file: nil, done: []))
    }
  }

  /// What a measurement needs to be followed.
  var record: MeasurementRecord {
    var record = MeasurementRecord()
    record.known = Dictionary(known.map { ($0.task, $0) }) { $1 }
    record.shouldStop = { Interruption.isRequested }
    record.didMeasure = { outcome in
      let line = String(decoding: try JSONEncoder().encode(outcome), as: UTF8.self)
      try self.state.withLock { state in
        try state.file?.append(line)
        state.done.insert(outcome.task)
        if standardErrorIsTerminal {
          writeStandardError("\r" + bar(state.done.count, of: self.total, "tasks") + "\u{1B}[K")
        }
      }
    }
    return record
  }

  /// Runs a measurement; once it is complete, the file of its parts is removed.
  ///
  /// - Parameters:
  ///   - context: Is told where an interrupted one stands.
  ///   - measure: With ``record``.
  /// - Returns: What it returns.
  /// - Throws: What it throws.
  func following<Result>(in context: Context, _ measure: () throws -> Result) throws -> Result {
    Interruption.watch()
    defer { if standardErrorIsTerminal { writeStandardError("\r\u{1B}[K") } }
    do {
      let result = try measure()
      try state.withLock { try $0.file?.remove() }
      return result
    } catch is MeasurementStopped {
      let (done, isKept) = state.withLock { ($0.done.count, $0.file != nil) }
      let advice = isKept ? ", which are kept; the same command goes on" : ""
      context.report("\(directory.path): interrupted after \(done) of \(total) tasks\(advice)")
      throw Interrupted()
    }
  }
}
