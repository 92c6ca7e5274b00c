internal import EnvironmentKit
internal import MetaLearning
internal import Statistics
internal import Training

/// The result of `fledge evaluate`, as CONTRACT words it.
struct EvaluationResult: Encodable {
  /// Where no threshold is given, the share of the curve's own gain that counts as adapted.
  static let share = 0.9

  let environment: String
  let split: String
  let seed: Int
  let checkpoint: Int
  let episodesPerStep: Int
  let environmentSteps: Int
  let curve: [Row]
  let perTask: [TaskReturns]
  let areaUnderCurve: Double
  let threshold: Double
  let episodesToThreshold: Nullable<Int>

  /// The curve after some gradient steps.
  struct Row: Encodable {
    let gradientSteps: Int
    let episodes: Int
    let mean: Double
    let iqm: Double
    let ci95: [Double]
  }

  /// A task with its return at each point of the curve, and of each episode that was learned from.
  struct TaskReturns: Encodable {
    let task: AnyTask
    let returns: [Double]
    let adaptationReturns: [Double]
  }

  init(
    _ curve: AdaptationCurve, of subject: EvaluationOptions.Subject, split: TaskSplit, seed: Int,
    threshold: Double?
  ) {
    environment = subject.experiment.environment.name
    self.split = split.rawValue
    self.seed = seed
    checkpoint = subject.state.iteration
    episodesPerStep = subject.episodes
    environmentSteps = curve.environmentSteps
    self.curve = curve.points.enumerated().map { index, point in
      let scores = curve.scores(at: index)
      let interval = Bootstrap(seed: UInt64(seed)).interval(of: scores, \.mean)
      return Row(
        gradientSteps: point.gradientSteps, episodes: point.episodes, mean: scores.mean,
        iqm: scores.interquartileMean, ci95: [interval.low, interval.high])
    }
    perTask = subject.tasks.indices.map {
      TaskReturns(
        task: subject.tasks[$0], returns: curve.returns[$0],
        adaptationReturns: curve.experience[$0])
    }
    areaUnderCurve = curve.areaUnderCurve
    let means = self.curve.map(\.mean)
    let gain = (means.max() ?? means[0]) - means[0]
    self.threshold = threshold ?? means[0] + Self.share * gain
    episodesToThreshold = Nullable(value: curve.episodes(toReach: self.threshold))
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
      "\(environment), \(perTask.count) \(split) tasks, \(episodesPerStep) episodes a point, "
      + "after \(checkpoint) meta-iterations\n"
    let reached = episodesToThreshold.value.map { "\($0)" } ?? "not reached"
    return opening + table([heading] + rows, leading: 0)
      + table(
        [
          ["area under the curve", fixed(areaUnderCurve)],
          ["episodes to \(fixed(threshold))", reached],
        ], leading: 2)
  }
}

/// A value that is written as null where there is none, in place of being left out.
struct Nullable<Value: Encodable>: Encodable {
  let value: Value?

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
}
