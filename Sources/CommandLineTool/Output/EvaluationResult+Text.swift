internal import EnvironmentKit
internal import Reports

extension EvaluationResult {
  /// The curve for people.
  var text: String {
    let hasSuccess = curve.allSatisfy { $0.successRate != nil }
    let hasGap = curve.allSatisfy { $0.generalizationGap != nil }
    let rows = curve.map { row in
      [
        String(row.gradientSteps), String(row.episodes), fixed(row.mean), fixed(row.iqm),
        // Where redrawing changes nothing, there is no interval to show.
        row.ci95[0] == row.ci95[1] ? "" : "[\(row.ci95.map { fixed($0) }.joined(separator: ", "))]",
      ] + (hasSuccess ? [row.successRate.map { fixed($0) } ?? ""] : [])
        + (hasGap ? [row.generalizationGap.map { fixed($0) } ?? ""] : [])
    }
    let name =
      switch score {
      case "return": "mean return"
      case "negativeMeanSquaredError": "- mean squared error"
      default: score
      }
    let unit = score == "return" ? "episodes" : "shots"
    let heading =
      ["gradient steps", unit, name, "IQM", "95% interval"] + (hasSuccess ? ["success"] : [])
      + (hasGap ? ["gap"] : [])
    let opening =
      "\(environment), \(perTask.count) \(split) tasks, \(episodesPerStep) "
      + (score == "return" ? "episodes a point, " : "shots, ")
      + "after \(checkpoint) meta-iterations\n"
    let choice = adaptation.map { $0.text + "\n" } ?? ""
    let reached = episodesToThreshold.value.map { "\($0)" } ?? "not reached"
    return opening + choice + table([heading] + rows, leading: 0)
      + table(
        [
          ["area under the curve", fixed(areaUnderCurve)],
          ["\(unit) to \(fixed(threshold))", reached],
        ], leading: 2)
      + (notes ?? []).map { "note: \($0)\n" }.joined()
      + (closedForms.map { "\n" + Self.text(of: $0) } ?? "")
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

extension AdaptationRecord {
  /// The choice for people, in a line.
  var text: String {
    var parts: [String] = []
    if choseStepSizes { parts.append("step sizes x \(stepSizeFactor)") }
    if choseLaterSteps { parts.append("steps beyond the trained ones x \(laterStepFactor)") }
    return "\(parts.joined(separator: ", ")), chosen on \(validationTasks) validation tasks"
  }
}
