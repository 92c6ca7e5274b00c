internal import Adaptation
internal import Differentiation
internal import EnvironmentKit
internal import MetaLearning
internal import Policies
internal import RunRecords
internal import Settings

/// What `policy.json` says of an exported policy: all but its numbers.
struct Description {
  var origin: ExportedPolicy.Origin
  var specification: EnvironmentSpecification
  var settings: MetaLearningSettings
  var rule: TestTimeRule
  /// How many inner steps have learned step sizes.
  var learnedSteps: Int
  var learned: LearnedFacts?

  /// What is told of what was learned.
  struct LearnedFacts {
    var episodes: Int
    var steps: Int
    var task: String?
  }

  /// The name of the format, and its version: another one is refused.
  static let format = (name: "fledge-policy", version: 1)
}

extension Description {
  init(_ exported: ExportedPolicy) {
    (origin, specification) = (exported.origin, exported.specification)
    (settings, rule) = (exported.settings, exported.rule)
    learnedSteps = exported.logStepSizes.shape.rows
    learned = exported.learned.map {
      LearnedFacts(episodes: $0.episodes, steps: $0.steps, task: $0.task)
    }
  }

  /// The content of the file, its keys in order.
  ///
  /// - Parameter distribution: What describes an action.
  /// - Returns: An object.
  /// - Throws: `SettingsError` for settings that can't be written.
  func json(_ distribution: ActionDistribution) throws -> JSON {
    .object([
      ("format", .text(Self.format.name)), ("version", .integer(Self.format.version)),
      ("origin", origin.json), ("observation", .list(specification.observation.map(\.json))),
      ("action", specification.action.json), ("horizon", .integer(specification.horizon)),
      ("distribution", distribution.json), ("method", .text(settings.outer.method.rawValue)),
      ("policy", try settings.policy.json), ("inner", try settings.inner.json),
      ("baseline", try settings.advantages.json), ("stepSizes", rule.json(learnedSteps)),
      ("learned", learned?.json ?? .null),
    ])
  }

  /// Reads the content of a file.
  ///
  /// - Parameters:
  ///   - json: The content.
  ///   - algorithms: The methods that it may name.
  /// - Throws: `FolderDamage`, `SettingsError` or `EnvironmentError`, without the file's name.
  init(_ json: JSON, _ algorithms: Algorithms) throws {
    guard json["format"]?.string == Self.format.name else {
      throw FolderDamage("is no exported policy: its format isn't \(Self.format.name)")
    }
    let version = try json.whole("version", in: 0...1 << 30)
    guard version == Self.format.version else {
      throw FolderDamage(
        "has version \(version), expected \(Self.format.version); export the run again")
    }
    origin = try ExportedPolicy.Origin(json.part("origin"))
    specification = try EnvironmentSpecification(
      observation: json.list("observation").map { try Component($0) },
      action: ActionSpace(json.part("action")), horizon: json.whole("horizon", in: 1...10_000_000))
    settings = MetaLearningSettings()
    settings.methods = algorithms.outerMethods
    settings.policy = try .init(json: json.part("policy"), source: "policy")
    settings.inner = try .init(json: json.part("inner"), source: "inner")
    settings.advantages = try .init(json: json.part("baseline"), source: "baseline")
    settings.outer.method = OuterMethodName(rawValue: try json.text("method"))
    guard settings.methods.named(settings.outer.method) != nil else {
      let name = quoted(settings.outer.method.rawValue)
      throw FolderDamage("was trained by \(name), a method that isn't known here")
    }
    let sizes = try json.part("stepSizes")
    rule = try TestTimeRule(sizes)
    learnedSteps = try sizes.whole("learnedSteps", in: 0...1000)
    let facts = try json.part("learned")
    learned = facts == .null ? nil : try LearnedFacts(facts)
  }
}

extension ExportedPolicy.Origin {
  fileprivate var json: JSON {
    .object([
      ("fledge", .text(fledge)), ("run", .text(run)), ("seed", .integer(seed)),
      ("iteration", .integer(iteration)), ("environment", .text(environment)),
      ("parameters", JSON(.object(parameters))),
    ])
  }

  fileprivate init(_ json: JSON) throws {
    guard case .object(let parameters)? = try ParameterValue(json.part("parameters")) else {
      throw FolderDamage("has origin.parameters that are no object")
    }
    self.init(
      fledge: try json.text("fledge"), run: try json.text("run"),
      seed: try json.whole("seed", in: Int.min...Int.max),
      iteration: try json.whole("iteration", in: 0...Int.max),
      environment: try json.text("environment"), parameters: parameters)
  }
}

extension TestTimeRule {
  fileprivate func json(_ learnedSteps: Int) -> JSON {
    .object([
      ("factor", .number(factor)), ("trainedSteps", trainedSteps.map { .integer($0) } ?? .null),
      ("laterFactor", .number(laterFactor)), ("learnedSteps", .integer(learnedSteps)),
    ])
  }

  fileprivate init(_ json: JSON) throws {
    let trained = try json.part("trainedSteps")
    self.init(
      factor: try json.number("factor", in: 0...1e9),
      trainedSteps: trained == .null ? nil : try json.whole("trainedSteps", in: 0...1000),
      laterFactor: try json.number("laterFactor", in: 0...1e9))
  }
}

extension Description.LearnedFacts {
  fileprivate var json: JSON {
    .object([
      ("episodes", .integer(episodes)), ("steps", .integer(steps)),
      ("task", task.flatMap { JSON($0.utf8.map { $0 }[...]) } ?? .null),
    ])
  }

  fileprivate init(_ json: JSON) throws {
    episodes = try json.whole("episodes", in: 0...1 << 48)
    steps = try json.whole("steps", in: 0...1 << 48)
    let task = try json.part("task")
    self.task = task == .null ? nil : task.text
  }
}

extension Component {
  var json: JSON {
    .object([
      ("name", .text(name)), ("unit", .text(unit)),
      ("low", .number(Double(range.lowerBound))), ("high", .number(Double(range.upperBound))),
    ])
  }

  /// An end that isn't finite is null.
  fileprivate init(_ json: JSON) throws {
    let low = Float(try json.part("low").number ?? .nan)
    let high = Float(try json.part("high").number ?? .nan)
    let ends = (low.isNaN ? -Float.infinity : low, high.isNaN ? Float.infinity : high)
    guard ends.0 <= ends.1 else {
      throw FolderDamage("has a component whose low is \(low) and high \(high)")
    }
    self.init(try json.text("name"), unit: try json.text("unit"), range: ends.0...ends.1)
  }
}

extension ActionSpace {
  var json: JSON {
    switch self {
    case .continuous(let components):
      .object([("kind", .text("continuous")), ("components", .list(components.map(\.json)))])
    case .discrete(let names):
      .object([("kind", .text("discrete")), ("choices", .list(names.map { .text($0) }))])
    }
  }

  fileprivate init(_ json: JSON) throws {
    self =
      switch try json.text("kind") {
      case "continuous": .continuous(try json.list("components").map { try Component($0) })
      case "discrete":
        .discrete(
          try json.list("choices").map {
            guard let name = $0.string else { throw FolderDamage("has a choice without a name") }
            return name
          })
      default: throw FolderDamage("has action.kind \(quoted(try json.text("kind")))")
      }
  }
}

extension ActionDistribution {
  /// What the outputs mean, for people.
  fileprivate var json: JSON {
    let (name, meaning) =
      switch self {
      case .gaussian:
        ("gaussian", "normal numbers with the given mean and exp(logStandardDeviation)")
      case .squashedGaussian:
        (
          "squashedGaussian",
          "tanh of normal numbers with the given mean and exp(logStandardDeviation)"
        )
      case .categorical: ("categorical", "choices with the softmax of the logits")
      }
    let bounds = self == .categorical ? "" : "; -1 and 1 stand for the bounds of a component"
    return .object([("name", .text(name)), ("meaning", .text(meaning + bounds))])
  }
}
