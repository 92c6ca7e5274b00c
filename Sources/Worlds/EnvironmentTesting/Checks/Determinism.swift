internal import EnvironmentKit

// An episode is a function of its task, its stream and its actions.

extension Subject {
  private func requests() throws -> [Probe.Request] {
    try tasks(4).enumerated().map { Probe.Request(task: $1, index: $0) }
  }

  /// The first difference between episodes that should be the same.
  private func compare(
    _ found: [Episode], _ expected: [Episode], _ problem: String
  ) -> Outcome {
    for (found, expected) in zip(found, expected) {
      if let difference = found.difference(from: expected, specification) {
        return .failed(
          found.finding(
            "\(problem): \(difference.quantity)", component: difference.component,
            step: difference.step))
      }
    }
    return .passed()
  }

  func checkRepeatable() throws -> Outcome {
    let requests = try requests()
    let first = try probe(worlds: requests.count).run(requests, .held)
    let second = try probe(worlds: requests.count).run(requests, .held)
    return compare(second, first, "two runs with the same seed differ")
  }

  func checkHistory() throws -> Outcome {
    let requests = try requests()
    let fresh = try probe(worlds: requests.count).run(requests, .held)
    let used = try probe(worlds: requests.count)
    let others = try tasks(requests.count, environment.splits.last ?? .train).enumerated().map {
      Probe.Request(task: $1, index: 100 + $0)
    }
    _ = try used.run(others, .extreme)
    // One that is left in its middle, too.
    _ = try used.run(requests.reversed(), .extreme, limit: 7)
    return compare(
      try used.run(requests, .held), fresh, "after other episodes in the same world it differs")
  }

  func checkParallel() throws -> Outcome {
    let requests = try requests()
    let together = try probe(worlds: requests.count).run(requests, .held)
    let alone = try requests.flatMap { try probe().run([$0], .held) }
    return compare(together, alone, "beside other worlds it differs from alone")
  }
}
