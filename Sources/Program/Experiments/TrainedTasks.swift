public import EnvironmentKit
internal import MetaLearning

extension Experiment {
  /// Tasks that training has drawn, spread evenly over all that it has: none of its draws twice.
  ///
  /// Where tasks are finitely many, or come from a pool, different draws may be the same task.
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - iteration: The last meta-iteration that counts.
  /// - Returns: As many as were asked for in the order of training, or all where they are fewer.
  /// - Throws: `EnvironmentError` for a task that can't be written as JSON.
  public func trainedTasks(
    _ count: Int, upTo iteration: Int
  ) throws(EnvironmentError) -> [AnyTask] {
    let perIteration = configuration.outer.tasks
    let total = iteration * perIteration
    let asked = min(count, total)
    var drawn: (iteration: Int, tasks: [AnyTask]) = (0, [])
    var chosen: [AnyTask] = []
    for index in 0..<asked {
      // The middle of each of as many equal parts.
      let place = (2 * index + 1) * total / (2 * asked)
      let owner = place / perIteration + 1
      if owner != drawn.iteration {
        drawn = (owner, try trainingTasks(in: owner))
      }
      chosen.append(drawn.tasks[place % perIteration])
    }
    return chosen
  }

  /// What the meta-learner draws in an iteration.
  private func trainingTasks(in iteration: Int) throws(EnvironmentError) -> [AnyTask] {
    try problem.sampleTasks(
      split: .train, count: configuration.outer.tasks, seed: seed, iteration: iteration)
  }

  /// What to know about the tasks of a split where training draws the same ones.
  ///
  /// - Parameter split: Where tasks come from.
  /// - Returns: A sentence; nil where tasks are new.
  public func note(on split: TaskSplit) -> String? {
    let isLeftOut = configuration.environment.leftOutTask != nil
    guard split == .validation || split == .test && !isLeftOut,
      let count = problem.taskCount, count > 1
    else { return nil }
    let advice = isLeftOut ? "" : "; leave one out with environment.leftOutTask"
    return "\(problem.name): its \(isLeftOut ? count - 1 : count) tasks are all trained on; "
      + "only their episodes are new\(advice)"
  }
}
