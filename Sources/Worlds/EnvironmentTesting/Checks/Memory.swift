internal import CNumerics
internal import EnvironmentKit
internal import Synchronization

// A world that keeps what it no longer needs ends a long training.

/// Held while bytes are counted, which are the whole process's: a world that leaks must not show in the check
/// of another.
private let counting = Mutex(())

extension Subject {
  func checkMemory() throws -> Outcome {
    try counting.withLock { _ in try countMemory() }
  }

  private func countMemory() throws -> Outcome {
    let tasks = try tasks(4)
    let probe = try probe(worlds: tasks.count)
    var started = 0
    let run = { (steps: Int) throws -> ConformanceFinding? in
      var taken = 0
      while taken < steps {
        let requests = tasks.map { task in
          defer { started += 1 }
          return Probe.Request(task: task, index: started)
        }
        let pattern = ActionPattern.allCases[started / tasks.count % ActionPattern.allCases.count]
        for episode in try probe.run(requests, pattern) {
          taken += episode.length
          if let finding = nonFinite(episode, pattern) { return finding }
        }
      }
      return nil
    }
    // The first stretch fills whatever is kept for good. A leak shows in all of the others; what else the
    // process does hardly ever, the less the longer one looks.
    let stretches = 10
    let steps = self.steps / stretches
    if let finding = try run(steps) { return .failed(finding) }
    var least = 0
    for length in [1, 2, 4, 8] {
      least = Int.max
      for _ in 1..<stretches {
        let before = Int(fledge_bytes_in_use())
        if let finding = try run(steps * length) { return .failed(finding) }
        least = min(least, (Int(fledge_bytes_in_use()) - before) / length)
      }
      guard least > steps / 10 else { return .passed() }
    }
    return .failed(
      ConformanceFinding(
        problem: "memory in use grows by \(least) bytes or more every \(steps) steps"))
  }
}
