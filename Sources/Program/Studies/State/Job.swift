internal import GRDB
internal import RunRecords

/// A part of a study that one worker does: a trial's run with a seed, up to a rung, or a run at the end.
struct Job: Sendable, Equatable {
  /// What is done; there is one job of each kind.
  struct Key: Hashable, Sendable {
    var phase: Phase
    /// The trial's number.
    var trial: Int
    /// The place of its rung; 0 at the end.
    var rung: Int
    var seed: Int
  }

  /// What a run is for.
  enum Phase: String, Sendable {
    /// Choosing settings, on validation tasks.
    case tuning
    /// The chosen settings, on test tasks.
    case final
    /// The tables and the page about all of it.
    case report
  }

  /// How a job stands.
  enum State: String, Sendable {
    case waiting, running, done, failed
  }

  /// What came of a run that was measured.
  struct Measured: Sendable, Equatable {
    /// The objective, or on test tasks the same measure, `[task]`.
    var values: [Double]
    /// The iteration that was measured: its rung's, or an earlier one where the run has ended by itself.
    var iterations: Int
    /// Environment steps of training up to there.
    var trainingSteps: Int
    /// Environment steps of this measurement.
    var measuringSteps: Int

    /// The mean over tasks; not a number where one of them has none.
    var score: Double { values.reduce(0, +) / Double(values.count) }
  }

  let key: Key
  var state: State
  /// Of a job that is done.
  var measured: Measured?
  /// Why it failed.
  var message: String?

  /// Whether nothing is left to do of it.
  var isOver: Bool { state == .done || state == .failed }
}

extension Job {
  /// Reads a row of the table of jobs; nil where it holds something else.
  init?(_ row: Row) {
    guard let phase = Phase(rawValue: row["phase"]), let state = State(rawValue: row["state"])
    else {
      return nil
    }
    key = Key(phase: phase, trial: row["trial"], rung: row["rung"], seed: row["seed"])
    self.state = state
    message = row["message"]
    if let text = row["taskValues"] as String?,
      case .list(let values)? = JSON(ArraySlice(text.utf8))
    {
      measured = Measured(
        values: values.map { $0.number ?? .nan }, iterations: row["iterations"] ?? 0,
        trainingSteps: row["trainingSteps"] ?? 0, measuringSteps: row["measuringSteps"] ?? 0)
    }
  }
}
