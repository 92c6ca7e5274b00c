internal import ArgumentParser
internal import EnvironmentKit
internal import Measuring
internal import RunRecords

/// `--per-episode` and `--online`, for commands that measure in one way or another.
struct CurveOption: ParsableArguments {
  @Flag(help: "Measure by episodes of experience; all gradient steps learn from the same ones.")
  var perEpisode = false

  @Flag(
    help: """
      Measure each of --episodes episodes as it goes: it counts, and is learned from before the \
      next one.
      """)
  var online = false

  var kind: EvaluationRequest.CurveKind {
    online ? .online : perEpisode ? .perEpisode : .perStep
  }

  func validate() throws {
    if online && perEpisode {
      throw ValidationError("--online and --per-episode are two ways to measure; give one")
    }
  }
}

/// `--checkpoint`, for commands that take one run.
struct CheckpointOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The checkpoint's iteration, or best for the best on validation tasks (default: the newest sound one).",
      valueName: "n"), transform: Self.choice)
  var checkpoint = EvaluationRequest.CheckpointChoice.newest

  private static func choice(_ text: String) throws -> EvaluationRequest.CheckpointChoice {
    if text == "best" { return .best }
    guard let iteration = Int(text), (0...999_999_999).contains(iteration) else {
      throw ValidationError("expected an iteration from 0 on, or best")
    }
    return .iteration(iteration)
  }
}

/// How a trained policy's adaptation is measured.
struct EvaluationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("train, validation, test or shifted: where tasks come from."),
    transform: choice(named:))
  var split = TaskSplit.test

  @Option(parsing: .unconditional, help: "How many tasks (default: 40).")
  var tasks: Int?

  /// How many tasks.
  var taskCount: Int { tasks ?? EvaluationRequest().tasks }

  @Option(
    parsing: .unconditional,
    help: "Gradient steps (default: as in training, at least 3; per episode 1).")
  var steps: Int?

  @Option(
    name: [.long, .customLong("shots")],
    parsing: .unconditional,
    help: """
      Episodes for each step, and to measure with, or examples of each class to adapt to (default: \
      as in training).
      """)
  var episodes: Int?

  @Flag(
    help: """
      Adapt by the step sizes of training, and beyond its steps by half the last one's (Finn et al. \
      2017), with nothing chosen on validation tasks.
      """)
  var asTrained = false

  @Option(parsing: .unconditional, help: "The seed of tasks and episodes.")
  var seed = 1

  @Option(parsing: .unconditional, help: "Threads, 0 for all cores; results don't depend on it.")
  var threads: Int?

  @OptionGroup var plugins: PluginOption

  @OptionGroup var data: DataOption

  /// What the options ask about a run.
  ///
  /// - Parameters:
  ///   - context: Who shares the tasks.
  ///   - kind: What it is to be measured after.
  ///   - checkpoint: Which one.
  ///   - published: The protocol that says how; nil for the options' own.
  /// - Returns: The request.
  /// - Throws: `RecordError` of kind `usage` that names an option out of its range, or one that the protocol leaves
  ///   no choice in.
  func request(
    in context: Context, _ kind: EvaluationRequest.CurveKind = .perStep,
    checkpoint: EvaluationRequest.CheckpointChoice = .newest, by published: PublishedProtocol? = nil
  ) throws -> EvaluationRequest {
    if let published { try requireRoom(for: published, kind) }
    try requireRanges(kind)
    var request = EvaluationRequest()
    request.checkpoint = checkpoint
    request.split = split
    request.tasks = taskCount
    request.seed = seed
    request.steps = steps
    request.episodes = episodes
    request.kind = kind
    request.asTrained = asTrained
    request.threads = threads
    request.data = data.data
    request.allowsChanges = plugins.allowChanges
    request.crew = context.crew
    if let published { request.follow(published) }
    return request
  }

  /// Requires that no option says what a protocol says.
  private func requireRoom(
    for published: PublishedProtocol, _ kind: EvaluationRequest.CurveKind
  ) throws {
    let given = [
      ("--tasks", tasks != nil), ("--steps", steps != nil), ("--episodes", episodes != nil),
      ("--as-trained", asTrained), ("--per-episode", kind == .perEpisode),
      ("--online", kind == .online),
    ]
    if let option = given.first(where: \.1)?.0 {
      throw RecordError(
        .usage, "--protocol \(published.rawValue) says what is measured; leave \(option) out")
    }
  }

  private func requireRanges(_ kind: EvaluationRequest.CurveKind) throws {
    if let tasks { try require(tasks, in: 1...100_000, option: "--tasks") }
    try require(seed, in: 0...Int.max, option: "--seed")
    if let steps { try require(steps, in: (kind == .perEpisode ? 1 : 0)...1000, option: "--steps") }
    if let episodes { try require(episodes, in: 1...10_000, option: "--episodes") }
    if let threads { try require(threads, in: 0...1024, option: "--threads") }
  }
}
