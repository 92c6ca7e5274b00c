public import Adaptation
public import MetaLearning
public import Models
public import Policies
public import Rollouts
public import Settings

/// Everything that defines a run: what `config.yaml` holds.
public struct Configuration: Settings, Sendable, Equatable {
  /// The preset that omitted keys are taken from; nil for the defaults.
  public var extends: String?
  /// Shared libraries with environments, loaded before the environment is looked up.
  public var plugins: [String] = []
  /// What the policy acts in.
  public var environment = EnvironmentSettings()
  /// The policy, where tasks have episodes.
  public var policy = PolicySettings()
  /// The model, where tasks have examples.
  public var model = ModelSettings()
  /// How the policy is adapted to a task.
  public var inner = InnerSettings()
  /// How advantages are computed.
  public var baseline = AdvantageSettings()
  /// How the initialization is improved.
  public var outer = OuterSettings()
  /// How the run is adapted after training.
  public var evaluation = EvaluationSettings()
  /// The run itself.
  public var run = RunSettings()

  /// The defaults of every section.
  public init() {}

  /// The sections, in the order in which they are written.
  public static var fields: [Field<Self>] {
    [
      .optionalText(
        "extends", \.extends, "preset that keys left out are taken from, null for the defaults"),
      .texts("plugins", \.plugins, "shared libraries with environments of your own"),
      .section(
        "environment", \.environment, "what the policy acts in, or where examples come from"),
      .section("policy", \.policy, "the network and its action distribution (episodes)"),
      .section("model", \.model, "the network (examples)"),
      .section("inner", \.inner, "adaptation to a task"),
      .section("baseline", \.baseline, "advantages of the episodes"),
      .section("outer", \.outer, "improvement of the initialization"),
      .section("evaluation", \.evaluation, "adaptation after training, chosen on validation tasks"),
      .section("run", \.run, "the run itself"),
    ]
  }

  /// What contradicts itself between sections.
  public func violation() -> ConstraintViolation? {
    let weights = outer.stepWeights
    if !weights.isEmpty && weights.count != inner.steps {
      return ConstraintViolation(
        "outer.stepWeights",
        "has \(weights.count) items, expected one for each of inner.steps (\(inner.steps)), or none"
      )
    }
    if outer.explorationCredit > 0 && outer.tasks == 1 {
      return ConstraintViolation(
        "outer.tasks",
        "is 1, expected at least 2 with outer.explorationCredit: what a task's episodes are credited with "
          + "is compared with the other tasks'")
    }
    // Methods of others are known where the experiment is made.
    let settings = metaLearning
    return settings.methods.named(outer.method)?.violation(in: settings)
  }

  /// The part that the meta-learner sees.
  public var metaLearning: MetaLearningSettings {
    get {
      var settings = MetaLearningSettings()
      settings.policy = policy
      settings.model = model
      settings.inner = inner
      settings.advantages = baseline
      settings.outer = outer
      return settings
    }
    set {
      (policy, model, inner) = (newValue.policy, newValue.model, newValue.inner)
      (baseline, outer) = (newValue.advantages, newValue.outer)
    }
  }
}

/// Which environment a run is on.
public struct EnvironmentSettings: Settings, Sendable, Equatable {
  /// The registered name.
  public var name = "point-navigation"
  /// The environment's own parameters; what is left out has its default.
  public var parameters: [String: ParameterValue] = [:]
  /// Tells what the tasks are made of, beside Fledge and the parameters: a library, files, an author's code. Nil to
  /// take what there is.
  public var content: String?
  /// The task that training leaves out and tests are on, or what tasks are made of such as an alphabet, by
  /// its place among finitely many; nil for none.
  public var leftOutTask: Int?
  /// The size of the pool that all training tasks are drawn from; nil for no such limit.
  public var trainingTasks: Int?

  /// The paper's 2D navigation.
  public init() {}

  /// The keys.
  public static var fields: [Field<Self>] {
    [
      .text("name", \.name, "registered name; fledge environments lists them"),
      .parameters("parameters", \.parameters, "the environment's own"),
      .optionalText(
        "content", \.content,
        "checksum of the library, data or code of others that it is made of, null for what there is"
      ),
      .optionalInteger(
        "leftOutTask", \.leftOutTask, in: 0...1_000_000,
        "task or member that training leaves out and tests are on, null for none"),
      .optionalInteger(
        "trainingTasks", \.trainingTasks, in: 1...1_000_000,
        "size of the pool that all training tasks are drawn from, null for no limit"),
    ]
  }
}

/// What belongs to a run rather than to what is learned.
public struct RunSettings: Settings, Sendable, Equatable {
  /// The name, of which the run directory's is made; empty for that of the preset or of the configuration's file.
  public var name = ""
  /// The seed of every random stream.
  public var seed = 1
  /// Threads; 0 for one on each core. The results don't depend on it.
  public var threads = 0
  /// Meta-iterations from one checkpoint to the next.
  public var checkpointEvery = 20
  /// How many of the newest checkpoints stay, beside the best on validation tasks; nil for all.
  public var keep: Int?
  /// Validation tasks that each checkpoint is measured on; 0 for none.
  public var validationTasks = 0
  /// Checkpoints without a better validation score after which the run ends; nil for none.
  public var patience: Int?

  /// A run on all cores that keeps every checkpoint.
  public init() {}

  /// The keys.
  public static var fields: [Field<Self>] {
    [
      .optionalText(
        "name", \.givenName,
        "name of the run, whose directory is runs/<name>-<seed>; null for the file's"),
      .integer("seed", \.seed, in: 0...Int.max, "seed of every random stream"),
      .integer(
        "threads", \.threads, in: 0...1024, "threads, 0 for all cores; results don't depend on it"),
      .integer(
        "checkpointEvery", \.checkpointEvery, in: 1...1_000_000,
        "iterations from one checkpoint to the next"),
      .optionalInteger(
        "keep", \.keep, in: 1...1_000_000,
        "newest checkpoints that stay beside the best, null for all"),
      .integer(
        "validationTasks", \.validationTasks, in: 0...100_000,
        "validation tasks that each checkpoint is measured on, 0 for none"),
      .optionalInteger(
        "patience", \.patience, in: 1...1_000_000,
        "checkpoints without a better validation score that end the run, null for no such end"),
    ]
  }

  private var givenName: String? {
    get { name.isEmpty ? nil : name }
    set { name = newValue ?? "" }
  }

  /// A name has to be one part of a path, and patience something to wait for.
  public func violation() -> ConstraintViolation? {
    if let patience, validationTasks == 0 {
      return ConstraintViolation(
        "patience", "is \(patience), expected null where validationTasks is 0")
    }
    let isPlain = !name.hasPrefix(".") && name.utf8.count <= 100
    guard isPlain, name.allSatisfy(Self.isPlain) else {
      return ConstraintViolation(
        "name", "is not a name of 1 to 100 letters, digits, and - _ . after the first")
    }
    return nil
  }

  private static func isPlain(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "-_.".contains(character)
  }

  /// Names the run by a file, unless it has a name.
  ///
  /// - Parameter path: The configuration's file.
  public mutating func name(by path: String) {
    guard name.isEmpty else { return }
    let file = path.split(separator: "/").last ?? ""
    let stem = file.lastIndex(of: ".").map { file[..<$0] } ?? file
    let plain = stem.map { Self.isPlain($0) ? $0 : "-" }.drop { $0 == "." }.prefix(80)
    name = plain.isEmpty ? "run" : String(plain)
  }
}
