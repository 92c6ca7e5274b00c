internal import ArgumentParser
internal import EnvironmentKit
internal import Experiments
internal import MetaLearning
internal import Reports
internal import RunRecords

/// `fledge evaluate`.
struct Evaluate: ContextCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how fast a trained policy adapts, on tasks drawn apart from training's.",
    discussion: """
      Prints the mean return after 0, 1, ... gradient steps, or with --per-episode after 0, 1, 2, 3, \
      5, 10, 20 and 40 episodes of experience, each on fresh episodes, with the mean of the middle \
      half (IQM) and a bootstrap interval of the mean over tasks. Where an environment has but a few \
      tasks, training has drawn them too, and a note says so. The result is also stored as JSON in \
      the run's evaluations/ directory.
      """)

  @Argument(help: "A run's directory.")
  var run: String

  @OptionGroup var choice: CheckpointOption

  @OptionGroup var options: EvaluationOptions

  @OptionGroup var kind: PerEpisodeOption

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
    let subject = try options.subject(
      run, perEpisode: kind.perEpisode, checkpoint: choice.checkpoint, in: context)
    let training = gap ? try options.askedOfTraining(subject) : nil
    var result = try options.result(of: subject, threshold: threshold, in: context)
    result.closedForms = try closedForms(of: subject)
    if let training {
      if training.tasks.count < options.tasks {
        context.report(
          "training has drawn \(training.tasks.count) tasks so far; all of them are measured")
      }
      result.addGap(to: try options.storedResult(of: training, in: context))
    }
    let document = try json(result)
    try writeStandardOutput(output.format == .json ? document : result.text)
    let file = try subject.directory.write(evaluation: document, name: subject.name)
    if output.format == .text { context.report("stored in \(file)") }
    try showInTensorBoard(result, of: subject)
  }

  /// Adds the curve to the events beside the results, at the checkpoint's iteration.
  private func showInTensorBoard(
    _ result: EvaluationResult, of subject: EvaluationOptions.Subject
  ) throws {
    let scalars = result.curve.map { row in
      let place =
        subject.perEpisode ? "\(row.episodes)Episodes" : "\(row.gradientSteps)Steps"
      return ("\(result.split)/\(result.score)/after\(place)", row.mean)
    }
    try EventsFile.add(
      scalars, step: result.checkpoint, in: subject.directory.evaluationsPath)
  }

  /// What training found, beside what is known to be best, with the shots of training.
  private func closedForms(of subject: EvaluationOptions.Subject) throws -> [ClosedForm]? {
    let settings = try subject.directory.configuration().metaLearning
    let known = subject.experiment.problem.closedForms(of: subject.state, settings: settings)
    return known.isEmpty ? nil : known
  }
}
