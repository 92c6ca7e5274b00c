internal import ArgumentParser
internal import EnvironmentKit
internal import Experiments
internal import Measuring
internal import MetaLearning
internal import Reports
internal import RunRecords

/// `fledge report`.
struct WriteReport: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "One self-contained page about runs: curves, tasks, replays, and how to repeat it.",
    discussion: """
      Takes runs as fledge compare does; the first one's method is what the page is about. What was \
      measured of a run before is taken from its evaluations/ directory. Figures are drawn by gnuplot, \
      as SVG and PDF, each beside the CSV file it was drawn from.
      """)

  @Argument(
    help: """
      Directories of runs, and files of evaluations of agents in Python (.json); the first run's method is \
      compared with all others.
      """)
  var runs: [String]

  @OptionGroup var options: EvaluationOptions

  @Option(help: ArgumentHelp("Write the page and its figures there.", valueName: "dir"))
  var out = "report"

  func run(in context: Context) throws {
    let observer = EvaluationObserver(in: context)
    let environments = try options.plugins.environments(in: context)
    var request = try options.request(in: context)
    let read = {
      try MethodRuns(
        runs, asking: request, environments: environments, algorithms: context.algorithms,
        observer: observer)
    }
    let asked = request
    (request.kind, request.steps) = (.perEpisode, nil)
    let perEpisode = try read()
    // Who learns within episodes has no steps to stand beside others', nor has an agent.
    let hasSteps =
      perEpisode.agents.isEmpty && !perEpisode.runs.contains(where: \.learnsWithinEpisodes)
    if hasSteps { request = asked }
    let measured = hasSteps ? try read() : perEpisode
    // A page that can't be written is found before anything is measured.
    try makeDirectory(out)
    let methods = try measured.results(observer: observer)
    let seed = UInt64(options.seed)
    let comparison = Comparison(methods, references: measured.references, seed: seed)
    let episodes =
      hasSteps
      ? Comparison(
        try perEpisode.results(observer: observer), references: measured.references,
        threshold: comparison.threshold, seed: seed) : comparison
    let evaluation = measured.runs[0]
    var notices: [String] = []
    let replays = try replays(
      of: evaluation, tasks: Report.tasksBySpeed(methods[0], optimum: comparison.optimum), &notices,
      observer)
    let report = try Report(
      Report.Setting(
        environment: evaluation.experiment.problem.name, split: options.split.rawValue,
        episodes: evaluation.episodes,
        command: (["fledge"] + CommandLine.arguments.dropFirst()).map(shellQuoted)
          .joined(separator: " "),
        tasks: evaluation.tasks.map(\.parameterValue), captions: try captions(of: evaluation),
        notes: measured.taskNotes, units: units(of: evaluation)),
      directories: measured.methods.map { ($0.name, $0.runs.map(\.directory)) },
      methods: methods, perStep: hasSteps ? comparison : nil, perEpisode: episodes,
      replays: replays, notices: notices)
    for notice in try report.write(to: out) { context.report(notice) }
    try writeStandardOutput("\(out)/index.html\n")
  }

  /// The tasks in words, where the environment has some for each of them.
  private func captions(of evaluation: RunEvaluation) throws -> [String]? {
    guard case .episodes(let environment, _) = evaluation.experiment.problem else { return nil }
    // Where the first has no scene, worlds aren't made for all others.
    guard let first = evaluation.tasks.first,
      try environment.initialScene(of: first, seed: 0) != nil
    else { return nil }
    let scenes = try evaluation.tasks.map { try environment.initialScene(of: $0, seed: 0) }
    let captions = scenes.compactMap { $0?.caption }.filter { !$0.isEmpty }
    return captions.count == evaluation.tasks.count ? captions : nil
  }

  private func units(of evaluation: RunEvaluation) -> [String: String] {
    guard case .episodes(let environment, _) = evaluation.experiment.problem else { return [:] }
    return environment.specification.taskUnits
  }

  /// The fastest task, the slowest one, and two between; none where the environment can't draw itself, and a notice
  /// then.
  private func replays(
    of evaluation: RunEvaluation, tasks: [Int], _ notices: inout [String],
    _ observer: EvaluationObserver
  ) throws -> [Replay] {
    // Of tasks that are the same, such as one of two directions, the first.
    var seen: Set<String> = []
    let different = tasks.filter { seen.insert(evaluation.tasks[$0].json).inserted }
    let last = different.count - 1
    let shown =
      last < 4 ? different : [0, last / 3, 2 * last / 3, last].map { different[$0] }
    do {
      let recordings = try evaluation.recordings(ofTasks: shown, observer: observer)
      return zip(shown, recordings).compactMap {
        Replay(
          task: $0, value: evaluation.tasks[$0].parameterValue, episodes: $1,
          hasSteps: !evaluation.learnsWithinEpisodes)
      }
    } catch  where error is EnvironmentError || error is WorldFailure {
      notices.append("the replay is left out, \(error)")
      return []
    }
  }
}
