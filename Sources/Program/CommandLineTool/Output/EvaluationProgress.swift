internal import Measuring

extension EvaluationObserver {
  /// Shows on standard error how evaluations go; once one has begun, a signal stops it.
  ///
  /// - Parameter context: Reports what is to be known.
  init(in context: Context) {
    self.init(shouldStop: { context.isAskedToStop }) { event in
      switch event {
      case .note(let line): context.report(line)
      case .choosing(let run, let tasks):
        Interruption.watch()
        Self.show("choosing how \(run) adapts, on \(tasks) validation tasks\u{1B}[K")
      case .measuring: Interruption.watch()
      case .measured(let tasks, let total):
        Self.show("\r" + bar(tasks, of: total, "tasks") + "\u{1B}[K")
      case .ended: Self.show("\r\u{1B}[K")
      }
    }
  }

  private static func show(_ text: @autoclosure () -> String) {
    if standardErrorIsTerminal { writeStandardError(text()) }
  }
}

extension EvaluationStopped {
  /// Where it stood, in a line.
  var text: String {
    switch self {
    case .choosing(let run): "\(run): interrupted before it was chosen how it adapts"
    case .measuring(let run, let done, let tasks, let isKept):
      "\(run): interrupted after \(done) of \(tasks) tasks"
        + (isKept ? ", which are kept; the same command goes on" : "")
    case .recording: "interrupted before the replay was recorded"
    }
  }
}
