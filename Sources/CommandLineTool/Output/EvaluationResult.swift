internal import EnvironmentKit
internal import Evaluation

/// The result of `fledge evaluate`, as CONTRACT words it.
struct EvaluationResult: Encodable {
  let environment: String
  let split: String
  let seed: Int
  let checkpoint: Int
  let episodesPerStep: Int
  let environmentSteps: Int
  let curve: [Row]
  let perTask: [TaskReturns]
  let areaUnderCurve: Double

  /// The curve after some gradient steps.
  struct Row: Encodable {
    let gradientSteps: Int
    let episodes: Int
    let mean: Double
    let iqm: Double
    let ci95: [Double]
  }

  /// A task with its returns after 0, 1, ... steps.
  struct TaskReturns: Encodable {
    let task: AnyTask
    let returns: [Double]
  }

  init(
    _ curve: AdaptationCurve, environment: String, split: TaskSplit, seed: Int, checkpoint: Int,
    episodes: Int, steps: Int, tasks: [AnyTask]
  ) {
    self.environment = environment
    self.split = split.rawValue
    self.seed = seed
    self.checkpoint = checkpoint
    episodesPerStep = episodes
    environmentSteps = curve.environmentSteps
    self.curve = (0...steps).map { step in
      let summary = curve.summary(step: step, seed: UInt64(seed))
      let interval = [summary.confidence95.low, summary.confidence95.high]
      return Row(
        gradientSteps: step, episodes: step * episodes, mean: summary.mean,
        iqm: summary.interquartileMean, ci95: interval)
    }
    perTask = zip(tasks, curve.returns).map { TaskReturns(task: $0, returns: $1) }
    areaUnderCurve = curve.areaUnderCurve
  }

  /// The curve for people.
  var text: String {
    let rows = curve.map { row in
      [
        String(row.gradientSteps), String(row.episodes), fixed(row.mean), fixed(row.iqm),
        "[\(row.ci95.map { fixed($0) }.joined(separator: ", "))]",
      ]
    }
    let heading = ["gradient steps", "episodes", "mean return", "IQM", "95% interval"]
    let opening =
      "\(environment), \(perTask.count) \(split) tasks, \(episodesPerStep) episodes a step, "
      + "after \(checkpoint) meta-iterations\n"
    return opening + table([heading] + rows, leading: 0)
      + "area under the curve  \(fixed(areaUnderCurve))\n"
  }
}
