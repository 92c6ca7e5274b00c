internal import Adaptation
internal import CommandLineTool
internal import EnvironmentKit
internal import Experiments
internal import MetaLearning
internal import Randomness
internal import RunRecords
internal import Settings

/// What a study does, worked out of its file: the same file gives the same plan everywhere.
struct StudyPlan: Sendable {
  /// What its file says.
  let settings: StudySettings
  /// The file's name, for messages.
  let source: String
  /// What is tuned, in order; their numbers are their places, from 1.
  let trials: [Trial]
  private let base: Configuration

  /// A method with a setting.
  struct Trial: Sendable, Equatable {
    /// From 1.
    let number: Int
    /// The method's name.
    let method: String
    /// The values of its axes, as `--set` takes them.
    let values: [String: String]
    /// The iterations after which it is measured.
    let rungs: [Int]

    /// The name of its configuration, and of its runs' directories without their seeds.
    var name: String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, 3 - digits.count)) + digits + "-" + method
    }

    /// The trial in words.
    var title: String {
      let setting = values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      return "trial \(number), \(([method] + setting).joined(separator: ", "))"
    }
  }

  /// Works out a plan.
  ///
  /// - Parameters:
  ///   - settings: What the study's file says.
  ///   - source: The file's path.
  ///   - context: With the methods and environments known.
  /// - Throws: `RecordError` of kind `usage` that names the key of the file.
  init(_ settings: StudySettings, source: String, in context: Context) throws {
    self.settings = settings
    self.source = source
    var base = try Self.asked("base", of: source) { try Configuration.named(settings.base) }
    for change in settings.set { try Self.asked("set", of: source) { try base.set(change) } }
    base.plugins += settings.plugins
    self.base = base
    try Self.requireComparable(settings, base, source: source, in: context)
    var trials: [Trial] = []
    for method in settings.methods {
      for values in try Self.values(of: method, settings, source: source) {
        let number = trials.count + 1
        let configuration = try Self.configuration(
          of: method, values, from: base, settings, source: source, in: context)
        let total = configuration.outer.iterations
        let rungs = settings.halving.rungs(upTo: total)
        if let first = settings.halving.iterations, rungs.count == 1, total > 0,
          settings.halving.kind != .none
        {
          throw RecordError(
            .usage,
            "\(source): halving.iterations is \(first), expected at most \(total / settings.halving.factor) with "
              + "\(total) iterations of \(method): no trial would be stopped")
        }
        trials.append(Trial(number: number, method: method, values: values, rungs: rungs))
      }
    }
    self.trials = trials
  }

  /// The configuration that a trial trains.
  ///
  /// - Throws: `RecordError` of kind `usage` that names what doesn't hold.
  func configuration(of trial: Trial, in context: Context) throws -> Configuration {
    try Self.configuration(
      of: trial.method, trial.values, from: base, settings, source: source, in: context)
  }

  /// All that the study depends on, by key: what its file says, and what it starts from.
  var entries: [(key: String, value: String)] {
    // Their order gives trials their numbers, and what is drawn its places.
    settings.entries + [("axes", settings.axes.map(\.name).joined(separator: ", "))]
      + base.entries.map { ("base: \($0.key)", $0.value) }
  }

  /// Methods with more than one setting to choose among.
  var tunedMethods: [String] {
    settings.methods.filter { method in trials.count { $0.method == method } > 1 }
  }

  /// After how many steps, or episodes, a trial's score counts; nil for the last of the curve.
  var scoredPoint: Int? {
    if let after = settings.objective.after { return after }
    return switch settings.objective.protocol {
    case .perStep: max(1, base.inner.steps)
    case .perEpisode: 1
    case .online: nil
    }
  }

  private static func configuration(
    of method: String, _ values: [String: String], from base: Configuration,
    _ settings: StudySettings, source: String, in context: Context
  ) throws -> Configuration {
    var configuration = try base.trained(
      by: method, option: "\(source): methods:", source: settings.base,
      keepingIterations: settings.set.contains { $0.hasPrefix("outer.iterations=") }, in: context)
    // In the order of the file; what an axis says is said last.
    for axis in settings.axes {
      guard let value = values[axis.name] else { continue }
      try asked("axes", of: source) { try configuration.set("\(axis.name)=\(value)") }
    }
    try asked("axes", of: source) { try configuration.validate(source: method) }
    return configuration
  }

  /// The settings that a method tries.
  private static func values(
    of method: String, _ settings: StudySettings, source: String
  ) throws -> [[String: String]] {
    let axes = settings.axes.filter { $0.section.concerns(method) }
    guard !axes.isEmpty else { return [[:]] }
    switch settings.search.kind {
    case .grid:
      let size = axes.reduce(1.0) { $0 * Double($1.section.grid.count) }
      guard size <= 100_000 else {
        throw RecordError(
          .usage,
          "\(source): the grid of axes has \(size) settings, expected at most 100000; draw some by search.kind: sobol"
        )
      }
      return axes.reduce([[:]]) { settings, axis in
        settings.flatMap { setting in
          axis.section.grid.map { setting.merging([axis.name: $0]) { $1 } }
        }
      }
    case .random, .sobol:
      let count = settings.search.trials ?? 1
      let stream = RandomStream(key: UInt64(settings.search.seed))
      var points: () -> [Double]
      if settings.search.kind == .random {
        var random = stream
        points = { axes.map { _ in random.uniform() } }
      } else {
        guard axes.count <= SobolSequence.dimensionLimit else {
          throw RecordError(
            .usage,
            "\(source): search.kind is sobol with \(axes.count) axes, expected at most "
              + "\(SobolSequence.dimensionLimit), or random")
        }
        var sequence = SobolSequence(dimensions: axes.count, shiftedBy: stream)
        points = { sequence.next() }
      }
      return (0..<count).map { _ in
        let point = points()
        return Dictionary(
          uniqueKeysWithValues: zip(axes, point).map { ($0.name, $0.section.point(at: $1)) })
      }
    }
  }

  /// Requires that all methods can be measured as the objective says.
  private static func requireComparable(
    _ settings: StudySettings, _ base: Configuration, source: String, in context: Context
  ) throws {
    guard settings.objective.protocol == .perStep else { return }
    for method in settings.methods {
      let trained = try base.trained(
        by: method, option: "\(source): methods:", source: settings.base, keepingIterations: true,
        in: context)
      guard context.algorithms.outerMethods.named(trained.outer.method)?.adaptation != nil else {
        continue
      }
      throw RecordError(
        .usage,
        "\(source): objective.protocol is per-step, and \(method) takes no gradient steps; expected per-episode "
          + "or online")
    }
  }

  /// Says which key of the study's file an error is about.
  private static func asked<Result>(
    _ key: String, of source: String, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch let error as RecordError {
      throw RecordError(
        error.kind, "\(source): \(key): \(error.message.replacing("--set ", with: ""))")
    }
  }
}
