internal import Foundation
internal import RunRecords
internal import Synchronization

/// Records replays when somebody asks for one: one at a time, on one thread that gives way to everything else, each
/// checkpoint's once, and a run's no more often than it can be looked at.
final class ReplayStudio: Sendable {
  /// What there is of a replay.
  enum Progress {
    /// A JSON document.
    case recorded(String)
    /// Why there is none, in one line.
    case refused(String)
    /// It is being recorded.
    case recording
    /// Another one is being recorded.
    case busy
  }

  private let record: @Sendable (RunDirectory) throws -> String
  private let state = Mutex(State())

  private struct State {
    var done: [Outcome] = []
    var current: Subject?
  }

  /// What a replay is of: a run that is trained anew in its place began later.
  private struct Subject: Equatable {
    let run: RunDirectory
    let start: String
    let iteration: Int

    func isSameRun(as other: Subject) -> Bool { (run, start) == (other.run, other.start) }
  }

  private struct Outcome {
    let subject: Subject
    let progress: Progress
    let end: ContinuousClock.Instant
  }

  /// How long a replay serves although there are newer checkpoints.
  private let lifetime: Duration
  /// How many replays are kept.
  private static let capacity = 16

  /// A studio.
  ///
  /// - Parameters:
  ///   - lifetime: How long a replay serves although there are newer checkpoints.
  ///   - record: Records the replay of a run's newest checkpoint, and gives it as a JSON document.
  init(
    lifetime: Duration = .seconds(20),
    _ record: @escaping @Sendable (RunDirectory) throws -> String
  ) {
    (self.lifetime, self.record) = (lifetime, record)
  }

  /// The replay of a run's newest checkpoint, or of one that was the newest a moment ago, which is begun unless another
  /// one is being recorded.
  ///
  /// - Parameter run: The run.
  /// - Returns: What there is of it.
  func replay(of run: RunDirectory) -> Progress {
    let subject: Subject
    do {
      guard let newest = try run.checkpointIterations().first else {
        return .refused("the run has no checkpoint yet")
      }
      subject = Subject(run: run, start: try run.facts().start, iteration: newest)
    } catch {
      return .refused("\(error)")
    }
    return state.withLock { state in
      // Checkpoints may be written faster than they are recorded.
      let known = state.done.last { $0.subject.isSameRun(as: subject) }
      if let known, known.subject == subject || .now < known.end + lifetime {
        return known.progress
      }
      if let current = state.current { return current.isSameRun(as: subject) ? .recording : .busy }
      state.current = subject
      start(subject)
      return .recording
    }
  }

  private func start(_ subject: Subject) {
    let thread = Thread { [self] in
      giveWay(by: 19)
      let progress: Progress
      do { progress = .recorded(try record(subject.run)) } catch { progress = .refused("\(error)") }
      state.withLock { state in
        state.current = nil
        state.done.append(Outcome(subject: subject, progress: progress, end: .now))
        state.done = state.done.suffix(Self.capacity)
      }
    }
    thread.stackSize = 1 << 24
    thread.start()
  }
}
