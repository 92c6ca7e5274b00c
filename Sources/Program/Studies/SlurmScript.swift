internal import CommandLineTool
internal import RunRecords

extension Sweep {
  /// Writes a job array whose jobs share the study's work.
  ///
  /// - Parameters:
  ///   - file: The study's file.
  ///   - plan: What is to be done.
  ///   - folder: Where.
  /// - Throws: `RecordError` of kind `inputOutput`.
  func writeSlurmScript(_ file: String, _ plan: StudyPlan, in folder: StudyFolder) throws {
    let jobs = plan.trials.count * plan.settings.seeds.tuning.count
    let processors = max(1, threads)
    let arguments = ["fledge", "sweep", file, "--out", folder.path].map(shellQuoted)
    let text = """
      #!/bin/bash
      # Each job takes trials that nobody else does, until none is left; all of them need one shared disk.
      #SBATCH --job-name=\(shellQuoted(plan.settings.name(by: file)))
      #SBATCH --array=1-\(min(jobs, 16))
      #SBATCH --cpus-per-task=\(processors)
      #SBATCH --time=12:00:00
      #SBATCH --signal=B:USR1@120
      #SBATCH --requeue
      #SBATCH --output=\(folder.path)/slurm-%A-%a.txt
      cd "$SLURM_SUBMIT_DIR"
      # Before the time limit, trials are saved and the job is queued again.
      trap 'kill -USR1 $work; wait $work; scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"' USR1
      \(arguments.joined(separator: " ")) --threads \(processors) --beside 1 &
      work=$!
      wait $work

      """
    try makeDirectory(folder.path)
    let script = "\(folder.path)/study.sbatch"
    try replaceFile(script, with: Array(text.utf8))
    try writeStandardOutput("\(script)\n")
  }
}
