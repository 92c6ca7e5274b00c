internal import Adaptation
internal import Differentiation
public import EnvironmentKit
internal import Foundation
public import MetaLearning
internal import Models
public import Parallel
internal import Policies
internal import RunRecords
internal import Settings

/// A configuration with the environment or the source of examples that it names: ready to be trained or
/// evaluated.
public struct Experiment: Sendable {
  /// The configuration, every parameter of the environment filled in.
  public private(set) var configuration: Configuration
  /// The tasks, and the policy or model that adapts to them.
  public let problem: Problem
  private let algorithms: Algorithms
  /// How what tasks are made of differs from what the configuration says; nil where it doesn't.
  public let change: ContentChange?

  /// Loads the plugins, looks the environment up and fills its parameters in.
  ///
  /// - Parameters:
  ///   - configuration: What to resolve.
  ///   - source: The file's or preset's name, for messages.
  ///   - environments: The environments and sources known.
  ///   - algorithms: The outer methods and networks known.
  /// - Throws: `RecordError` of kind `usage` that names the key at fault, `PluginError`.
  public init(
    _ configuration: Configuration, source: String, environments: EnvironmentRegistry,
    algorithms: Algorithms = Algorithms()
  ) throws {
    self.algorithms = algorithms
    var resolved = configuration
    var environments = environments
    // A library that was loaded from elsewhere may have moved.
    if !environments.hasLoaded(configuration.environment.name) {
      for plugin in configuration.plugins { try environments.load(plugin: plugin) }
    }
    let parameters: [String: ParameterValue]
    let content: String?
    let part: ContentChange.Part
    do {
      let name = configuration.environment.name
      let given = configuration.environment.parameters
      if let definition = environments.exampleSource(named: name) {
        let examples = try Self.restricted(
          definition.make(parameters: given), by: configuration, AnyExampleSource.leavingOut,
          AnyExampleSource.limitingTraining)
        problem = .examples(
          examples, try Model(for: examples.specification, settings: configuration.model))
        parameters = examples.parameters
        resolved.plugins = []
        content = examples.content
        part = .data(configuration.environment.dataFolder ?? "")
      } else {
        let definition = try environments.environment(named: name)
        let environment = try Self.restricted(
          definition.make(parameters: given), by: configuration, AnyEnvironment.leavingOut,
          AnyEnvironment.limitingTraining)
        problem = .episodes(
          environment,
          try Policy(
            for: environment.specification, settings: configuration.policy,
            networks: algorithms.networks))
        parameters = environment.parameters
        // Only what the run needs, so that it can be read again without the rest.
        resolved.plugins = definition.plugin.map { [$0] } ?? []
        content = environment.content
        part = definition.plugin.map { .library($0) } ?? Self.module(named: name) ?? .code
      }
    } catch let error as EnvironmentError {
      throw Self.located(error, source: source)
    } catch let violation as ConstraintViolation {
      let hasExamples = environments.exampleSource(named: configuration.environment.name) != nil
      throw RecordError(.usage, "\(source): \(violation.inside(hasExamples ? "model" : "policy"))")
    } catch let error as SettingsError {
      throw RecordError(.usage, "\(source): \(error.message)")
    }
    try resolved.environment.write(parameters)
    let expected = configuration.environment.content
    change = expected.flatMap {
      $0 == content ? nil : ContentChange(part: part, expected: $0, found: content)
    }
    resolved.environment.content = content
    self.configuration = resolved
    try checkFit(source: source)
    try requireMemory(source: source)
  }

  /// The environment that the policy acts in.
  ///
  /// - Parameter purpose: What needs one, for the message.
  /// - Returns: The environment.
  /// - Throws: `RecordError` of kind `usage` where tasks have examples and no episodes.
  public func environment(for purpose: String) throws -> AnyEnvironment {
    guard case .episodes(let environment, _) = problem else {
      throw RecordError(
        .usage,
        "'\(problem.name)' has examples and no episodes, which \(purpose) needs; give an "
          + "environment's run")
    }
    return environment
  }

  /// The part that the meta-learner sees, with the methods known.
  public var metaLearning: MetaLearningSettings {
    var settings = configuration.metaLearning
    settings.methods = algorithms.outerMethods
    return settings
  }

  /// The seed of every random stream.
  public var seed: UInt64 { UInt64(configuration.run.seed) }

  /// The threads to work on: as configured, or one on each processor that this process may use.
  public var threads: Int { threads(in: nil) }

  /// The threads of one of some processes: as configured, or one on each processor that is its share.
  ///
  /// - Parameter crew: The processes; nil for this one alone.
  /// - Returns: At least 1.
  public func threads(in crew: Crew?) -> Int {
    let asked = configuration.run.threads
    guard asked == 0 else { return asked }
    return crew.map {
      availableProcessors(among: $0.machine.processes, bound: $0.machine.processors)
    } ?? availableProcessors
  }

  /// Who shares the work over tasks.
  ///
  /// - Parameters:
  ///   - crew: The processes that do; nil for this one alone.
  ///   - tasks: How many there are: no more threads are of use.
  /// - Returns: Threads, or processes with threads.
  public func team(in crew: Crew?, tasks: Int = .max) -> any Team {
    let threads = min(threads(in: crew), tasks)
    return crew.map { Ranks($0, threads: threads) } ?? Threads(threads)
  }

  /// The same experiment with one number of iterations more on record that rates fell towards for a while.
  ///
  /// - Parameter end: Which, and until when.
  /// - Returns: The experiment to go on with.
  public func recording(_ end: EarlierEnd) -> Experiment {
    var copy = self
    copy.configuration.outer.earlierEnds.append(end.text)
    return copy
  }

  /// A meta-learner at its first iteration.
  ///
  /// - Parameter crew: The processes that share the work over tasks; nil for this one alone.
  /// - Returns: The meta-learner.
  /// - Throws: What the environment says of worlds that can't be made, `RecordError` of kind `usage` where
  ///   this machine has too little memory.
  public func makeLearner(in crew: Crew? = nil) throws -> MetaLearner {
    if case .episodes(let environment, _) = problem, let why = environment.whyNotTrainable {
      throw RecordError(.usage, "environment '\(environment.name)': \(why)")
    }
    let parts = metaLearning.method.memory(problem, metaLearning).map(\.parts).max() ?? 1
    try requireAddressSpace(
      tasks: max(configuration.outer.tasks, configuration.run.validationTasks, parts))
    try requireMemoryForTraining(in: crew)
    return try MetaLearner(
      problem: problem, settings: metaLearning, seed: seed, team: team(in: crew))
  }

  /// Tasks without the one that training leaves out, and with finitely many to train on, where a configuration
  /// asks for it.
  private static func restricted<Tasks>(
    _ tasks: Tasks, by configuration: Configuration,
    _ leave: (Tasks) -> (Int) throws(EnvironmentError) -> Tasks,
    _ limit: (Tasks) -> (Int, UInt64) throws(EnvironmentError) -> Tasks
  ) throws(EnvironmentError) -> Tasks {
    var tasks = tasks
    if let member = configuration.environment.leftOutTask {
      do {
        tasks = try leave(tasks)(member)
      } catch {
        throw EnvironmentError(error.message, key: leftOutTask)
      }
    }
    guard let count = configuration.environment.trainingTasks else { return tasks }
    return try limit(tasks)(count, UInt64(configuration.run.seed))
  }

  /// What an environment's name says of a class or function of the user's own in Python.
  private static func module(named name: String) -> ContentChange.Part? {
    let parts = name.split(separator: ":", maxSplits: 1)
    return parts.count == 2 && parts[1].contains(":") ? .module(String(parts[1])) : nil
  }

  /// The key that is no parameter of the environment's.
  private static let leftOutTask = "leftOutTask"

  private static func located(_ error: EnvironmentError, source: String) -> RecordError {
    let key =
      if error.key == leftOutTask {
        "environment.leftOutTask"
      } else if let parameter = error.key {
        "environment.parameters.\(parameter)"
      } else {
        error.environment == nil ? "environment.name" : "environment.parameters"
      }
    return RecordError(.usage, "\(source): \(key): \(error.message)")
  }

  /// Refuses settings that the tasks have no use for.
  private func checkFit(source: String) throws {
    func refuse(_ problem: String) -> RecordError { RecordError(.usage, "\(source): \(problem)") }
    if let name = problem.layout.unknownName(in: configuration.inner.adapts) {
      let known = problem.layout.entries.map(\.name).joined(separator: ", ")
      throw refuse("inner.adapts has '\(name)', expected head or any of \(known)")
    }
    let (settings, methods) = (metaLearning, algorithms.outerMethods)
    if methods.named(configuration.outer.method) == nil {
      let names = methods.all.map(\.name.rawValue)
      let name = configuration.outer.method.rawValue
      let advice = suggestion(for: name, among: names)
      throw refuse(
        "outer.method is \"\(name.prefix(40))\", expected one of \(names.joined(separator: ", "))"
          + advice)
    }
    if let violation = settings.method.violation(in: settings) { throw refuse("\(violation)") }
    do {
      _ = try settings.method.initialState(settings, problem.layout)
    } catch let error as SettingsError {
      throw refuse(error.message)
    }
    if settings.method.keepsTrainingTasks, case .episodes(let environment, _) = problem,
      environment.trainingTasks == nil
    {
      throw refuse(
        "environment.trainingTasks is null, expected how many, such as 100, with outer.method: "
          + "\(settings.outer.method.rawValue), which keeps something of each")
    }
    guard case .examples(let examples, _) = problem else { return }
    if settings.method.needsPolicy {
      throw refuse(
        "outer.method is \(settings.outer.method.rawValue), which needs a policy, but "
          + "'\(examples.name)' has examples; expected \(settings.methods.forExamples)")
    }
    if configuration.outer.explorationCredit > 0 {
      throw refuse(
        "outer.explorationCredit is \(configuration.outer.explorationCredit), expected 0, because "
          + "'\(examples.name)' has examples and nothing to explore")
    }
    let shots = configuration.inner.episodes
    if shots > examples.shotLimit {
      throw refuse(
        "inner.episodes is \(shots) shots, but '\(examples.name)' has examples for at most "
          + "\(examples.shotLimit) beside those that it judges by")
    }
  }
}

extension Configuration {
  /// The configuration with every parameter of its environment filled in, for which no files are read.
  ///
  /// - Parameters:
  ///   - source: The file's or preset's name, for messages.
  ///   - environments: The environments and sources known.
  /// - Returns: The configuration.
  /// - Throws: `RecordError` of kind `usage` that names the key at fault, `PluginError`.
  public func filled(
    source: String, environments: EnvironmentRegistry
  ) throws -> Configuration {
    let own = environment
    let parameters =
      if let definition = environments.exampleSource(named: own.name) {
        try definition.parameters(filling: own.parameters)
      } else {
        try environments.environment(named: own.name).parameters(filling: own.parameters)
      }
    guard let parameters else {
      return try Experiment(self, source: source, environments: environments).configuration
    }
    var filled = self
    try filled.environment.write(parameters)
    return filled
  }
}

extension EnvironmentSettings {
  /// Takes parameters over from the environment.
  fileprivate mutating func write(_ values: [String: ParameterValue]) throws {
    for (key, value) in values {
      guard !value.holdsTable else {
        throw RecordError(
          .fault, "the parameter '\(key)' of '\(name)' is a table; no file holds it")
      }
      parameters[key] = value
    }
  }
}
