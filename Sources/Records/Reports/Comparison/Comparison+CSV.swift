internal import RunRecords
internal import Statistics

extension Comparison {
  /// All of it as CSV files, each with its name without the ending.
  public var files: [(name: String, text: String)] {
    [
      ("curves", curvesCSV), ("summaries", summariesCSV), ("regret", regretCSV),
      ("improvements", improvementsCSV), ("profiles", profilesCSV),
    ]
  }

  /// The rows as CSV, a line for each method and point.
  public var curvesCSV: String {
    let heading =
      "method,gradientSteps,episodes,mean,meanLow,meanHigh,median,medianLow,medianHigh,"
      + "iqm,iqmLow,iqmHigh,gapClosed,gapClosedLow,gapClosedHigh,"
      + "optimalityGap,optimalityGapLow,optimalityGapHigh,successRate,"
      + "gapClosedAfterAsManySteps,gapClosedAfterAsManyStepsLow,gapClosedAfterAsManyStepsHigh,"
      + "gapReference"
    return csvText(
      heading,
      rows.map { row in
        [row.method, "\(row.point.gradientSteps)", "\(row.point.episodes)"]
          + [row.mean, row.median, row.interquartileMean, row.gapClosed, row.optimalityGap]
          .flatMap(cells) + [row.successRate.map { "\($0)" } ?? ""]
          + cells(row.gapClosedAfterAsManySteps)
          + [row.gapClosed == nil ? "" : gapReference ?? ""]
      })
  }

  /// The methods' whole curves in numbers, as CSV.
  public var summariesCSV: String {
    csvText(
      "method,areaUnderCurve,low,high,threshold,episodesToThreshold",
      summaries.map { summary in
        [summary.method] + cells(summary.areaUnderCurve)
          + [
            threshold.map { "\($0)" } ?? "", summary.episodesToThreshold.map { "\($0)" } ?? "",
          ]
      })
  }

  /// What was lost while learning, as CSV, a line for each method and episode.
  public var regretCSV: String {
    csvText(
      "method,episode,cumulativeRegret",
      summaries.flatMap { summary in
        summary.cumulativeRegret.enumerated().map { [summary.method, "\($0 + 1)", "\($1)"] }
      })
  }

  /// The probabilities that the first method beats each other one, as CSV.
  public var improvementsCSV: String {
    csvText(
      "first,over,probability,low,high",
      improvements.map { [rows[0].method, $0.method] + cells($0.probability) })
  }

  /// The performance profiles at the last points, as CSV.
  public var profilesCSV: String {
    csvText(
      "method,threshold,share,low,high",
      profiles.map { [$0.method, "\($0.threshold)"] + cells($0.share) })
  }
}

private func cells(_ estimate: Comparison.Estimate?) -> [String] {
  guard let estimate else { return ["", "", ""] }
  return [estimate.value, estimate.interval.low, estimate.interval.high].map {
    $0.isFinite ? "\($0)" : ""
  }
}

/// Lines of comma-separated cells, after the line that names them.
func csvText(_ heading: String, _ rows: [[String]]) -> String {
  ([heading] + rows.map(csvLine)).joined(separator: "\n") + "\n"
}
