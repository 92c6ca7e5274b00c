public import EnvironmentKit
internal import Foundation
public import MetaLearning
public import Policies
internal import RunRecords

/// A configuration with the environment that it names: ready to be trained or evaluated.
public struct Experiment: Sendable {
  /// The configuration, every parameter of the environment filled in.
  public let configuration: Configuration
  /// The environment.
  public let environment: AnyEnvironment

  /// Loads the plugins, looks the environment up and fills its parameters in.
  ///
  /// - Parameters:
  ///   - configuration: What to resolve.
  ///   - source: The file's or preset's name, for messages.
  ///   - environments: The environments known.
  /// - Throws: `RecordError` of kind `usage` that names the key at fault, `PluginError`.
  public init(
    _ configuration: Configuration, source: String, environments: EnvironmentRegistry
  ) throws {
    var resolved = configuration
    var environments = environments
    for plugin in configuration.plugins { try environments.load(plugin: plugin) }
    do throws(EnvironmentError) {
      let definition = try environments.environment(named: configuration.environment.name)
      environment = try definition.make(
        parameters: configuration.environment.parameters.mapValues { .init($0) })
      // Only what the run needs, so that it can be read again without the rest.
      resolved.plugins = definition.plugin.map { [$0] } ?? []
    } catch {
      throw Self.located(error, source: source)
    }
    for (name, value) in environment.parameters {
      guard let written = RunRecords.ParameterValue(value) else {
        let message =
          "the parameter '\(name)' of '\(environment.name)' is a table; no file holds it"
        throw RecordError(.fault, message)
      }
      resolved.environment.parameters[name] = written
    }
    self.configuration = resolved
    try checkMemory(source: source)
  }

  /// The policy that is trained.
  public var policy: Policy {
    Policy(for: environment.specification, settings: configuration.policy)
  }

  /// The seed of every random stream.
  public var seed: UInt64 { UInt64(configuration.run.seed) }

  /// The threads to work on: as configured, or one on each core.
  public var threads: Int {
    let asked = configuration.run.threads
    return asked > 0 ? asked : ProcessInfo.processInfo.activeProcessorCount
  }

  /// A meta-learner at its first iteration.
  ///
  /// - Throws: What the environment says of worlds that can't be made.
  public func makeLearner() throws -> MetaLearner {
    try MetaLearner(
      environment: environment, settings: configuration.metaLearning, seed: seed, threads: threads)
  }

  private static func located(_ error: EnvironmentError, source: String) -> RecordError {
    let key =
      if let parameter = error.key {
        "environment.parameters.\(parameter)"
      } else {
        error.environment == nil ? "environment.name" : "environment.parameters"
      }
    return RecordError(.usage, "\(source): \(key): \(error.message)")
  }

  /// Refuses what no machine holds, before it is tried.
  private func checkMemory(source: String) throws {
    let horizon = environment.specification.horizon
    let width = environment.specification.observationWidth + environment.specification.actionWidth
    let network = policy.network.layerSizes.reduce(0, +)
    let (steps, overflow) = configuration.inner.episodes.multipliedReportingOverflow(by: horizon)
    let limit = 1 << 34
    guard !overflow, steps <= limit / (4 * (width + 4 * network)) else {
      let episodes = configuration.inner.episodes
      throw RecordError(
        .usage,
        "\(source): inner.episodes is \(episodes): with \(horizon) steps each and this network "
          + "a task would take more than 16 GiB; lower inner.episodes or policy.hiddenSizes")
    }
  }
}

extension EnvironmentKit.ParameterValue {
  /// The same value, as an environment takes it.
  init(_ value: RunRecords.ParameterValue) {
    switch value {
    case .number(let number): self = .number(number)
    case .integer(let integer): self = .integer(integer)
    case .flag(let flag): self = .boolean(flag)
    case .text(let text): self = .string(text)
    case .list(let values): self = .array(values.map { Self($0) })
    }
  }
}

extension RunRecords.ParameterValue {
  /// The same value, as a configuration holds it; nil for a table.
  init?(_ value: EnvironmentKit.ParameterValue) {
    switch value {
    case .boolean(let flag): self = .flag(flag)
    case .integer(let integer): self = .integer(integer)
    case .number(let number): self = .number(number)
    case .string(let text): self = .text(text)
    case .array(let values):
      let items = values.compactMap { Self($0) }
      guard items.count == values.count else { return nil }
      self = .list(items)
    case .object: return nil
    }
  }
}
