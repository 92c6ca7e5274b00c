internal import Evaluation
internal import Foundation
internal import Reports
internal import RunRecords
internal import Statistics
internal import Synchronization

/// An evaluation while it is measured: what is found about a task is written at once, and the same evaluation takes it
/// up again.
final class PartialResult: Sendable {
  private let run: String
  private let known: [AdaptationCurve.TaskOutcome]
  private let total: Int
  private let state: Mutex<State>
  private let observer: EvaluationObserver

  private struct State: ~Copyable {
    /// Nothing where the run's directory can't be written to, for a reader may measure it, too; or where another
    /// process is measuring the same.
    var file: PartialEvaluation?
    /// Tasks with an outcome; one that is damaged is measured anew.
    var done: Set<Int>
  }

  /// What an earlier evaluation of the same left, if it was stopped.
  ///
  /// - Parameters:
  ///   - evaluation: What is measured: a run that was trained anew under the same name began later.
  ///   - observer: Follows it.
  init(of evaluation: RunEvaluation, observer: EvaluationObserver) {
    let (name, origin) = (evaluation.name, evaluation.origin)
    run = evaluation.directory.path
    total = evaluation.tasks.count
    self.observer = observer
    do {
      let file = try PartialEvaluation(
        in: evaluation.directory, name: name,
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
    record.shouldStop = observer.shouldStop
    record.didMeasure = { outcome in
      let line = String(decoding: try JSONEncoder().encode(outcome), as: UTF8.self)
      try self.state.withLock { state in
        try state.file?.append(line)
        state.done.insert(outcome.task)
        self.observer.observe(.measured(tasks: state.done.count, of: self.total))
      }
    }
    return record
  }

  /// Runs a measurement; once it is complete, the file of its parts is removed.
  ///
  /// - Parameter measure: With ``record``.
  /// - Returns: What it returns.
  /// - Throws: What it throws, or ``EvaluationStopped``.
  func completed<Result>(_ measure: () throws -> Result) throws -> Result {
    observer.observe(.measuring)
    defer { observer.observe(.ended) }
    do {
      let result = try measure()
      try state.withLock { try $0.file?.remove() }
      return result
    } catch is MeasurementStopped {
      let (done, isKept) = state.withLock { ($0.done.count, $0.file != nil) }
      throw EvaluationStopped.measuring(run: run, done: done, tasks: total, isKept: isKept)
    }
  }
}
