import Reports
import Statistics

/// A method's result before and after a step on some episodes.
///
/// - Parameters:
///   - name: The method's name.
///   - returns: `[run, task, point]`, two points.
///   - experience: The returns of the episodes that the step learned from, on every task.
/// - Returns: As many runs as there are returns.
func methodResult(
  _ name: String, _ returns: [[[Double]]], experience: [Double] = []
) -> MethodResult {
  MethodResult(
    name: name,
    curves: returns.map { tasks in
      AdaptationCurve(
        points: [.init(gradientSteps: 0, episodes: 0), .init(gradientSteps: 1, episodes: 20)],
        outcomes: tasks.enumerated().map { task, returns in
          var outcome = AdaptationCurve.TaskOutcome(task: task)
          outcome.returns = returns
          outcome.experience = experience
          return outcome
        })
    }, trainingSteps: returns.map { _ in 1000 })
}
