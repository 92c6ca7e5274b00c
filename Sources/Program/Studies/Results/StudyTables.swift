internal import Foundation
internal import RunRecords
internal import Settings
internal import Statistics

/// The tables of a study: all numbers, and none that depends on when or where it was done.
struct StudyTables {
  private let progress: StudyProgress
  private var plan: StudyPlan { progress.plan }

  /// The tables of what was done.
  init(_ progress: StudyProgress) { self.progress = progress }

  /// The files' texts, by their names without ending.
  var files: [(name: String, text: String)] { [("trials", trials), ("final", final)] }

  /// Keys that some trial has a value of, in the order of the study's file.
  var axes: [String] { plan.settings.axes.map(\.name) }

  /// A line for each trial, seed and rung that was measured.
  private var trials: String {
    let heading =
      ["trial", "method"] + axes
      + ["seed", "iterations", "trainingSteps", "validationSteps", "score", "low", "high", "state"]
    let rows = plan.trials.flatMap { trial in
      trial.rungs.indices.flatMap { rung in
        plan.settings.seeds.tuning.compactMap { seed -> [String]? in
          let key = Job.Key(phase: .tuning, trial: trial.number, rung: rung, seed: seed)
          guard let job = progress.jobs[key], job.isOver else { return nil }
          return [String(trial.number), trial.method] + axes.map { trial.values[$0] ?? "" }
            + [String(seed), String(job.measured?.iterations ?? trial.rungs[rung])]
            + numbers(of: job, seed: plan.settings.objective.seed) + [state(of: trial, job)]
        }
      }
    }
    return csv([heading] + rows)
  }

  /// A line for each run at the end, and one for each method over its runs.
  private var final: String {
    let heading = [
      "method", "trial", "seed", "trainingSteps", "testSteps", "score", "low", "high", "message",
    ]
    let rows = plan.settings.methods.flatMap { method -> [[String]] in
      guard let chosen = progress.chosen(method) else {
        return [[method, "", "", "", "", "", "", "", "every trial failed"]]
      }
      let jobs = finalJobs(of: chosen)
      let runs = jobs.map { job in
        [method, String(chosen), String(job.key.seed)]
          + numbers(of: job, seed: plan.settings.final.seed) + [job.message ?? ""]
      }
      guard let all = overall(jobs) else { return runs }
      return runs + [
        [
          method, String(chosen), "all", "", "", text(all.mean), text(all.interval.low),
          text(all.interval.high), "",
        ]
      ]
    }
    return csv([heading] + rows)
  }

  /// Why a method has no result; nil where it has one.
  var failure: String? {
    plan.settings.methods.first { method in
      progress.chosen(method).flatMap { overall(finalJobs(of: $0)) } == nil
    }.map { "\($0) has no result: every trial failed, such as by: \(failure(of: $0))" }
  }

  /// What came out, for people.
  var summary: String {
    plan.settings.methods.map { method -> String in
      guard let chosen = progress.chosen(method) else {
        return "\(method): every trial failed, such as by: \(failure(of: method))\n"
      }
      let trial = plan.trials[chosen - 1]
      guard let all = overall(finalJobs(of: chosen)) else {
        return "\(method): \(trial.title): no run at the end could be measured\n"
      }
      return "\(method): \(trial.title): \(short(all.mean)) [\(short(all.interval.low)), "
        + "\(short(all.interval.high))] on \(plan.settings.final.tasks) test tasks, "
        + "\(plan.settings.seeds.final.count) seeds\n"
    }.joined()
  }

  /// The mean over runs and tasks with its interval; nil where no run could be measured.
  func overall(_ jobs: [Job]) -> (mean: Double, interval: Interval)? {
    let values = jobs.compactMap { $0.measured?.values }
    guard !values.isEmpty, Set(values.map(\.count)).count == 1 else { return nil }
    let scores = Scores(values)
    return (
      scores.mean, Bootstrap(seed: UInt64(plan.settings.final.seed)).interval(of: scores, \.mean)
    )
  }

  /// The runs at the end of a trial, by seed.
  func finalJobs(of trial: Int) -> [Job] {
    plan.settings.seeds.final.compactMap {
      progress.jobs[Job.Key(phase: .final, trial: trial, rung: 0, seed: $0)]
    }.filter(\.isOver)
  }

  /// The measurements of a trial at a rung, by seed.
  func tuningJobs(of trial: Int, at rung: Int) -> [Job] {
    plan.settings.seeds.tuning.compactMap {
      progress.jobs[Job.Key(phase: .tuning, trial: trial, rung: rung, seed: $0)]
    }
  }

  private func failure(of method: String) -> String {
    plan.trials.filter { $0.method == method }.lazy.compactMap { trial in
      progress.failure(of: trial.number)
    }.first ?? "nothing said"
  }

  private func numbers(of job: Job, seed: Int) -> [String] {
    guard let measured = job.measured else { return ["", "", "", "", ""] }
    let interval = Bootstrap(seed: UInt64(seed)).interval(of: Scores([measured.values]), \.mean)
    return [
      String(measured.trainingSteps), String(measured.measuringSteps), text(measured.score),
      text(interval.low), text(interval.high),
    ]
  }

  private func state(of trial: StudyPlan.Trial, _ job: Job) -> String {
    if job.state == .failed { return "failed: \(job.message ?? "")" }
    if progress.chosen(trial.method) == trial.number { return "chosen" }
    if progress.failure(of: trial.number) != nil { return "failed later" }
    return progress.isComplete(trial) ? "completed" : "stopped"
  }

  private func short(_ value: Double) -> String { String(format: "%.4g", value) }
  private func text(_ value: Double) -> String { value.isFinite ? "\(value)" : "" }

  private func csv(_ rows: [[String]]) -> String {
    rows.map { csvLine($0) + "\n" }.joined()
  }
}
