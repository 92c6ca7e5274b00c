internal import EnvironmentKit

// Tasks are values that are written down, read back, and matter.

extension Subject {
  func checkTaskDraws() throws -> Outcome {
    let (one, other) = (try environment.madeAnew(), try environment.madeAnew())
    for split in environment.splits {
      let first = try one.sampleTasks(split: split, count: 4, seed: seed)
      // A draw must not depend on those before it either.
      _ = try other.sampleTasks(split: split, count: 3, seed: seed &+ 1)
      let second = try other.sampleTasks(split: split, count: 4, seed: seed)
      guard let (task, again) = zip(first, second).first(where: { $0 != $1 }) else { continue }
      return .failed(
        ConformanceFinding(
          problem: "drawn once more with the same seed, a \(split.rawValue) task is \(again.json); "
            + "a draw has to depend on its seed alone", task: task.json))
    }
    return .passed()
  }

  func checkTaskJSON() throws -> Outcome {
    for split in environment.splits {
      for task in try tasks(4, split) {
        let finding = { (problem: String) in
          Outcome.failed(ConformanceFinding(problem: problem, task: task.json))
        }
        let back: AnyTask
        do {
          back = try environment.task(json: task.json)
        } catch {
          return finding("a \(split.rawValue) task can't be read back: \(error.message)")
        }
        guard back == task else { return finding("read back, a task is \(back.json)") }
        let probe = try probe(worlds: 2)
        let episodes = try probe.run(
          [task, back].map { Probe.Request(task: $0, index: 0) }, .held)
        if let difference = episodes[1].difference(from: episodes[0], specification) {
          return .failed(
            episodes[1].finding(
              "a task read back from JSON has another episode: \(difference.quantity)",
              component: difference.component, step: difference.step))
        }
      }
    }
    return .passed()
  }

  func checkTaskEffect() throws -> Outcome {
    var seen: Set<String> = []
    let distinct = try tasks(16).filter { seen.insert($0.json).inserted }
    if environment.allTasks?.count == 1 { return .passed(note: "one task alone, as declared") }
    guard distinct.count > 1 else {
      return .failed(
        ConformanceFinding(
          problem: "16 train tasks are all the same; a distribution has to draw different ones",
          task: distinct[0].json))
    }
    let probe = try probe(worlds: distinct.count)
    for pattern in [ActionPattern.held, .extreme] {
      for episode in 0..<4 {
        let episodes = try probe.run(
          distinct.map { Probe.Request(task: $0, index: episode) }, pattern)
        let first = episodes[0]
        if episodes.dropFirst().contains(where: {
          $0.difference(from: first, specification) != nil
        }) {
          return .passed()
        }
      }
    }
    // Random actions may end every episode before its task matters, as where a robot falls at once.
    let scenes = try distinct.map { try environment.initialScene(of: $0, seed: seed) }
    if scenes.contains(where: { $0 != scenes[0] }) {
      return .passed(note: "no effect in episodes of random actions, but the scene shows the task")
    }
    return .failed(
      ConformanceFinding(
        problem: "\(distinct.count) different train tasks have the same observations and rewards "
          + "under the same actions; does reset use its task?", task: distinct[0].json))
  }

  func checkSplits() throws -> Outcome {
    let count = 64
    let drawn = try environment.splits.map { split in
      (split: split, tasks: Set(try tasks(count, split).map(\.json)))
    }
    let train = drawn[0].tasks
    let isFinite = train.count <= count / 2
    for (split, tasks) in drawn.dropFirst() {
      guard let shared = tasks.intersection(train).min() else { continue }
      if isFinite && split != .shifted { continue }
      // Listed tasks that serve two splits do so on purpose.
      if let listed = environment.listedTasks, listed[split] == listed[.train] { continue }
      let advice =
        split == .shifted
        ? "shifted tasks lie outside of the training range"
        : "draw from the handed stream alone"
      return .failed(
        ConformanceFinding(
          problem: "a train task is a \(split.rawValue) task too; \(advice)", task: shared))
    }
    return .passed(
      note: isFinite
        ? "\(train.count) train tasks only, so what is held out are episodes" : nil)
  }
}
