internal import ArgumentParser
internal import Drawing
internal import EnvironmentKit
internal import Experiments
internal import Foundation
internal import Measuring
internal import Reports
internal import RunRecords

/// `fledge render`.
struct Render: ContextCommand {
  static let configuration = CommandConfiguration(
    abstract: "Before and after adaptation, side by side, as a film or a strip of pictures.",
    discussion: """
      Shows one episode before adaptation and one after each gradient step, all on the same task, \
      among those that fledge evaluate measures with. Films are encoded by ffmpeg; a .png holds \
      moments in rows. An environment of Gymnasium draws itself, by its render mode rgb_array.
      """)

  @Argument(help: "A run's directory.")
  var run: String

  @OptionGroup var choice: CheckpointOption

  @Option(parsing: .unconditional, help: "Which of the tasks, from 0.")
  var task = 0

  @OptionGroup var options: EvaluationOptions

  @Option(help: ArgumentHelp("FILE.mp4, FILE.gif or FILE.png.", valueName: "file"))
  var out: String

  func run(in context: Context) throws {
    let ending = URL(fileURLWithPath: out).pathExtension.lowercased()
    let encoding = Film.Encoding(rawValue: ending)
    guard encoding != nil || ending == "png" else {
      throw RecordError(
        .usage, "--out is \(out), expected a file that ends with .mp4, .gif or .png")
    }
    if encoding != nil, ExternalTool.ffmpeg.path == nil {
      throw RecordError(
        .usage,
        "--out is \(out), but ffmpeg, which encodes films, isn't installed: "
          + "\(ExternalTool.ffmpeg.remedy), or choose a .png")
    }
    let observer = EvaluationObserver(in: context)
    let evaluation = try RunEvaluation(
      of: run, asking: options.request(in: context, checkpoint: choice.checkpoint),
      environments: options.plugins.environments(in: context), algorithms: context.algorithms,
      observer: observer)
    try require(task, in: 0...(options.taskCount - 1), option: "--task")
    let environment = try evaluation.experiment.environment(for: "fledge render").name
    let recorded = try evaluation.recordings(ofTasks: [task], observer: observer)
    guard
      let replay = Replay(
        task: task, value: evaluation.tasks[task].parameterValue, episodes: recorded[0],
        hasSteps: !evaluation.learnsWithinEpisodes)
    else {
      throw RecordError(.usage, "\(environment) doesn't show itself, so there is nothing to render")
    }
    let film = try Film(replay, environment: environment)
    if let encoding {
      try film.encode(encoding, to: out)
    } else {
      try replaceFile(out, with: film.filmstrip())
    }
    try writeStandardOutput("\(out)\n")
  }
}
