internal import Adaptation
internal import Differentiation
public import EnvironmentKit
internal import Experiments
internal import Foundation
public import MetaLearning
public import Reports
internal import RunRecords

/// Runs that are to stand side by side, by method: those whose directories differ in the seed at their
/// end alone are one method.
public struct MethodRuns: Sendable {
  /// A method's runs.
  public struct Method: Sendable {
    /// The name of the runs' directories without the seed.
    public let name: String
    /// Its runs, at least one.
    public let runs: [RunEvaluation]
  }

  /// In the order in which they are first named.
  public let methods: [Method]
  /// Agents of other programs, measured there on the same tasks, by their names.
  public let agents: [MethodResult]

  /// All runs.
  public var runs: [RunEvaluation] { methods.flatMap(\.runs) }

  /// Reads runs. All that can be wrong with one is found before the first is measured.
  ///
  /// - Parameters:
  ///   - paths: Their directories, at least one; and files of evaluations of others' agents, which end with `.json`.
  ///   - request: How they will be measured; all as the first one was trained, where that isn't said.
  ///   - environments: The environments and sources known.
  ///   - algorithms: The outer methods and networks known.
  ///   - observer: Is told what is to be known about the runs.
  /// - Throws: `RecordError` for what is wrong with a run, or with it beside the others.
  public init(
    _ paths: [String], asking request: EvaluationRequest, environments: EnvironmentRegistry,
    algorithms: Algorithms = Algorithms(),
    observer: EvaluationObserver = EvaluationObserver()
  ) throws {
    var request = request
    var runs: [RunEvaluation] = []
    let files = paths.filter { $0.hasSuffix(".json") }
    guard files.count < paths.count else {
      throw RecordError(
        .usage, "\(files[0]): an agent is compared with runs; name at least one run's directory")
    }
    for path in paths where !files.contains(path) {
      let run = try RunEvaluation(
        of: path, asking: request, environments: environments, algorithms: algorithms,
        observer: observer)
      try Self.require(run, besides: runs)
      runs.append(run)
      // Online, steps follow from episodes.
      if request.kind != .online && !run.learnsWithinEpisodes { request.steps = run.steps }
      request.episodes = run.episodes
    }
    var names: [String] = []
    for name in runs.map(Self.methodName) where !names.contains(name) { names.append(name) }
    methods = names.map { name in
      Method(name: name, runs: runs.filter { Self.methodName($0) == name })
    }
    let evaluations = try files.map { try AgentEvaluation(file: $0, besides: runs[0]) }
    agents = try Self.results(of: evaluations, besides: names)
  }

  /// Agents with their evaluations, one for each file that names them.
  private static func results(
    of evaluations: [AgentEvaluation], besides methods: [String]
  ) throws -> [MethodResult] {
    var names: [String] = []
    for name in evaluations.map(\.agent) where !names.contains(name) { names.append(name) }
    if let name = names.first(where: methods.contains) {
      throw RecordError(.usage, "an agent and a method of runs are both named \(name); rename one")
    }
    return names.map { name in
      let own = evaluations.filter { $0.agent == name }
      return MethodResult(
        name: name, curves: own.map(\.adaptationCurve),
        trainingSteps: own.compactMap(\.trainingSteps))
    }
  }

  /// The methods that others are measured by: those trained by their names' endings, and the optimum where
  /// it is known.
  public var references: Comparison.References {
    let named = { (ending: String) in methods.first { $0.name.hasSuffix(ending) }?.name }
    return Comparison.References(
      pretrained: named("-pretrained"), oracle: named("-oracle"),
      optimum: optimum.map { _ in Self.optimumName })
  }

  private static let optimumName = "optimum"

  /// What to know about the tasks where some run's training draws the same ones.
  public var taskNotes: [String] {
    let notes = runs.compactMap { $0.experiment.note(on: $0.split) }
    return notes.first.map { [$0] } ?? []
  }

  /// Measures all runs, but for those of which the same was measured and stored before. Where the best
  /// returns possible are known, they are the last method.
  ///
  /// - Parameters:
  ///   - count: Of so many nearest neighbours the score stands beside those of models.
  ///   - observer: Is told of each run that is measured, and follows it.
  /// - Returns: The methods in order.
  /// - Throws: What went wrong in an episode, or ``EvaluationStopped``.
  public func results(
    neighbors count: Int = 1, observer: EvaluationObserver = EvaluationObserver()
  ) throws -> [MethodResult] {
    let measured = try methods.map { method in
      let results = try method.runs.map { try $0.storedResult(observer: observer) }
      return MethodResult(
        name: method.name, curves: results.map(\.adaptationCurve),
        trainingSteps: try method.runs.map { try $0.trainingSteps() },
        adaptations: results.compactMap(\.adaptation))
    }
    let neighbors = try methods[0].runs[0].nearestNeighbors(count)
    let name = count == 1 ? "nearest-neighbors" : "\(count)-nearest-neighbors"
    let references = [(Self.optimumName, optimum), (name, neighbors)]
    return measured + agents
      + references.compactMap { name, returns in
        returns.map { MethodResult(name: name, returns: $0, besides: measured[0]) }
      }
  }

  /// The best return of each task, where all are known.
  private var optimum: [Double]? {
    let first = methods[0].runs[0]
    let returns = first.tasks.compactMap(first.experiment.problem.optimalReturn)
    return returns.count == first.tasks.count ? returns : nil
  }

  /// Requires that a run is on the same tasks as the others, and another one of its method.
  private static func require(_ run: RunEvaluation, besides others: [RunEvaluation]) throws {
    let path = run.directory.path
    if let first = others.first, run.kind != first.kind {
      throw RecordError(
        .usage,
        "\(first.directory.path) learns within episodes, where \(path) takes gradient steps; compare them "
          + "with --per-episode or --online")
    }
    if let first = others.first, run.tasks != first.tasks {
      throw RecordError(
        .usage,
        "\(path) draws other tasks than \(first.directory.path); their environments, and what "
          + "shapes the tasks of these, have to be the same")
    }
    if let first = others.first,
      let difference = first.experiment.configuration.environmentDifference(
        from: run.experiment.configuration)
    {
      throw RecordError(
        .usage,
        "\(path) has \(difference.key) \(difference.second), where \(first.directory.path) has "
          + "\(difference.first); only what is measured on the same environment can be compared")
    }
    guard !others.contains(where: { $0.directory.isSame(as: run.directory) }) else {
      throw RecordError(.usage, "\(path) is named twice")
    }
    if let other = others.first(where: { isCopy(run, of: $0) }) {
      throw RecordError(
        .usage,
        "\(path) is the same run as \(other.directory.path): its configuration, seed and parameters are "
          + "equal; name it once, or train one with another run.seed")
    }
    guard let other = others.first(where: { methodName($0) == methodName(run) }) else { return }
    let configuration = run.experiment.configuration
    if let difference = configuration.methodDifference(from: other.experiment.configuration) {
      throw RecordError(
        .usage,
        "\(path) and \(other.directory.path) would be one method, \(methodName(run)), but "
          + "\(difference.key) is \(difference.first) in the one and \(difference.second) in the other; "
          + "name their directories differently")
    }
  }

  /// Whether a run is a copy of another, or its repetition: trained alike from the same seed, to the same parameters.
  private static func isCopy(_ run: RunEvaluation, of other: RunEvaluation) -> Bool {
    run.origin.configuration == other.origin.configuration
      && run.state.iteration == other.state.iteration
      && run.state.parameters.elements == other.state.parameters.elements
  }

  /// The directory's name without the seed at its end.
  private static func methodName(_ run: RunEvaluation) -> String {
    let name = URL(fileURLWithPath: run.directory.path).standardizedFileURL.lastPathComponent
    let suffix = "-\(run.experiment.configuration.run.seed)"
    return name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
  }
}
