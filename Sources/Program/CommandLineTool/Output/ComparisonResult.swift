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
  /// The method at the upper end of the gap; null without a gap.
  let gapReference: Nullable<String>
  /// Methods that beat the trained oracle.
  let oracleBeatenBy: [String]
  /// What to know before believing the numbers.
  let notes: [String]
  private let gapStart: String?
  private let abscissa: AdaptationCurve.Abscissa
  private let protocolText: String

  private enum CodingKeys: String, CodingKey {
    case environment, score, split, tasks, episodesPerStep, threshold, methods, improvements
    case gapReference, oracleBeatenBy, notes
  }

  /// A method with its curve.
  struct Method: Encodable {
    let method: String
    let runs: Int
    let trainingSteps: [Int]
    /// Over runs; absent where nothing was trained.
    let meanTrainingSteps: Int?
    /// How its runs adapt, as far as that was chosen on validation tasks.
    let adaptation: [AdaptationRecord]
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
    let gapClosedAfterAsManySteps: Comparison.Estimate?
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
    split: String, tasks: Int, episodes: Int, notes: [String]
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
        meanTrainingSteps: method.meanTrainingSteps, adaptation: method.adaptations,
        areaUnderCurve: summary.areaUnderCurve,
        episodesToThreshold: Nullable(summary.episodesToThreshold),
        cumulativeRegret: summary.cumulativeRegret,
        curve: comparison.rows.filter { $0.method == method.name }.map { row in
          Row(
            gradientSteps: row.point.gradientSteps, episodes: row.point.episodes,
            mean: row.mean, median: row.median,
            iqm: row.interquartileMean, gapClosed: row.gapClosed,
            gapClosedAfterAsManySteps: row.gapClosedAfterAsManySteps,
            optimalityGap: row.optimalityGap, successRate: row.successRate)
        })
    }
    improvements = comparison.improvements.map {
      Improvement(over: $0.method, probability: $0.probability)
    }
    gapReference = Nullable(comparison.gapReference)
    oracleBeatenBy = comparison.oracleBeatenBy
    self.notes = notes + comparison.notes
    gapStart = comparison.gapStart
    abscissa = methods[0].curves[0].abscissa
    protocolText = comparison.protocolText
  }

  /// Whether tasks are of examples, for which there are no environment steps.
  private var hasExamples: Bool { score != "return" }

  /// The comparison for people: means at each point, then what can be said at the last one.
  var text: String {
    let points = methods[0].curve
    let areSteps = abscissa == .gradientSteps
    let name = hasExamples ? shown(score) : "mean return"
    let unit = counted(episodesPerStep, hasExamples ? "shot" : "episode")
    let opening =
      "\(environment), \(counted(tasks, "\(split) task")), \(unit)"
      + (hasExamples ? "" : " a point") + "\n\(name) after "
      + (areSteps ? "gradient steps" : hasExamples ? "shots" : "episodes of experience")
      + (hasExamples ? "" : ", \(protocolText)") + "\n"
    let means =
      [
        ["method", "runs"] + (hasExamples ? [] : ["training steps"])
          + points.map { "\(areSteps ? $0.gradientSteps : $0.episodes)" }
      ]
      + methods.map { method in
        [method.method, "\(method.runs)"]
          + (hasExamples ? [] : [method.meanTrainingSteps.map { "\($0)" } ?? ""])
          + method.curve.map { fixed($0.mean.value) }
      }
    let hasGap = gapReference.value != nil
    let last =
      [
        ["method", "mean", "IQM", "median"]
          + (hasGap ? ["gap closed", "after as many steps", "optimality gap"] : [])
          + ["first is better"]
      ]
      + methods.enumerated().map { index, method in
        let row = method.curve[method.curve.count - 1]
        return [method.method, row.mean.text, row.iqm.text, row.median.text]
          + (hasGap ? [row.gapClosed, row.gapClosedAfterAsManySteps, row.optimalityGap] : [])
          .map { $0?.text ?? "-" }
          + [index == 0 ? "" : improvements[index - 1].probability.text]
      }
    return opening + table(means) + "\nafter the last, with 95% intervals\n" + table(last) + gapText
      + "\nthe whole curve\(hasExamples ? "" : ", \(protocolText)")\n" + table(wholeCurve)
      + adaptationText
      + (notes.isEmpty ? "" : "\n" + notes.map { "note: \($0)\n" }.joined())
  }

  /// How methods adapt, run by run, and what choosing it took.
  private var adaptationText: String {
    let chosen = methods.filter { !$0.adaptation.isEmpty }
    guard !chosen.isEmpty else { return "" }
    func listed(_ values: [Double]) -> String {
      Set(values).count > 1
        ? values.map { "\($0)" }.joined(separator: ", ") : values.first.map { "\($0)" } ?? ""
    }
    return "\nhow they adapt, chosen on validation tasks\n"
      + table(
        [
          ["method", "step sizes x", "later steps x"]
            + (hasExamples ? [] : ["environment steps of choosing"])
        ]
          + chosen.map { method in
            let steps = method.adaptation.map(\.environmentSteps)
            return [
              method.method,
              listed(method.adaptation.filter(\.choseStepSizes).map(\.stepSizeFactor)),
              listed(method.adaptation.filter(\.choseLaterSteps).map(\.laterStepFactor)),
            ] + (hasExamples ? [] : ["\(steps.reduce(0, +) / steps.count)"])
          })
  }

  /// What the shares are shares of.
  private var gapText: String {
    guard let gapStart, let reference = gapReference.value else { return "" }
    return "the gap reaches from \(gapStart), as it is or after as many steps, to \(reference)\n"
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
          + (hasSuccess ? rates.map { $0.map(rateText) ?? "" } : [])
          + (hasRegret ? [method.cumulativeRegret.last.map { fixed($0) } ?? ""] : [])
      }
  }
}

extension Comparison.Estimate {
  /// Value and interval for people; where redrawing changes nothing there is no interval to show.
  fileprivate var text: String {
    interval.low == interval.high
      ? fixed(value) : "\(fixed(value)) [\(fixed(interval.low)), \(fixed(interval.high))]"
  }
}
