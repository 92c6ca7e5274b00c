public import ArgumentParser
package import CommandLineTool
internal import EnvironmentKit
internal import Experiments
internal import RunRecords

/// `fledge sweep`.
public struct Sweep: ParsableCommand {
  /// How it is called.
  public static let configuration = CommandConfiguration(
    abstract:
      "A study: settings x methods x seeds, chosen on validation tasks, finished on test tasks.",
    discussion: """
      The file names a base, axes, methods, seeds and what is to be greatest; fledge sweep --keys lists all of \
      its keys. Trials are runs of their own, beside each other in processes that share the threads. Killed or \
      interrupted at any moment, the same command goes on; several at once, on several machines with a \
      shared disk too, share the work. At the end the best setting of each method is trained with other \
      seeds and measured on test tasks, and tables and a page about all of it are written.
      """)

  @Argument(help: "The study's file, in YAML.")
  var file: String?

  @Option(help: ArgumentHelp("The study's directory (default: runs/<name>).", valueName: "dir"))
  var out: String?

  @Option(
    parsing: .unconditional, help: "Threads in all, 0 for all cores; results don't depend on it.")
  var threads = 0

  @Option(parsing: .unconditional, help: "Trials beside each other (default: as many as threads).")
  var beside: Int?

  @Flag(help: "Try once more what has failed.")
  var retry = false

  @Flag(help: "Write a job array for Slurm, whose jobs share the work, in place of working.")
  var slurm = false

  @Flag(help: "List the keys of a study's file.")
  var keys = false

  /// A command that is still to be read.
  public init() {}

  /// Requires a file, or the wish for its keys.
  public func validate() throws {
    if file == nil && !keys { throw ValidationError("expected the study's file, or --keys") }
  }
}

extension Sweep: ContextCommand {
  package func run(in context: Context) throws {
    guard !keys, let file else { return try writeStandardOutput(StudySettings.allKeys) }
    try require(threads, in: 0...1024, option: "--threads")
    if let beside { try require(beside, in: 1...1024, option: "--beside") }
    guard context.crew == nil else {
      throw RecordError(
        .usage,
        "fledge sweep starts processes of its own; start it as one, or several without mpirun")
    }
    let settings = try StudySettings(file: file)
    let plan = try StudyPlan(settings, source: file, in: context)
    let folder = StudyFolder(path: out ?? "runs/\(settings.name(by: file))")
    try requireTrainable(plan, in: context)
    guard !slurm else { return try writeSlurmScript(file, plan, in: folder) }
    try makeDirectory(folder.path)
    let store = try StudyStore(folder.store, entries: plan.entries, source: file)
    if retry { try store.retry() }
    let total = threads == 0 ? availableProcessors : threads
    let slots = beside ?? total
    Interruption.watch()
    context.report(opening(plan, in: folder, slots))
    try StudyWork(plan, in: folder, store, context, threads: max(1, total / slots))
      .perform(in: slots)
    let tables = StudyTables(try store.progress(plan))
    try writeStandardOutput(tables.summary + "\(folder.report)/study.html\n")
    if let failure = tables.failure {
      throw RecordError(.usage, "\(file): \(failure); --retry tries once more what has failed")
    }
  }

  private func opening(_ plan: StudyPlan, in folder: StudyFolder, _ slots: Int) -> String {
    let tuned = plan.trials.count { plan.tunedMethods.contains($0.method) }
    let seeds = plan.settings.seeds
    return
      "\(tuned) trials with \(seeds.tuning.count) seeds, then \(plan.settings.methods.count) methods with "
      + "\(seeds.final.count) seeds, \(slots) at a time, in \(folder.path)"
  }

  /// Requires that what the first trial of each method needs is there, before any begins.
  private func requireTrainable(_ plan: StudyPlan, in context: Context) throws {
    for method in plan.settings.methods {
      guard let trial = plan.trials.first(where: { $0.method == method }) else { continue }
      var environments = context.environments
      let configuration = try plan.configuration(of: trial, in: context)
      for path in configuration.plugins { try environments.load(plugin: path) }
      _ = try Experiment(
        configuration, source: plan.source, environments: environments,
        algorithms: context.algorithms)
    }
  }
}
