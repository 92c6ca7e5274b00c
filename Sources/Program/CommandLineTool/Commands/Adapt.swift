internal import ArgumentParser
internal import Deployment
internal import Measuring
internal import Reports
internal import Rollouts
internal import RunRecords

/// `fledge adapt`.
struct Adapt: ContextCommand {
  static let configuration = CommandConfiguration(
    abstract: "Adapt a run's policy to episodes that were recorded elsewhere, and export it.",
    discussion: """
      Episodes come in the columns of Minari: observations (one more than steps), actions, rewards, \
      terminations and truncations; in JSON lines, an object an episode, or in NumPy archives, a file an \
      episode. The policy learns from them by the inner loop that fledge evaluate runs. In place of a run, a \
      folder of fledge export goes on from what it has learned.
      """)

  @Argument(help: "A run's directory, or a folder of fledge export.")
  var run: String

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Files of episodes, .jsonl or .npz.", valueName: "file"))
  var episodes: [String]

  @Option(help: ArgumentHelp("The folder to write.", valueName: "dir"))
  var out: String

  @OptionGroup var choice: CheckpointOption

  @Option(parsing: .unconditional, help: "Gradient steps on the episodes.")
  var steps = 1

  @Flag(help: "Adapt by the step sizes of training, with nothing chosen on validation tasks.")
  var asTrained = false

  @OptionGroup var plugins: PluginOption

  func run(in context: Context) throws {
    try require(steps, in: 1...1000, option: "--steps")
    var exported = try policy(in: context)
    let histories = try episodes.flatMap { try recordedEpisodes($0, for: exported) }
    let change: ExportedPolicy.Change
    do {
      change = try exported.adapt(to: histories, steps: steps)
    } catch let misuse {
      throw RecordError(.usage, misuse.description)
    }
    try exported.write(to: out)
    try writeStandardOutput("\(out)\n")
    context.report(change.summary)
  }

  private func policy(in context: Context) throws -> ExportedPolicy {
    if ExportedPolicy.isFolder(run) {
      guard case .newest = choice.checkpoint, !asTrained else {
        throw RecordError(
          .usage,
          "\(run) is an export, to which --checkpoint and --as-trained mean nothing; leave them out"
        )
      }
      return try ExportedPolicy(folder: run, algorithms: context.algorithms)
    }
    guard (try? RunDirectory.open(run)) != nil else {
      throw RecordError(
        .unreadable, "\(run) is neither a run's directory nor a folder of fledge export")
    }
    var request = EvaluationRequest()
    (request.checkpoint, request.asTrained) = (choice.checkpoint, asTrained)
    (request.kind, request.allowsChanges) = (.perEpisode, plugins.allowChanges)
    (request.steps, request.tasks) = (steps, 1)
    let observer = EvaluationObserver(in: context)
    return try RunEvaluation(
      of: run, asking: request, environments: plugins.environments(in: context),
      algorithms: context.algorithms, observer: observer
    ).exported(observer: observer)
  }
}

extension ExportedPolicy.Change {
  /// How a policy changed, in a line.
  fileprivate var summary: String {
    let learned = "learned from \(counted(episodes, "episode")) of \(counted(steps, "step")) in all"
    guard let divergence else {
      return learned + "; its parameters stay, what it remembers changed"
    }
    if distance == 0 {
      return learned + "; nothing changed: no action turned out better than another"
    }
    let strange =
      surprise ?? 0 > 1
      ? "; the actions are less likely by \(rounded(surprise ?? 0)) nats a step than its own would be: was it "
        + "this policy, as it is now, that acted?" : ""
    return "\(learned); its parameters moved by \(rounded(distance)), its actions changed by "
      + "\(rounded(divergence)) nats (KL divergence)\(strange)"
  }

  private func rounded(_ number: Double) -> String {
    let scaled = (number * 1e4).rounded() / 1e4
    return scaled == 0 && number != 0 ? "\(number)" : "\(scaled)"
  }
}
