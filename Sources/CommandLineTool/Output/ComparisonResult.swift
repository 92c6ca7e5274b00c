internal import Reports
internal import Statistics

/// The result of `fledge compare`.
struct ComparisonResult: Encodable {
  let environment: String
  /// What a return is.
  let score: String
  let split: String
  let tasks: Int
  let episodesPerStep: Int
  let threshold: Double?
  let methods: [Method]
  let improvements: [Improvement]

  /// A method with its curve.
  struct Method: Encodable {
    let method: String
    let runs: Int
    let trainingSteps: [Int]
    let areaUnderCurve: Comparison.Estimate
    let episodesToThreshold: Nullable<Int>
    let cumulativeRegret: [Double]
    let curve: [Row]
  }

  /// A method at one point of its curve.
  struct Row: Encodable {
    let gradientSteps: Int
    let episodes: Int
    let mean: Comparison.Estimate
    let median: Comparison.Estimate
    let iqm: Comparison.Estimate
    let gapClosed: Comparison.Estimate?
    let optimalityGap: Comparison.Estimate?
    let successRate: Double?
  }

  /// The probability that the first method beats another one.
  struct Improvement: Encodable {
    let over: String
    let probability: Comparison.Estimate
  }

  init(
    _ comparison: Comparison, _ methods: [MethodResult], environment: String, score: String,
    split: String, tasks: Int, episodes: Int
  ) {
    self.environment = environment
    self.score = score
    self.split = split
    self.tasks = tasks
    episodesPerStep = episodes
    threshold = comparison.threshold
    self.methods = zip(methods, comparison.summaries).map { method, summary in
      Method(
        method: method.name, runs: method.curves.count, trainingSteps: method.trainingSteps,
        areaUnderCurve: summary.areaUnderCurve,
        episodesToThreshold: Nullable(summary.episodesToThreshold),
        cumulativeRegret: summary.cumulativeRegret,
        curve: comparison.rows.filter { $0.method == method.name }.map { row in
          Row(
            gradientSteps: row.point.gradientSteps, episodes: row.point.episodes,
            mean: row.mean, median: row.median,
            iqm: row.interquartileMean, gapClosed: row.gapClosed,
            optimalityGap: row.optimalityGap, successRate: row.successRate)
        })
    }
    improvements = comparison.improvements.map {
      Improvement(over: $0.method, probability: $0.probability)
    }
  }

  /// The comparison for people: means at each point, then what can be said at the last one.
  var text: String {
    let points = methods[0].curve
    let hasExamples = score != "return"
    // Where all steps learn from the same examples, it is steps that tell points apart.
    let areSteps = hasExamples && Set(points.dropFirst().map(\.episodes)).count == 1
    let (unit, name) = hasExamples ? ("shots", score) : ("episodes a point", "mean return")
    let opening =
      "\(environment), \(tasks) \(split) tasks, \(episodesPerStep) \(unit)\n\(name) after "
      + (areSteps ? "gradient steps" : hasExamples ? "shots" : "episodes of experience") + "\n"
    let means =
      [
        ["method", "runs", "training steps"]
          + points.map { "\(areSteps ? $0.gradientSteps : $0.episodes)" }
      ]
      + methods.map { method in
        let steps = method.trainingSteps.reduce(0, +) / max(method.trainingSteps.count, 1)
        return [method.method, "\(method.runs)", "\(steps)"]
          + method.curve.map { fixed($0.mean.value) }
      }
    let hasGap = points[0].gapClosed != nil
    let last =
      [
        ["method", "mean", "IQM", "median"]
          + (hasGap ? ["gap closed", "optimality gap"] : []) + ["first is better"]
      ]
      + methods.enumerated().map { index, method in
        let row = method.curve[method.curve.count - 1]
        return [method.method, row.mean.text, row.iqm.text, row.median.text]
          + [row.gapClosed?.text, row.optimalityGap?.text].compactMap(\.self)
          + [index == 0 ? "" : improvements[index - 1].probability.text]
      }
    return opening + table(means) + "\nafter the last, with 95% intervals\n" + table(last)
      + "\nthe whole curve\n" + table(wholeCurve)
  }

  /// What the curves come to, with the columns that there is something in.
  private var wholeCurve: [[String]] {
    let hasSuccess = methods.contains { $0.curve[0].successRate != nil }
    let hasRegret = methods.contains { !$0.cumulativeRegret.isEmpty }
    let heading =
      ["method", "area under it"] + (threshold.map { ["episodes to \(fixed($0))"] } ?? [])
      + (hasSuccess ? ["success before", "after"] : [])
      + (hasRegret ? ["regret of learning"] : [])
    return [heading]
      + methods.map { method in
        let rates = [method.curve[0], method.curve[method.curve.count - 1]].map(\.successRate)
        return [method.method, method.areaUnderCurve.text]
          + (threshold == nil
            ? [] : [method.episodesToThreshold.value.map { "\($0)" } ?? "not reached"])
          + (hasSuccess ? rates.map { $0.map { fixed($0) } ?? "" } : [])
          + (hasRegret ? [method.cumulativeRegret.last.map { fixed($0) } ?? ""] : [])
      }
  }
}

extension Comparison.Estimate {
  /// Value and interval for people.
  fileprivate var text: String {
    "\(fixed(value)) [\(fixed(interval.low)), \(fixed(interval.high))]"
  }
}
