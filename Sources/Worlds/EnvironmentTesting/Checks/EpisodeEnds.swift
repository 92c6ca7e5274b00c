internal import EnvironmentKit

// How episodes begin and end.

extension Subject {
  func checkStarts() throws -> Outcome {
    let task = try tasks(1)[0]
    let requests = (0..<8).map { Probe.Request(task: task, index: $0) }
    let episodes = try probe(worlds: requests.count).run(requests, .random, limit: 0)
    let distinct = Set(episodes.map { $0.observations.map { $0.bitPattern } }).count
    if specification.startsVary && distinct == 1 {
      return .failed(
        episodes[0].finding(
          "first observations are the same in \(requests.count) episodes; draw the start from the "
            + "handed stream, or say startsVary: false in the specification", step: 0))
    }
    if !specification.startsVary && distinct > 1 {
      return .failed(
        episodes[0].finding(
          "first observations vary, but the specification says startsVary: false", step: 0))
    }
    return .passed(note: specification.startsVary ? nil : "always the same start, as declared")
  }

  func checkTermination() throws -> Outcome {
    let horizon = specification.horizon
    var ends = (atLimit: 0, truncated: 0, atOnce: 0, other: 0)
    var last: Episode?
    let survey = try survey { episode, _ in
      if episode.length == horizon && episode.terminated {
        ends.atLimit += 1
        last = episode
      } else if episode.length == horizon {
        ends.truncated += 1
      } else if episode.length == 1 {
        ends.atOnce += 1
        last = last ?? episode
      } else {
        ends.other += 1
      }
      return nil
    }
    guard let last, horizon > 1 else { return survey }
    if ends.truncated + ends.other == 0 && ends.atOnce > ends.atLimit {
      return .failed(last.finding("every episode terminates at its first step", step: 1))
    }
    if ends.atLimit > 1 && ends.truncated == 0 {
      return .failed(
        last.finding(
          "all \(ends.atLimit) episodes that reach the time limit terminate there; the limit is the "
            + "framework's, so don't report it", step: horizon))
    }
    return .passed()
  }
}
