/// Where the parts of a study stand.
struct StudyFolder: Sendable {
  /// The study's directory.
  let path: String

  /// What was done.
  var store: String { path + "/study.sqlite" }
  /// The page about it, beside the report on the final runs.
  var report: String { path + "/report" }

  /// The configuration that a job trains.
  func configuration(of trial: StudyPlan.Trial, _ phase: Job.Phase) -> String {
    phase == .tuning ? "\(path)/trials/\(trial.name).yaml" : "\(path)/final/\(trial.method).yaml"
  }

  /// The run of a job.
  func run(of trial: StudyPlan.Trial, _ phase: Job.Phase, seed: Int) -> String {
    phase == .tuning
      ? "\(path)/trials/\(trial.name)-\(seed)" : "\(path)/final/\(trial.method)-\(seed)"
  }
}
