/// Where the parts of a study stand.
struct StudyFolder: Sendable {
  /// The study's directory.
  let path: String

  /// What was done.
  var store: String { path + "/study.sqlite" }
  /// The page about it, beside the report on the final runs.
  var report: String { path + "/report" }

  /// Where the runs of a phase stand, with what they train.
  func runs(of phase: Job.Phase) -> String { path + (phase == .tuning ? "/trials" : "/final") }

  /// The configuration that a job trains.
  func configuration(of trial: StudyPlan.Trial, _ phase: Job.Phase) -> String {
    "\(runs(of: phase))/\(name(of: trial, phase)).yaml"
  }

  /// The run of a job.
  func run(of trial: StudyPlan.Trial, _ phase: Job.Phase, seed: Int) -> String {
    "\(runs(of: phase))/\(name(of: trial, phase))-\(seed)"
  }

  /// What a job's configuration and runs are named after: at the end a method has one trial.
  func name(of trial: StudyPlan.Trial, _ phase: Job.Phase) -> String {
    phase == .tuning ? trial.name : trial.method
  }
}
