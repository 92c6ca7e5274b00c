internal import CommandLineTool
internal import Processes
internal import RunRecords

/// What a study leaves behind: its tables, the report on the runs at the end, and a page about how they were chosen.
struct StudyReport {
  private let progress: StudyProgress
  private let folder: StudyFolder

  /// The results of a study.
  init(_ progress: StudyProgress, in folder: StudyFolder) {
    (self.progress, self.folder) = (progress, folder)
  }

  /// Writes all of it.
  ///
  /// - Parameter children: What the report on the runs is made by.
  /// - Returns: Whether it is written; not where children are stopped.
  /// - Throws: `RecordError` where the system refuses, or the report can't be made.
  func write(by children: Children) throws -> Bool {
    let tables = StudyTables(progress)
    for (name, text) in tables.files {
      try replaceFile("\(folder.path)/\(name).csv", with: Array(text.utf8))
    }
    let plan = progress.plan
    let runs = plan.settings.methods.compactMap(progress.chosen).flatMap { chosen in
      tables.finalJobs(of: chosen).filter { $0.state == .done }.map {
        folder.run(of: plan.trials[chosen - 1], .final, seed: $0.key.seed)
      }
    }
    if !runs.isEmpty {
      let final = plan.settings.final
      let episodes = final.episodes.map { ["--episodes", "\($0)"] } ?? []
      let arguments =
        ["report"] + runs
        + [
          "--tasks", "\(final.tasks)", "--seed", "\(final.seed)", "--out", folder.report,
        ] + episodes
      guard let ended = try children.run(arguments) else { return false }
      guard ended.isSuccess else { throw ended.error(in: "the report") }
    }
    try StudyPage(progress, in: folder).write()
    return true
  }
}
