internal import CommandLineTool
public import EnvironmentKit
internal import Experiments
internal import Measuring
public import Settings

/// What a study's file holds: settings and methods to try, on which seeds, and by what they are chosen.
public struct StudySettings: Settings, Sendable, Equatable {
  /// The name, of which the study's directory is made; empty for that of the file.
  public var name = ""
  /// The preset or configuration file that all trials start from.
  public var base = "nav2d-finn"
  /// Changes to it for all trials, as arguments of `--set`.
  public var set: [String] = []
  /// Shared libraries with environments.
  public var plugins: [String] = []
  /// The methods, each tuned and finished by itself.
  public var methods = ["maml"]
  /// What is tried, by the key of the configuration.
  public var axes: [NamedSection<Axis>] = []
  /// How settings are drawn.
  public var search = Search()
  /// How poor trials are stopped.
  public var halving = Halving()
  /// The seeds.
  public var seeds = Seeds()
  /// What is to be greatest.
  public var objective = Objective()
  /// How the chosen settings are measured at the end.
  public var final = Final()

  /// A study of one setting of MAML's.
  public init() {}

  /// The keys.
  public static var fields: [Field<Self>] {
    [
      .text(
        "name", \.name, "name of the study, whose directory is runs/<name>; empty for the file's"),
      .text("base", \.base, "preset or YAML file that every trial starts from"),
      .texts("set", \.set, "changes for all trials, such as [outer.iterations=100]"),
      .texts("plugins", \.plugins, "shared libraries with environments of your own"),
      .texts("methods", \.methods, counts: 1...100, "methods, as of fledge train --method"),
      .sections(
        "axes", \.axes, list: "values",
        "what is tried, by the key of the configuration: a list, or a range"),
      .section("search", \.search, "how settings are drawn"),
      .section("halving", \.halving, "how poor trials are stopped early"),
      .section("seeds", \.seeds, "seeds of the runs"),
      .section("objective", \.objective, "what is to be greatest, on validation tasks"),
      .section("final", \.final, "how the chosen settings are measured"),
    ]
  }

  /// The tables of all keys, those of an axis included.
  static var allKeys: String {
    documentation + "\nAn axis, which a list of its values stands for, too:\n\n"
      + Axis.documentation
  }

  /// The study's name, or else its file's.
  func name(by file: String) -> String {
    guard name.isEmpty else { return name }
    var run = RunSettings()
    run.name(by: file)
    return run.name
  }

  /// What keys promise to each other.
  public func violation() -> ConstraintViolation? {
    var run = RunSettings()
    run.name = name
    if let violation = run.violation() { return violation }
    if axes.contains(where: { $0.name == "outer.iterations" }) && halving.kind != .none {
      return ConstraintViolation(
        "halving.kind",
        "is \(halving.kind.rawValue), expected none where outer.iterations is an axis")
    }
    if let violation = violationOfAxes { return violation }
    if set.contains(where: { $0.hasPrefix("extends=") }) {
      return ConstraintViolation("set", "has extends, expected the preset as base")
    }
    if Set(methods).count < methods.count {
      return ConstraintViolation("methods", "names one twice")
    }
    for axis in axes {
      if let unknown = axis.section.methods.first(where: { !methods.contains($0) }) {
        return ConstraintViolation(
          "axes.\(axis.name).methods",
          "names \(unknown), expected some of methods: \(methods.joined(separator: ", "))")
      }
    }
    return nil
  }

  /// What can't be an axis: trials would be measured on different tasks, or nothing would be changed.
  private var violationOfAxes: ConstraintViolation? {
    for key in axes.map(\.name) {
      if key.hasPrefix("run.") || key == "extends" || key == "plugins" {
        return ConstraintViolation(
          "axes", "has \(key), which is no setting of a method; leave it out")
      }
      if key.hasPrefix("environment.") && key != "environment.trainingTasks" {
        return ConstraintViolation(
          "axes",
          "has \(key): scores on different tasks can't be compared; write a study for each of its values"
        )
      }
      if key == "inner.episodes" && (objective.episodes == nil || final.episodes == nil) {
        return ConstraintViolation(
          "axes",
          "has \(key), so objective.episodes and final.episodes have to say how many all are measured with"
        )
      }
    }
    return nil
  }

  /// How settings are drawn from the axes.
  public struct Search: Settings, Sendable, Equatable {
    /// By what rule.
    public var kind = Kind.grid
    /// Settings of each method; not for a grid, which has as many as it has.
    public var trials: Int?
    /// The seed of what is drawn.
    public var seed = 1

    /// By what rule settings are drawn.
    public enum Kind: String, Sendable, CaseIterable {
      /// Every combination of the axes' points.
      case grid
      /// Points of the axes at random.
      case random
      /// Points of Sobol's sequence, shifted by the seed.
      case sobol
    }

    /// A grid.
    public init() {}

    /// The keys.
    public static var fields: [Field<Self>] {
      [
        .choice("kind", \.kind, "every combination, points at random, or of Sobol's sequence"),
        .optionalInteger(
          "trials", \.trials, in: 1...100_000, "settings of each method, null for a grid"),
        .integer("seed", \.seed, in: 0...Int.max, "seed of what is drawn"),
      ]
    }

    /// A number of trials belongs to what is drawn.
    public func violation() -> ConstraintViolation? {
      switch (kind, trials) {
      case (.grid, let trials?):
        ConstraintViolation("trials", "is \(trials), expected null with kind: grid")
      case (.random, nil), (.sobol, nil):
        ConstraintViolation("trials", "is null, expected how many with kind: \(kind.rawValue)")
      default: nil
      }
    }
  }

  /// The seeds of the runs; final ones chose nothing.
  public struct Seeds: Settings, Sendable, Equatable {
    private var tuningTexts = ["1"]
    private var finalTexts = ["101...103"]

    /// One seed to tune with, three others to finish with.
    public init() {}

    /// The keys.
    public static var fields: [Field<Self>] {
      [
        .texts("tuning", \.tuningTexts, counts: 1...1000, "such as 1...2, for choosing settings"),
        .texts("final", \.finalTexts, counts: 1...1000, "others, for the runs that are reported"),
      ]
    }

    /// Seeds to choose settings with.
    public var tuning: [Int] { Self.list(tuningTexts) ?? [] }
    /// Seeds of the runs at the end.
    public var final: [Int] { Self.list(finalTexts) ?? [] }

    private static func list(_ texts: [String]) -> [Int]? {
      SeedList(texts.joined(separator: ","))?.seeds
    }

    /// Seeds that settings were chosen with would flatter them.
    public func violation() -> ConstraintViolation? {
      for (key, texts) in [("tuning", tuningTexts), ("final", finalTexts)]
      where Self.list(texts) == nil {
        return ConstraintViolation(
          key,
          "is \(texts.joined(separator: ", ")), expected seeds such as 1...3 or [1, 5], none twice")
      }
      guard let both = final.first(where: tuning.contains) else { return nil }
      return ConstraintViolation(
        "final",
        "has \(both), which is one of tuning; expected other seeds: those chose the settings")
    }
  }

  /// What is to be greatest.
  public struct Objective: Settings, Sendable, Equatable {
    /// Where tasks come from.
    public var split = TaskSplit.validation
    /// What is measured.
    public var measure = Measure.score
    /// How it is measured.
    public var `protocol` = MeasuredBy.perStep
    /// After how many steps, or episodes; nil for as many as the base trains for.
    public var after: Int?
    /// Tasks.
    public var tasks = 40
    /// Episodes for each step; nil for as many as in training.
    public var episodes: Int?
    /// The seed of tasks and episodes.
    public var seed = 1

    /// What is measured.
    public enum Measure: String, Sendable, CaseIterable {
      /// The mean return, or score of examples.
      case score
      /// The mean over the whole curve.
      case area
      /// The share of successful episodes.
      case success
    }

    /// How a curve is measured.
    public enum MeasuredBy: String, Sendable, CaseIterable {
      /// After gradient steps.
      case perStep = "per-step"
      /// After episodes of experience.
      case perEpisode = "per-episode"
      /// Each episode as it goes.
      case online
    }

    /// The mean return after as many steps as in training, on 40 validation tasks.
    public init() {}

    /// The keys.
    public static var fields: [Field<Self>] {
      [
        .choice("split", \.split, "validation, or train: test tasks choose nothing"),
        .choice("measure", \.measure, "mean score, mean over the curve, or share of successes"),
        .choice("protocol", \.protocol, "what the curve is measured after"),
        .optionalInteger(
          "after", \.after, in: 0...1000,
          "steps or episodes that count, null for as many as base trains for"),
        .integer("tasks", \.tasks, in: 1...100_000, "validation tasks"),
        .optionalInteger(
          "episodes", \.episodes, in: 1...10_000,
          "as fledge evaluate --episodes, null for training's"),
        .integer("seed", \.seed, in: 0...Int.max, "seed of tasks and episodes"),
      ]
    }

    /// Tasks of tests measure what was chosen.
    public func violation() -> ConstraintViolation? {
      let counts = EvaluationRequest.episodeCounts
      if let after, `protocol` == .perEpisode, !counts.contains(after) {
        return ConstraintViolation(
          "after",
          "is \(after), expected one of \(counts.map(String.init).joined(separator: ", ")) episodes, after which "
            + "curves per episode are measured")
      }
      guard split != .validation && split != .train else { return nil }
      return ConstraintViolation(
        "split",
        "is \(split.rawValue), expected validation: tasks that settings were chosen on would flatter them, "
          + "and the final runs are measured on test tasks")
    }
  }

  /// How the chosen settings are measured at the end, on test tasks.
  public struct Final: Settings, Sendable, Equatable {
    /// Test tasks.
    public var tasks = 40
    /// Episodes for each step; nil for as many as in training.
    public var episodes: Int?
    /// The seed of tasks and episodes.
    public var seed = 1

    /// On 40 test tasks.
    public init() {}

    /// The keys.
    public static var fields: [Field<Self>] {
      [
        .integer("tasks", \.tasks, in: 1...100_000, "test tasks"),
        .optionalInteger(
          "episodes", \.episodes, in: 1...10_000,
          "as fledge evaluate --episodes, null for training's"),
        .integer("seed", \.seed, in: 0...Int.max, "seed of tasks and episodes"),
      ]
    }
  }
}
