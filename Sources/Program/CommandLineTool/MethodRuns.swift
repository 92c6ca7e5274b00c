internal import Differentiation
internal import EnvironmentKit
internal import Experiments
internal import Foundation
internal import MetaLearning
internal import Reports
internal import RunRecords

/// Runs that are to stand side by side, by method: those whose directories differ in the seed at their
/// end alone are one method.
struct MethodRuns {
  /// A method's runs.
  struct Method {
    let name: String
    let subjects: [EvaluationOptions.Subject]
  }

  /// In the order in which they are first named.
  let methods: [Method]
  private let options: EvaluationOptions

  /// All runs.
  var subjects: [EvaluationOptions.Subject] { methods.flatMap(\.subjects) }

  /// Reads runs. All that can be wrong with one is found before the first is measured.
  ///
  /// - Parameters:
  ///   - paths: Their directories, at least one.
  ///   - options: How they will be measured; all as the first one was trained, where that isn't said.
  ///   - perEpisode: Whether they will be measured by episodes of experience.
  ///   - context: With the environments that are built in.
  /// - Throws: `RecordError` for what is wrong with a run, or with it beside the others.
  init(
    _ paths: [String], _ options: EvaluationOptions, perEpisode: Bool, in context: Context
  ) throws {
    var options = options
    var subjects: [EvaluationOptions.Subject] = []
    for path in paths {
      let subject = try options.subject(path, perEpisode: perEpisode, in: context)
      try Self.require(subject, besides: subjects)
      subjects.append(subject)
      options.steps = subject.steps
      options.episodes = subject.episodes
    }
    self.options = options
    var names: [String] = []
    for name in subjects.map(Self.methodName) where !names.contains(name) { names.append(name) }
    methods = names.map { name in
      Method(name: name, subjects: subjects.filter { Self.methodName($0) == name })
    }
  }

  /// The methods that others are measured by: those trained by their names' endings, and the optimum where
  /// it is known.
  var references: Comparison.References {
    let named = { (ending: String) in methods.first { $0.name.hasSuffix(ending) }?.name }
    return Comparison.References(
      pretrained: named("-pretrained"), oracle: named("-oracle"),
      optimum: optimum.map { _ in Self.optimumName })
  }

  private static let optimumName = "optimum"

  /// What to know about the tasks where some run's training draws the same ones.
  var taskNotes: [String] {
    let notes = subjects.compactMap { $0.experiment.note(on: $0.split) }
    return notes.first.map { [$0] } ?? []
  }

  /// Measures all runs, but for those of which the same was measured and stored before. Where the best
  /// returns possible are known, they are the last method.
  ///
  /// - Parameters:
  ///   - count: Of so many nearest neighbours the score stands beside those of models.
  ///   - context: Is told of each run that is measured.
  /// - Returns: The methods in order.
  /// - Throws: What went wrong in an episode, or `Interrupted`.
  func results(neighbors count: Int = 1, in context: Context) throws -> [MethodResult] {
    let measured = try methods.map { method in
      let results = try method.subjects.map { try options.storedResult(of: $0, in: context) }
      return MethodResult(
        name: method.name, curves: results.map(\.adaptationCurve),
        trainingSteps: try method.subjects.map { try $0.trainingSteps() },
        adaptations: results.compactMap(\.adaptation))
    }
    let neighbors = try options.nearestNeighbors(of: methods[0].subjects[0], neighbors: count)
    let name = count == 1 ? "nearest-neighbors" : "\(count)-nearest-neighbors"
    let references = [(Self.optimumName, optimum), (name, neighbors)]
    return measured
      + references.compactMap { name, returns in
        returns.map { MethodResult(name: name, returns: $0, besides: measured[0]) }
      }
  }

  /// The best return of each task, where all are known.
  private var optimum: [Double]? {
    let first = methods[0].subjects[0]
    let returns = first.tasks.compactMap(first.experiment.problem.optimalReturn)
    return returns.count == first.tasks.count ? returns : nil
  }

  /// Requires that a run is on the same tasks as the others, and another one of its method.
  private static func require(
    _ run: EvaluationOptions.Subject, besides others: [EvaluationOptions.Subject]
  ) throws {
    let path = run.directory.path
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
  private static func isCopy(
    _ run: EvaluationOptions.Subject, of other: EvaluationOptions.Subject
  ) -> Bool {
    run.origin.configuration == other.origin.configuration
      && run.state.iteration == other.state.iteration
      && run.state.parameters.elements == other.state.parameters.elements
  }

  /// The directory's name without the seed at its end.
  private static func methodName(_ run: EvaluationOptions.Subject) -> String {
    let name = URL(fileURLWithPath: run.directory.path).standardizedFileURL.lastPathComponent
    let suffix = "-\(run.experiment.configuration.run.seed)"
    return name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
  }
}
