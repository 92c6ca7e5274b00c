internal import ArgumentParser
internal import EnvironmentKit

/// `fledge environments`.
struct Environments: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The environments that a configuration can name.",
    subcommands: [List.self, Describe.self, BenchEnvironment.self], defaultSubcommand: List.self)

  /// `fledge environments list`.
  struct List: ContextCommand {
    static let configuration = CommandConfiguration(abstract: "Name every environment.")
    @OptionGroup var output: FormatOption

    func run(in context: Context) throws {
      let definitions = context.environments.definitions
      switch output.format {
      case .text:
        try writeStandardOutput(table(definitions.map { [$0.name, $0.summary] }, leading: 2))
      case .json:
        try writeStandardOutput(json(definitions.map { ["name": $0.name, "summary": $0.summary] }))
      }
    }
  }

  /// `fledge environments describe`.
  struct Describe: ContextCommand {
    static let configuration = CommandConfiguration(
      abstract: "Observations, actions, horizon, parameters and example tasks of an environment.")
    @Argument(help: "The environment's name.")
    var name: String
    @OptionGroup var output: FormatOption

    func run(in context: Context) throws {
      let environment = try context.environments.environment(named: name).make()
      let description = try EnvironmentDescription(environment)
      try writeStandardOutput(output.format == .json ? json(description) : description.text)
    }
  }
}

/// `fledge environments bench`.
struct BenchEnvironment: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Steps per second under uniformly random actions, resets included.")
  @Argument(help: "The environment's name.")
  var name: String

  @Option(help: "Threads, 0 for all cores.")
  var threads = 0

  @Option(help: "Worlds on each thread.")
  var environments = 64

  @Option(help: "Steps of each world.")
  var steps = 10_000

  @OptionGroup var output: FormatOption

  func run(in context: Context) throws {
    try require(threads, in: 0...1024, option: "--threads")
    try require(environments, in: 1...1_000_000, option: "--environments")
    try require(steps, in: 1...1_000_000_000, option: "--steps")
    let environment = try context.environments.environment(named: name).make()
    let result = try environment.measureStepRate(
      stepsPerWorld: steps, worldsPerThread: environments,
      threads: threads > 0 ? threads : coreCount)
    guard output.format == .text else { return try writeStandardOutput(json(result)) }
    try writeStandardOutput(
      "\(result.environment): \(fixed(result.stepsPerSecond / 1e6)) million steps per second, "
        + "\(result.threads) threads, \(result.environments) worlds\n")
  }
}
