internal import EnvironmentKit
internal import Foundation
internal import Reports
internal import RunRecords
internal import Settings
internal import Statistics

/// The page about a study: what was tried, what it came to, and what was chosen and why.
struct StudyPage {
  private let progress: StudyProgress
  private let tables: StudyTables
  private let folder: StudyFolder
  private var plan: StudyPlan { progress.plan }

  /// The page about what was done.
  init(_ progress: StudyProgress, in folder: StudyFolder) {
    (self.progress, self.folder) = (progress, folder)
    tables = StudyTables(progress)
  }

  /// Writes `study.html` and its figures into the report's directory.
  ///
  /// - Throws: `RecordError` where the system refuses.
  func write() throws {
    let figures = "\(folder.report)/figures"
    try makeDirectory(figures)
    var notices: [String] = []
    var sections: [(String, String)] = [("What was chosen", choices)]
    for method in plan.tunedMethods {
      let own = StudyFigures(progress, in: folder, of: method)
      let drawn = try own.all.map { try DrawnFigure($0, in: figures, &notices) }
      sections.append((method, importances(own.importances) + htmlFigures(drawn)))
    }
    sections += [("All trials", trials), ("How to repeat it", repetition)]
    let page = htmlDocument(
      "Study: \((folder.path as NSString).lastPathComponent)", summary: summary, notices: notices,
      sections: sections)
    try replaceFile("\(folder.report)/study.html", with: Array(page.utf8))
  }

  private var summary: String {
    let seeds = plan.settings.seeds
    let report =
      plan.settings.methods.contains { progress.chosen($0) != nil }
      ? " The runs at the end: <a href=\"index.html\">report</a>." : ""
    return escaped(
      "\(plan.trials.count) settings of \(plan.settings.methods.joined(separator: ", ")) from "
        + "\(plan.settings.base), chosen on \(plan.settings.objective.tasks) "
        + "\(plan.settings.objective.split.rawValue) tasks with seed "
        + "\(seeds.tuning.map(String.init).joined(separator: ", ")), measured on "
        + "\(plan.settings.final.tasks) test tasks with seed "
        + "\(seeds.final.map(String.init).joined(separator: ", ")).") + report
  }

  /// What each method was finished with, and what speaks for it.
  private var choices: String {
    let rows = plan.settings.methods.map { method -> [String] in
      guard let chosen = progress.chosen(method) else {
        return [escaped(method), "every trial failed", "", "", ""]
      }
      let trial = plan.trials[chosen - 1]
      let setting = plan.settings.axes.compactMap { axis in
        trial.values[axis.name].map { "\(axis.name) \($0)" }
      }
      let rung = progress.lastRung(of: trial)
      let tuned = rung.map { tables.tuningJobs(of: chosen, at: $0) } ?? []
      return [
        escaped(method), escaped("\(chosen): " + setting.joined(separator: ", ")),
        shown(tables.overall(tuned)), escaped(runnerUp(to: trial)),
        shown(tables.overall(tables.finalJobs(of: chosen))),
      ]
    }
    return htmlTable(
      ["method", "chosen trial", "on validation tasks", "next best there", "on test tasks"], rows)
      + "<p>The chosen trial has the greatest mean over seeds among those that came farthest; of equal ones, the "
      + "first. Intervals are of 95 %, over tasks and seeds. The score on validation tasks chose the trial, so "
      + "it flatters it; the one on test tasks, with other seeds, does not.</p>\n"
  }

  private func shown(_ result: (mean: Double, interval: Interval)?) -> String {
    guard let result else { return "-" }
    return "\(number(result.mean))<small>\(number(result.interval.low)) to "
      + "\(number(result.interval.high))</small>"
  }

  private func number(_ value: Double) -> String {
    value.isFinite ? String(format: "%.4g", value) : "-"
  }

  private func runnerUp(to chosen: StudyPlan.Trial) -> String {
    guard let rung = progress.lastRung(of: chosen) else { return "the only setting" }
    let others = plan.trials.filter { $0.method == chosen.method && $0 != chosen }
    let scored = others.compactMap { trial in
      progress.score(of: trial.number, at: rung).flatMap { $0.isNaN ? nil : (trial.number, $0) }
    }
    guard let best = scored.max(by: { $0.1 < $1.1 }) else { return "none came as far" }
    return "trial \(best.0): \(number(best.1))"
  }

  private func importances(_ importances: [(axis: String, share: Double)]) -> String {
    guard importances.count > 1 else { return "" }
    let rows = importances.map { [escaped($0.axis), String(format: "%.2f", $0.share)] }
    return htmlTable(["axis", "importance"], rows)
      + "<p class=\"faint\">Importance is the share of the variance between trials' ranks that an axis tells by "
      + "itself (epsilon squared, of at most four parts of it): 0 for nothing, 1 for all.</p>\n"
  }

  private var trials: String {
    let rows = plan.trials.filter { plan.tunedMethods.contains($0.method) }.map {
      trial -> [String] in
      let rung = progress.lastRung(of: trial)
      let state =
        progress.failure(of: trial.number).map { "failed: \($0)" }
        ?? (progress.chosen(trial.method) == trial.number
          ? "chosen" : progress.isComplete(trial) ? "completed" : "stopped")
      return [String(trial.number), escaped(trial.method)]
        + tables.axes.map { escaped(trial.values[$0] ?? "") }
        + [
          rung.map { String(trial.rungs[$0]) } ?? "-",
          rung.map { shown(tables.overall(tables.tuningJobs(of: trial.number, at: $0))) } ?? "-",
          escaped(state),
        ]
    }
    guard !rows.isEmpty else { return "" }
    return htmlTable(
      ["trial", "method"] + tables.axes + ["iterations", "validation score", "state"], rows)
      + "<p class=\"faint\">Every measurement: <code>trials.csv</code>; the runs at the end: "
      + "<code>final.csv</code>.</p>\n"
  }

  private var repetition: String {
    "<p><code>\(escaped("fledge sweep \(shellQuoted(plan.source)) --out \(shellQuoted(folder.path))"))</code>, "
      + "with this file:</p>\n<pre>\(escaped(plan.settings.yaml()))</pre>\n"
  }
}
