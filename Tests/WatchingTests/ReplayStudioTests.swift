import Foundation
import RunRecords
import Testing

@testable import Watching

@Suite("Replays on request")
struct ReplayStudioTests {
  /// A run with a checkpoint after an iteration.
  private func run(_ name: String, in runs: Runs, _ iteration: Int = 1) throws -> RunDirectory {
    let run = try runs.add(name)
    try run.write(Checkpoint(metadata: [:], arrays: []), iteration: iteration)
    return run
  }

  /// What there is of a replay once it is no longer being recorded.
  private func outcome(_ studio: ReplayStudio, _ run: RunDirectory) -> ReplayStudio.Progress {
    while true {
      switch studio.replay(of: run) {
      case .recording, .busy: usleep(1000)
      case let progress: return progress
      }
    }
  }

  @Test("One is recorded at a time, and each checkpoint's once")
  func order() throws {
    let runs = try Runs()
    let (a, b) = (try run("a", in: runs), try run("b", in: runs))
    let recorded = SharedCount()
    let gate = DispatchSemaphore(value: 0)
    let studio = ReplayStudio(lifetime: .zero) { run in
      gate.wait()
      return "\(run.path.suffix(1))\(recorded.next())"
    }
    guard case .recording = studio.replay(of: a), case .recording = studio.replay(of: a),
      case .busy = studio.replay(of: b)
    else {
      Issue.record("two at a time")
      return
    }
    for _ in 0..<3 { gate.signal() }
    for _ in 0..<2 {
      guard case .recorded("a1") = outcome(studio, a), case .recorded("b2") = outcome(studio, b)
      else {
        Issue.record("recorded again")
        return
      }
    }
    try a.write(Checkpoint(metadata: [:], arrays: []), iteration: 2)
    guard case .recorded("a3") = outcome(studio, a) else {
      Issue.record("the old checkpoint's")
      return
    }
    #expect(recorded.value == 3)
  }

  @Test("What can't be recorded is refused with the reason, and keeps nobody waiting")
  func refusals() throws {
    let runs = try Runs()
    let studio = ReplayStudio { run in
      throw RecordError(.usage, "unknown environment of \(run.path.suffix(1))")
    }
    guard case .refused("the run has no checkpoint yet") = studio.replay(of: try runs.add("none"))
    else {
      Issue.record("no checkpoint")
      return
    }
    for name in ["a", "b"] {
      guard
        case .refused("unknown environment of \(name)") = outcome(studio, try run(name, in: runs))
      else {
        Issue.record("not refused")
        return
      }
    }
  }

  @Test("Where checkpoints come faster than replays, one serves for a while")
  func lifetime() throws {
    let runs = try Runs()
    let run = try run("a", in: runs)
    let recorded = SharedCount()
    let studio = ReplayStudio(lifetime: .seconds(3600)) { run in
      // The next checkpoint comes while this one is recorded.
      let count = recorded.next()
      try run.write(Checkpoint(metadata: [:], arrays: []), iteration: count + 1)
      return "\(count)"
    }
    for _ in 0..<3 {
      guard case .recorded("1") = outcome(studio, run) else {
        Issue.record("recorded again")
        return
      }
    }
    #expect(recorded.value == 1)
  }
}
