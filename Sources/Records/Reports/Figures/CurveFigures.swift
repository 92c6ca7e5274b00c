internal import Statistics

// Curves of all methods: learning, adapting, and what adapting costs.

extension Figure {
  /// Training returns against environment steps, with a band over seeds.
  ///
  /// - Parameters:
  ///   - histories: Of each method, `[run][iteration]`: environment steps so far and return.
  ///   - comparison: Says which returns are worth seeing.
  /// - Returns: The figure.
  static func learning(
    _ histories: [(method: String, runs: [[(steps: Int, value: Double)]])], _ comparison: Comparison
  ) -> Figure {
    var table = SeriesTable()
    for history in histories {
      let length = history.runs.map(\.count).min() ?? 0
      table.append(
        history.method,
        (0..<length).map { index in
          let points = history.runs.map { $0[index] }
          let values = points.map(\.value)
          let count = Double(points.count)
          return [
            Double(index + 1), points.reduce(0) { $0 + Double($1.steps) } / count,
            values.reduce(0, +) / count, values.min() ?? 0, values.max() ?? 0,
          ]
        })
    }
    let name = "learning"
    let budgets = histories.flatMap { $0.runs.compactMap { $0.last.map { Double($0.steps) } } }
    // Beside a method with a tenth of the steps, or a hundredth, the others' axis would leave it no width.
    let isLogarithmic = (budgets.max() ?? 0) > 5 * (budgets.min() ?? 0)
    let plot = table.plot(name) {
      ["using ($3/1e6):4 with lines \($0.line)", "using ($3/1e6):5:6 with filledcurves \($0.area)"]
    }
    return Figure(
      name: name, title: "Learning",
      caption:
        "Mean return of the training tasks' episodes after the last inner step (of methods without "
        + "inner steps: of all episodes), over the environment steps of training so far. Lines are "
        + "means over seeds, bands go from the lowest seed to the highest. What lies below the axis "
        + "is in the table.",
      csv: table.csv("method,iteration,environmentSteps,mean,lowest,highest"),
      commands: """
        set xlabel 'environment steps, millions'
        set ylabel 'return'
        \(isLogarithmic ? "set logscale x" : "")
        \(comparison.range("y"))
        \(table.series.isEmpty ? "" : plot)
        """)
  }

  /// Return against gradient steps, or against episodes of experience.
  static func adaptation(_ comparison: Comparison, perEpisode: Bool) -> Figure {
    var table = SeriesTable()
    for rows in comparison.byMethod {
      table.append(
        rows[0].method,
        rows.map { row in
          [
            Double(row.point.gradientSteps), Double(row.point.episodes), row.mean.value,
            row.mean.interval.low, row.mean.interval.high,
          ]
        })
    }
    let name = perEpisode ? "adaptation-per-episode" : "adaptation-per-step"
    // 0 episodes have their place on a logarithmic axis, too.
    let x = perEpisode ? "(log10($3+1))" : "2"
    let points = comparison.byMethod[0].map(\.point)
    let ticks = points.map {
      perEpisode ? "\"\($0.episodes)\" log10(\($0.episodes + 1))" : "\($0.gradientSteps)"
    }
    let plot = table.plot(name) {
      [
        "using \(x):4 with linespoints \($0.linePoints)",
        "using \(x):5:6 with filledcurves \($0.area)",
      ]
    }
    return Figure(
      name: name, title: perEpisode ? "Adaptation per episode" : "Adaptation per gradient step",
      caption: (perEpisode
        ? "Mean return of fresh episodes after as many episodes of experience, from the initialization "
          + "each time: \(comparison.protocolText)."
        : "Mean return of fresh episodes after each gradient step: \(comparison.protocolText).")
        + " Bands are 95 % intervals over tasks and seeds." + comparison.cutNote,
      csv: table.csv("method,gradientSteps,episodes,mean,low,high"),
      commands: """
        set xlabel '\(perEpisode ? "episodes of experience" : "gradient steps")'
        set ylabel 'return'
        set xtics (\(ticks.joined(separator: ", ")))
        \(comparison.range("y"))
        \(plot)
        """)
  }

  /// What was lost while learning.
  static func regret(_ comparison: Comparison) -> Figure? {
    var table = SeriesTable()
    for summary in comparison.summaries {
      table.append(
        summary.method, summary.cumulativeRegret.enumerated().map { [Double($0 + 1), $1] })
    }
    guard !table.series.isEmpty else { return nil }
    let name = "regret"
    return Figure(
      name: name, title: "What adapting costs",
      caption:
        "The returns of the very episodes that adaptation learns from, in order: how much less than "
        + "the best return known they brought, summed up so far, mean over tasks and seeds "
        + "(\(comparison.protocolText)).",
      csv: table.csv("method,episode,cumulativeRegret"),
      commands: """
        set xlabel 'episode of experience'
        set ylabel 'cumulative regret'
        \(table.plot(name) { ["using 2:3 with lines \($0.line)"] })
        """)
  }

  /// The share of scores above each return.
  static func profiles(_ comparison: Comparison) -> Figure {
    var table = SeriesTable()
    for method in comparison.byMethod.map({ $0[0].method }) {
      table.append(
        method,
        comparison.profiles.filter { $0.method == method }.map {
          [$0.threshold, $0.share.value, $0.share.interval.low, $0.share.interval.high]
        })
    }
    let name = "profiles"
    return Figure(
      name: name, title: "Performance profiles",
      caption:
        "The share of all tasks and seeds whose return after the last step is above a return "
        + "(\(comparison.protocolText)); bands are 95 % intervals (Agarwal et al. "
        + "2021).",
      csv: table.csv("method,threshold,share,low,high"),
      commands: """
        set xlabel 'return'
        set ylabel 'share above it'
        set yrange [0:1.02]
        \(table.plot(name) {
          ["using 2:3 with lines \($0.line)", "using 2:4:5 with filledcurves \($0.area)"]
        })
        """)
  }
}

extension Comparison {
  /// The rows of each method, in order.
  var byMethod: [[Row]] {
    summaries.map { summary in rows.filter { $0.method == summary.method } }
  }

  /// What is worth seeing of the axis of returns: the first method's curve and the ends of the gap. A
  /// baseline that falls far below would squeeze all else.
  private var shown: ClosedRange<Double> {
    let first = byMethod[0].flatMap { [$0.mean.interval.low, $0.mean.interval.high] }
    let others = byMethod.map { $0.map(\.mean.value).max() ?? 0 }
    let (low, high) = (first.min() ?? 0, (first + others).max() ?? 0)
    let margin = max(high - low, 1e-6) * 0.06
    return (low - 5 * margin)...(high + margin)
  }

  fileprivate func range(_ axis: String) -> String {
    "set \(axis)range [\(shown.lowerBound):\(shown.upperBound)]"
  }

  fileprivate var cutNote: String {
    let cut = byMethod.filter { $0.contains { $0.mean.value < shown.lowerBound } }
    guard !cut.isEmpty else { return "" }
    let names = cut.map { $0[0].method }.joined(separator: ", ")
    return " Below the axis in places, with their numbers in the table: \(names)."
  }
}
