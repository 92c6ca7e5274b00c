internal import ArgumentParser
internal import Drawing
internal import EnvironmentKit
internal import Experiments
internal import MetaLearning
internal import Reports
internal import RunRecords

/// `fledge environments`.
struct Environments: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The environments that a configuration can name.",
    subcommands: [
      List.self, Describe.self, CheckEnvironment.self, NewEnvironment.self, BenchEnvironment.self,
    ], defaultSubcommand: List.self)

  /// `fledge environments list`.
  struct List: ContextCommand {
    static let configuration = CommandConfiguration(
      abstract: "Name every environment, and the shared library that it comes from.",
      discussion: "gymnasium:ID and gymnasium:module:attribute name those of Gymnasium besides.")
    @OptionGroup var plugins: PluginOption
    @OptionGroup var output: FormatOption

    func run(in context: Context) throws {
      let environments = try plugins.environments(in: context)
      let listed =
        environments.definitions.map { Listed($0) }
        + environments.exampleSources.map { Listed($0) }
      switch output.format {
      case .text:
        let rows = listed.map {
          [$0.name, $0.tasks, $0.summary, $0.plugin.map { "(\($0))" } ?? ""]
        }
        try writeStandardOutput(table(rows, leading: 4))
      case .json: try writeStandardOutput(json(listed))
      }
    }
  }

  /// An environment in a list.
  private struct Listed: Encodable {
    let name: String
    let summary: String
    let plugin: String?
    /// What its tasks have: `episodes` or `examples`.
    let tasks: String

    init(_ definition: EnvironmentDefinition) {
      (name, summary, plugin) = (definition.name, definition.summary, definition.plugin)
      tasks = "episodes"
    }

    init(_ definition: ExampleSourceDefinition) {
      (name, summary, plugin, tasks) = (definition.name, definition.summary, nil, "examples")
    }
  }

  /// `fledge environments describe`.
  struct Describe: ContextCommand {
    static let configuration = CommandConfiguration(
      abstract: "Observations, actions, horizon, parameters and example tasks of an environment.",
      discussion: """
        With --picture, an episode's beginning is drawn besides: of the first example task of the \
        train split, or of the one that --task gives.
        """)
    @OptionGroup var options: EnvironmentOptions

    @Option(help: ArgumentHelp("Draw how an episode begins.", valueName: "file.png"))
    var picture: String?

    @Option(
      help: ArgumentHelp("The task to draw, as example tasks are written.", valueName: "json"))
    var task: String?

    @Option(parsing: .unconditional, help: "The seed of tasks and of the drawn episode.")
    var seed = 1

    @OptionGroup var output: FormatOption

    func run(in context: Context) throws {
      try require(seed, in: 0...Int.max, option: "--seed")
      if case .examples(let source, _) = try options.experiment(in: context).problem {
        if let picture {
          throw RecordError(
            .usage, "--picture \(picture): '\(source.name)' has examples and no episode to draw")
        }
        let description = try ExampleSourceDescription(source, seed: UInt64(seed))
        return try writeStandardOutput(
          output.format == .json ? json(description) : description.text)
      }
      let environment = try options.make(in: context)
      let description = try EnvironmentDescription(environment, seed: UInt64(seed))
      if let picture {
        try draw(environment, to: picture)
      } else if let task {
        throw RecordError(.usage, "--task \(task): expected with --picture, which draws it")
      }
      try writeStandardOutput(output.format == .json ? json(description) : description.text)
    }

    private func draw(_ environment: AnyEnvironment, to file: String) throws {
      guard file.hasSuffix(".png") else {
        throw RecordError(.usage, "--picture \(file): expected a name in .png")
      }
      let seed = UInt64(seed)
      let task =
        try task.map(environment.task(json:))
        ?? environment.sampleTasks(split: .train, count: 1, seed: seed)[0]
      if let scene = try environment.initialScene(of: task, seed: seed) {
        return try replaceFile(file, with: scene.png(title: environment.name))
      }
      guard let picture = try environment.initialPicture(of: task, seed: seed) else {
        throw RecordError(
          .usage,
          "--picture \(file): '\(environment.name)' doesn't show itself; its type needs a scene")
      }
      try replaceFile(
        file, with: titled(picture, title: environment.name, caption: task.parameterValue.text))
    }
  }
}

/// `fledge environments bench`.
struct BenchEnvironment: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Steps per second under uniformly random actions, resets included.")
  @OptionGroup var options: EnvironmentOptions

  @Option(parsing: .unconditional, help: "Threads, 0 for all cores.")
  var threads = 0

  @Option(parsing: .unconditional, help: "Worlds on each thread.")
  var environments = 64

  @Option(
    parsing: .unconditional, help: "Steps of each world (default: as many as take about a second).")
  var steps: Int?

  @OptionGroup var output: FormatOption

  func run(in context: Context) throws {
    try require(threads, in: 0...1024, option: "--threads")
    try require(environments, in: 1...1_000_000, option: "--environments")
    if let steps { try require(steps, in: 1...1_000_000_000, option: "--steps") }
    let environment = try options.make(in: context)
    let threads = threads > 0 ? threads : availableProcessors
    let result =
      if let steps {
        try environment.measureStepRate(
          stepsPerWorld: steps, worldsPerThread: environments, threads: threads)
      } else {
        try environment.measureStepRate(
          lasting: 1, worldsPerThread: environments, threads: threads)
      }
    guard output.format == .text else { return try writeStandardOutput(json(result)) }
    try writeStandardOutput(
      "\(result.environment): \(fixed(result.stepsPerSecond, 0)) steps per second, "
        + "\(result.threads) threads, \(result.environments) worlds\n")
  }
}
