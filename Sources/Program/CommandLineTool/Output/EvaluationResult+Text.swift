internal import EnvironmentKit
internal import Reports
internal import Statistics

extension EvaluationResult {
  /// The curve for people.
  var text: String {
    let hasSuccess = curve.allSatisfy { $0.successRate != nil }
    let hasGap = curve.allSatisfy { $0.generalizationGap != nil }
    let rows = curve.map { row -> [String] in
      // Where redrawing changes nothing, as with one task, there is no interval to show.
      let interval =
        row.ci95[0] == row.ci95[1] ? "" : row.ci95.map { fixed($0) }.joined(separator: ", ")
      var cells = [
        String(row.gradientSteps), String(row.episodes), fixed(row.mean), fixed(row.iqm),
        interval.isEmpty ? "" : "[\(interval)]",
      ]
      if hasSuccess { cells.append(row.successRate.map(rateText) ?? "") }
      if hasGap { cells.append(row.generalizationGap.map { fixed($0) } ?? "") }
      return cells
    }
    let name = score == "return" ? "mean return" : shown(score)
    let unit = score == "return" ? "episodes" : "shots"
    let heading =
      ["gradient steps", unit, name, "IQM", "95% interval"] + (hasSuccess ? ["success"] : [])
      + (hasGap ? ["gap"] : [])
    let opening =
      "\(environment), \(counted(perTask.count, "\(split) task")), "
      + counted(episodesPerStep, score == "return" ? "episode" : "shot")
      + (score == "return" ? " a point, \(protocolText)" : "")
      + ", after \(counted(checkpoint, "meta-iteration"))\n"
    let choice = adaptation.map { $0.text + "\n" } ?? ""
    let reached = episodesToThreshold.value.map { "\($0)" } ?? "not reached"
    return opening + choice + table([heading] + rows, leading: 0)
      + table(
        [
          ["area under the curve", fixed(areaUnderCurve)],
          ["\(unit) to \(fixed(threshold))", reached],
        ], leading: 2)
      + (success?.first?.kinds == nil ? "" : success.map(Self.text) ?? "")
      + (notes ?? []).map { "note: \($0)\n" }.joined()
      + (closedForms.map { "\n" + Self.text(of: $0) } ?? "")
  }

  /// How often episodes succeed, by kinds of tasks.
  private static func text(of success: [SuccessRow]) -> String {
    let points = success.map { "after \(counted($0.episodes, "episode"))" }
    let kinds = (success.first?.kinds ?? [:]).keys.sorted()
    let rows = kinds.map { kind in
      [kind] + success.map { ($0.kinds?[kind]).map(rateText) ?? "" }
    }
    return "\n"
      + table(
        [["success"] + points] + rows + [
          ["IQM over tasks"] + success.map { rateText($0.iqm) },
          ["its 95% interval"]
            + success.map { row in "[\(row.ci95.map(rateText).joined(separator: ", "))]" },
        ])
  }

  private var protocolText: String {
    curve.map { AdaptationCurve.Point(gradientSteps: $0.gradientSteps, episodes: $0.episodes) }
      .protocolText
  }

  /// What training found beside what is known, a line for each element.
  private static func text(of closedForms: [ClosedForm]) -> String {
    let names = [ClosedForm.Quantity.initialization: "initialization", .stepSize: "step size"]
    let rows = closedForms.flatMap { known in
      zip(known.found, known.closedForm).enumerated().map { index, values in
        [
          "\(names[known.quantity] ?? "") of \(known.tensor)"
            + (known.closedForm.count > 1 ? "[\(index)]" : ""),
          fixed(values.0, 4), fixed(values.1, 4),
        ]
      }
    }
    return table([["", "found", "closed form"]] + rows)
  }
}

/// A score's name for people.
func shown(_ score: String) -> String {
  score == "negativeMeanSquaredError" ? "- mean squared error" : score
}

extension AdaptationRecord {
  /// The choice for people, in a line.
  var text: String {
    var parts: [String] = []
    if choseStepSizes { parts.append("step sizes x \(stepSizeFactor)") }
    if choseLaterSteps { parts.append("steps beyond the trained ones x \(laterStepFactor)") }
    return
      "\(parts.joined(separator: ", ")), chosen on \(counted(validationTasks, "validation task"))"
  }
}
