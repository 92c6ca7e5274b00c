internal import EnvironmentKit

/// The environment that is checked, and what the checks share.
struct Subject {
  let environment: AnyEnvironment
  let seed: UInt64
  /// How many steps the memory check takes.
  let steps: Int

  var specification: EnvironmentSpecification { environment.specification }

  func tasks(_ count: Int, _ split: TaskSplit = .train) throws -> [AnyTask] {
    try environment.sampleTasks(split: split, count: count, seed: seed)
  }

  func probe(worlds: Int = 1) throws -> Probe {
    try Probe(environment, worlds: worlds, seed: seed)
  }

  /// Episodes on tasks of every split under every pattern, a few at a time.
  func survey(_ examine: (Episode, ActionPattern) -> ConformanceFinding?) throws -> Outcome {
    let tasks = try tasks(2) + environment.splits.flatMap { try self.tasks(1, $0) }
    let requests = tasks.enumerated().map { Probe.Request(task: $1, index: $0) }
    let probe = try probe(worlds: requests.count)
    for pattern in ActionPattern.allCases {
      for episode in try probe.run(requests, pattern) {
        if let finding = examine(episode, pattern) { return .failed(finding) }
      }
    }
    return .passed()
  }
}
