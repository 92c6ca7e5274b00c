internal import ArgumentParser
internal import Measuring
internal import Reports
internal import RunRecords

/// `fledge evaluate`.
struct Evaluate: ContextCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how fast a trained policy adapts, on tasks drawn apart from training's.",
    discussion: """
      Prints the mean return after 0, 1, ... gradient steps, or with --per-episode after 0, 1, 2, 3, \
      5, 10, 20 and 40 episodes of experience, each on fresh episodes, or with --online of each \
      episode as it goes, with the mean of the middle half (IQM) and a bootstrap interval of the \
      mean over tasks. Where an environment has but a few \
      tasks, training has drawn them too, and a note says so. The result is also stored as JSON in \
      the run's evaluations/ directory.
      """)

  @Argument(help: "A run's directory.")
  var run: String

  @OptionGroup var choice: CheckpointOption

  @OptionGroup var options: EvaluationOptions

  @OptionGroup var curve: CurveOption

  @Option(
    name: .customLong("protocol"),
    help: ArgumentHelp(
      """
      A published protocol, which says what is measured: finn2017 (40 tasks, three steps of 40 episodes), \
      metaworld (10 episodes to adapt to, then 3 measured, 40 goals of each kind of task).
      """, valueName: "name"), transform: choice(named:))
  var published: PublishedProtocol?

  @Option(
    parsing: .unconditional,
    help: """
      The mean return whose episodes are counted (default: 0.9 of the way from the curve's \
      beginning to its highest point).
      """)
  var threshold: Double?

  @Flag(
    help: """
      Measure as many tasks that the run was trained on too, and tell how much better it does on \
      them.
      """)
  var gap = false

  @OptionGroup var output: FormatOption

  func run(in context: Context) throws {
    try requireFinite(threshold)
    let observer = EvaluationObserver(in: context)
    let evaluation = try RunEvaluation(
      of: run,
      asking: options.request(
        in: context, curve.kind, checkpoint: choice.checkpoint, by: published),
      environments: options.plugins.environments(in: context), algorithms: context.algorithms,
      observer: observer)
    let training = gap ? try evaluation.onTrainedTasks() : nil
    var result = try evaluation.result(threshold: threshold, observer: observer)
    result.closedForms = try evaluation.closedForms()
    if let training {
      if training.tasks.count < options.taskCount {
        context.report(
          "training has drawn \(training.tasks.count) tasks so far; all of them are measured")
      }
      result.addGap(to: try training.storedResult(observer: observer))
    }
    let document = try json(result)
    try writeStandardOutput(output.format == .json ? document : result.text)
    let file = try evaluation.directory.write(evaluation: document, name: evaluation.name)
    if output.format == .text { context.report("stored in \(file)") }
    try evaluation.addEvents(of: result)
  }
}
