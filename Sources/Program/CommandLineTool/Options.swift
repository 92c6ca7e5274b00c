internal import Adaptation
package import ArgumentParser
package import EnvironmentKit
internal import Experiments
internal import Foundation
internal import MetaLearning
internal import RunRecords
internal import Settings

extension OutputFormat: ExpressibleByArgument {}

/// `--format`, for commands with results.
struct FormatOption: ParsableArguments {
  @Option(help: "text for people, json for one JSON document on standard output.")
  var format = OutputFormat.text
}

/// `--plugin`, for commands that take an environment.
package struct PluginOption: ParsableArguments {
  /// Makes the option, which the parser fills in.
  package init() {}

  @Option(
    name: .customLong("plugin"),
    help: ArgumentHelp(
      "Load the environments of a shared library (repeatable; also FLEDGE_PLUGINS, with colons).",
      valueName: "path"))
  package var paths: [String] = []

  @Flag(help: "Go on although a library, or the data, have changed since the run began.")
  package var allowChanges = false

  /// The environments that are built in, and those of the libraries.
  ///
  /// - Parameter context: With those that are built in.
  /// - Returns: All of them.
  /// - Throws: `PluginError` that names the library.
  package func environments(in context: Context) throws -> EnvironmentRegistry {
    var environments = context.environments
    let listed = ProcessInfo.processInfo.environment["FLEDGE_PLUGINS"] ?? ""
    for path in listed.split(separator: ":").map(String.init) + paths {
      try environments.load(plugin: path)
    }
    return environments
  }

  /// Refuses a change of what tasks are made of, unless it is allowed.
  ///
  /// - Throws: `RecordError` of kind `usage`.
  func check(_ change: ContentChange?, source: String, in context: Context) throws {
    try change?.check(source: source, isAllowed: allowChanges) { context.report($0) }
  }
}

/// `--data`, for tasks that are made of files.
struct DataOption: ParsableArguments {
  @Option(help: ArgumentHelp("The folder that tasks of files are read from.", valueName: "dir"))
  var data: String?

  /// Sets the parameter that it stands for.
  func apply(to configuration: inout Configuration) {
    if let data { configuration.environment.readData(from: data) }
  }
}

/// A configuration as commands take it: a preset's name or a YAML file, with changes.
struct ConfigurationOptions: ParsableArguments {
  @Argument(help: "A preset's name (see fledge presets), or a YAML file.")
  var config: String

  @Option(
    name: .customLong("env"),
    help: ArgumentHelp(
      "Another environment, such as gymnasium:Pendulum-v1, with its default parameters.",
      valueName: "name"))
  var environment: String?

  @OptionGroup var data: DataOption

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Change a value, such as inner.stepSize=0.05.", valueName: "key=value"))
  var overrides: [String] = []

  @Option(parsing: .unconditional, help: "Threads, 0 for all cores; results don't depend on it.")
  var threads: Int?

  @OptionGroup var plugins: PluginOption

  /// The configuration with its environment.
  ///
  /// - Parameters:
  ///   - configuration: As ``read(adjustments:)`` gives it, and changed maybe.
  ///   - context: With the environments that are built in.
  /// - Returns: The experiment.
  /// - Throws: `RecordError` of kind `usage` that names the key, or `PluginError`.
  func experiment(_ configuration: Configuration, in context: Context) throws -> Experiment {
    let experiment = try Experiment(
      configuration, source: config, environments: plugins.environments(in: context),
      algorithms: context.algorithms)
    try plugins.check(experiment.change, source: config, in: context)
    return experiment
  }

  /// The configuration with `--set` and `--threads` applied, checked, but for its environment.
  ///
  /// - Parameter adjustments: Further changes as arguments of `--set`, by the option that asks for
  ///   them.
  /// - Returns: The configuration.
  /// - Throws: `RecordError` of kind `usage` that names the key.
  func read(adjustments: [(option: String, set: String)] = []) throws -> Configuration {
    var configuration = try Configuration.named(config)
    if let environment {
      configuration.environment = EnvironmentSettings()
      configuration.environment.name = environment
    }
    for override in overrides {
      guard !override.hasPrefix("extends=") else {
        throw RecordError(
          .usage,
          "--set \(override.prefix(100)): expected a preset as the argument, or the key extends in a file"
        )
      }
      try configuration.set(override)
    }
    configuration.run.name(by: config)
    data.apply(to: &configuration)
    let threadsOption = threads.map { ("--threads \($0)", "run.threads=\($0)") }
    for (option, set) in adjustments + (threadsOption.map { [$0] } ?? []) {
      try Self.apply(set, to: &configuration, option: option)
    }
    try configuration.validate(source: config)
    return configuration
  }

  /// Whether `--set` names this key.
  func sets(_ key: String) -> Bool { overrides.contains { $0.hasPrefix(key + "=") } }

  /// Applies an option through the table of its key, so that ranges stand in one place.
  private static func apply(
    _ set: String, to configuration: inout Configuration, option: String
  ) throws {
    do {
      try configuration.set(set)
    } catch let error as RecordError {
      throw RecordError(
        error.kind, error.message.replacingOccurrences(of: "--set \(set)", with: option))
    }
  }
}

/// An environment as commands take it: a registered name, with changes to its parameters.
struct EnvironmentOptions: ParsableArguments {
  @Argument(help: "The environment's name.")
  var name: String

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Change a parameter, such as environment.parameters.horizon=50.", valueName: "key=value"))
  var overrides: [String] = []

  @OptionGroup var plugins: PluginOption

  @OptionGroup var data: DataOption

  /// The environment with its parameters filled in.
  ///
  /// - Throws: `RecordError` of kind `usage` that names the key.
  func make(in context: Context) throws -> AnyEnvironment {
    try experiment(in: context).environment(for: "this command")
  }

  /// The environment, or the source of examples, with its parameters filled in.
  ///
  /// - Throws: `RecordError` of kind `usage` that names the key.
  func experiment(in context: Context) throws -> Experiment {
    var configuration = Configuration()
    configuration.environment.name = name
    // The method that both kinds of tasks have a use for.
    configuration.outer.method = .adam
    configuration.inner.episodes = 1
    for override in overrides { try configuration.set(override) }
    data.apply(to: &configuration)
    return try Experiment(
      configuration, source: name, environments: plugins.environments(in: context),
      algorithms: context.algorithms)
  }
}

/// Refuses a count outside of a range.
///
/// - Parameters:
///   - value: The count.
///   - range: What it may be.
///   - option: The option's name.
/// - Throws: `RecordError` of kind `usage`.
package func require(
  _ value: Int, in range: ClosedRange<Int>, option: String
) throws {
  guard !range.contains(value) else { return }
  throw RecordError(
    .usage, "\(option) is \(value), expected an integer in \(range)")
}

/// Refuses a threshold that nothing could reach or miss.
func requireFinite(_ threshold: Double?) throws {
  guard let threshold, !threshold.isFinite else { return }
  throw RecordError(.usage, "--threshold is \(threshold), expected a finite number")
}

/// The case of that name, for options that take one of a few words.
func choice<Choice: RawRepresentable<String> & CaseIterable>(named name: String) throws -> Choice {
  if let choice = Choice(rawValue: name) { return choice }
  let names = Choice.allCases.map(\.rawValue)
  let advice = suggestion(for: name, among: names)
  throw ValidationError("expected one of \(names.joined(separator: ", "))\(advice)")
}
