internal import EnvironmentKit
internal import Foundation
internal import RunRecords
internal import Statistics

extension Page {
  /// Each method in a row.
  var results: String {
    let comparison = report.comparison
    let points = report.methods[0].points
    let hasGap = comparison.gapStart != nil
    let hasSuccess = comparison.rows.contains { $0.successRate != nil }
    let returns = zip(report.methods, comparison.byMethod).map { method, rows in
      let steps = method.trainingSteps
      let training = method.meanTrainingSteps.map(millions) ?? ""
      return [escaped(method.name), steps.isEmpty ? "" : "\(steps.count)", training]
        + rows.map { estimate($0.mean) }
    }
    let heading =
      ["method", "area under it"] + (hasGap ? ["gap closed", "after as many steps"] : [])
      + (hasSuccess ? ["success before", "and after"] : [])
      + (comparison.threshold.map { ["episodes to \(number($0))"] } ?? [])
      + ["IQM after the last", "first is better"]
    let curves = comparison.byMethod.enumerated().map { index, rows in
      let last = rows[rows.count - 1]
      let better = index == 0 ? nil : comparison.improvements[index - 1].probability
      let summary = comparison.summaries[index]
      var cells = [
        escaped(last.method), estimate(summary.areaUnderCurve),
      ]
      if hasGap {
        cells += [last.gapClosed, last.gapClosedAfterAsManySteps].map { $0.map(estimate) ?? "–" }
      }
      if hasSuccess { cells += [share(rows[0].successRate), share(last.successRate)] }
      if comparison.threshold != nil {
        cells.append(summary.episodesToThreshold.map { "\($0)" } ?? "not reached")
      }
      return cells + [estimate(last.interquartileMean), better.map(estimate) ?? ""]
    }
    let place = report.perStep == nil ? "episodes of experience" : "gradient steps"
    return "<h3>Mean return after \(place)</h3>\n"
      + htmlTable(["method", "seeds", "training steps"] + labels(of: points), returns)
      + "<h3>What adaptation comes to, \(comparison.protocolText)</h3>\n"
      + htmlTable(heading, curves)
      + episodeTable
        + """
        <p class="faint">Small numbers are 95 % bootstrap intervals over tasks and seeds. The area under a \
        curve is its mean over episodes of experience. \(gapText)\
        Episodes to a return are those of experience, by the heading's protocol. IQM is the \
        mean of the middle half of all returns. The column “first is better” is the probability that a run \
        of the first method beats a run of this one on the same task.</p>

        """
  }

  /// What the curves over episodes of experience come to.
  private var episodeTable: String {
    // Without steps it is the table before.
    guard report.perStep != nil else { return "" }
    let comparison = report.perEpisode
    let points = comparison.byMethod[0].map(\.point)
    let heading =
      ["method", "area under it"]
      + (comparison.threshold.map { ["episodes to \(number($0))"] } ?? [])
      + ["after \(counted(points.last?.episodes ?? 0, "episode"))"]
    let rows = zip(comparison.byMethod, comparison.summaries).map { rows, summary in
      [escaped(summary.method), estimate(summary.areaUnderCurve)]
        + (comparison.threshold == nil
          ? [] : [summary.episodesToThreshold.map { "\($0)" } ?? "not reached"])
        + [estimate(rows[rows.count - 1].mean)]
    }
    return "<h3>By episodes of experience, \(comparison.protocolText)</h3>\n"
      + htmlTable(heading, rows)
  }

  /// What a method has had at the points of its curve.
  private func labels(of points: [AdaptationCurve.Point]) -> [String] {
    points.map {
      report.perStep == nil ? counted($0.episodes, "episode") : counted($0.gradientSteps, "step")
    }
  }

  /// What the shares are shares of.
  private var gapText: String {
    let comparison = report.comparison
    guard let start = comparison.gapStart, let reference = comparison.gapReference else {
      return ""
    }
    return "The gap reaches from \(escaped(start)), as it is or after as many steps, to "
      + "\(escaped(reference)). "
  }

  /// The tasks that adaptation lost least and most on.
  var taskTable: String {
    let method = report.methods[0]
    let order = report.tasksBySpeed
    let count = min(5, order.count)
    let ends = order.count <= 2 * count ? order : Array(order.prefix(count) + order.suffix(count))
    let scores = method.points.indices.map { method.scores(at: $0).taskMeans }
    let heading = ["task, fastest first"] + labels(of: method.points)
    let rows = ends.map { task in
      [escaped(report.setting.captions[task])] + scores.map { number($0[task]) }
    }
    let reference = report.comparison.optimum == nil ? "0" : "the best return known"
    return "<h3>The \(count) fastest and \(count) slowest tasks</h3>\n" + htmlTable(heading, rows)
      + """
      <p class="faint">Tasks in the order of what was lost while adapting: how far the mean of the curve stays \
      below \(reference), least first.</p>

      """
  }

  /// Seconds of training, by phase where the runs tell.
  var trainingTime: String {
    let phases = [
      ("rollouts", "rolloutSeconds"), ("inner gradient", "innerGradientSeconds"),
      ("meta-gradient", "metaGradientSeconds"), ("conjugate gradient", "conjugateGradientSeconds"),
      ("line search", "lineSearchSeconds"),
    ]
    let trained = report.runs.filter { !$0.metrics.isEmpty }
    guard !trained.isEmpty else { return "" }
    let known = phases.filter { _, key in trained.contains { $0.metrics[0].extra[key] != nil } }
    let rows = trained.map { run in
      let seconds = run.metrics.reduce(0) { $0 + $1.seconds }
      let shares = known.map { _, key in
        let sum = run.metrics.reduce(0) { $0 + ($1.extra[key] ?? 0) }
        return run.metrics[0].extra[key] == nil ? "" : share(sum / max(seconds, 1e-9))
      }
      let steps = run.metrics.reduce(0) { $0 + $1.environmentSteps }
      return [escaped(run.directory.path), "\(run.metrics.count)", number(seconds)]
        + [millions(Int(Double(steps) / max(seconds, 1e-9)))] + shares
    }
    return htmlTable(
      ["run", "iterations", "seconds", "environment steps a second"] + known.map(\.0), rows)
  }

  /// Commands, versions and configurations.
  var repetition: String {
    let rows = report.runs.map { run in
      [
        escaped(run.directory.path), "\(run.facts.seed)", "\(run.facts.iterations)",
        escaped(run.facts.status.rawValue), escaped(run.facts.start),
        escaped(run.facts.versions["fledge"] ?? "unknown"),
      ]
    }
    var methods: [String] = []
    for run in report.runs where !methods.contains(run.method) { methods.append(run.method) }
    let configurations = methods.compactMap { method in
      report.runs.first { $0.method == method }.map { run in
        """
        <details><summary><code>\(escaped(run.directory.path))/config.yaml</code></summary>
        <pre>\(escaped(run.configuration))</pre></details>
        """
      }
    }
    let host = report.runs[0].facts.host.sorted { $0.key < $1.key }.map { "\($0): \($1)" }
    let versions = report.runs[0].facts.versions.sorted { $0.key < $1.key }.map { "\($0) \($1)" }
    return htmlTable(["run", "seed", "iterations", "status", "began", "Fledge"], rows)
      + """
      <p>Save a configuration below as a file, and <code>fledge train FILE</code> repeats its run bit for \
      bit, on any number of threads; <code>--seed</code> gives the others of its method. Then this page \
      is made by</p>
      <pre>\(escaped(report.setting.command))</pre>
      \(configurations.joined(separator: "\n"))
      <p class="faint">\(escaped((versions + host).joined(separator: ", ")))</p>

      """
  }

  private func estimate(_ estimate: Comparison.Estimate) -> String {
    "\(number(estimate.value))<small>\(number(estimate.interval.low)) to "
      + "\(number(estimate.interval.high))</small>"
  }
}

extension Report {
  /// All tasks, the fastest of the first method first.
  fileprivate var tasksBySpeed: [Int] {
    Self.tasksBySpeed(methods[0], optimum: comparison.optimum)
  }
}

extension ParameterValue {
  /// With numbers to the thousandth, or where they are large to six digits.
  var rounded: ParameterValue {
    switch self {
    case .number(let value) where abs(value) < 1e6: .number((value * 1000).rounded() / 1000)
    case .number(let value): .number(Double(String(format: "%.5e", value)) ?? value)
    case .array(let values): .array(values.map(\.rounded))
    case .object(let values): .object(values.mapValues(\.rounded))
    case .boolean, .integer, .string: self
    }
  }
}

/// A number as people read it.
private func number(_ value: Double) -> String {
  guard value.isFinite else { return "–" }
  return String(format: abs(value) >= 1e9 ? "%.2e" : abs(value) >= 1000 ? "%.0f" : "%.2f", value)
}

/// A share in percent.
private func share(_ value: Double?) -> String {
  // So few successes that they would be rounded to none, or so many that they would be all, are told apart.
  value.map { value in
    let isExtreme = (value > 0 && value < 0.01) || (value < 1 && value > 0.99)
    return String(format: isExtreme ? "%.1f&thinsp;%%" : "%.0f&thinsp;%%", value * 100)
  } ?? ""
}

/// A count with its thousands.
private func millions(_ count: Int) -> String {
  count >= 1_000_000 ? String(format: "%.1f&thinsp;M", Double(count) / 1e6) : "\(count)"
}
