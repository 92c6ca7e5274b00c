public import Adaptation
public import Differentiation
public import Policies
public import Settings

/// An outer method's name, as configurations have it.
public struct OuterMethodName: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
  /// The name.
  public let rawValue: String

  /// A name of some method.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// A name of some method.
  public init(stringLiteral name: String) { rawValue = name }
}

/// What is known of an outer method before it is made.
public struct OuterMethodDefinition: Sendable {
  /// Its name in configurations.
  public let name: OuterMethodName
  /// One line on what it does.
  public let summary: String
  /// How it differentiates the losses after adaptation.
  public let derivative: OuterDerivative
  /// Whether the loss after each inner step can have a weight.
  public var weighsSteps = false
  /// Whether it has a gradient for inner step sizes.
  public var improvesStepSizes = true
  /// Whether it can credit episodes for what adapting to them brought.
  public var creditsExploration = false
  /// Whether inner steps lead to an inner optimum.
  public var descendsToOptimum = false
  /// Whether it keeps something of each training task, so that these have to be finitely many.
  public var keepsTrainingTasks = false
  /// Whether it needs a policy and its distribution over actions.
  public let needsPolicy: Bool
  /// What in settings it can't work with; nil where it can.
  public var refusal: @Sendable (MetaLearningSettings) -> ConstraintViolation? = { _ in nil }
  /// How often episodes are collected of a task in an iteration.
  public var collections: @Sendable (MetaLearningSettings) -> Int = { $0.inner.steps + 1 }
  /// The checks of its derivatives, of a problem, by a seed, broken on purpose or not; nil for those of the inner loop
  /// and of the loss through it.
  var checks: (@Sendable (Problem, MetaLearningSettings, UInt64, Bool) throws -> [GradientCheck])?
  /// How a policy that it trained adapts to a task; nil for gradient steps by the inner loop.
  public var adaptation:
    (@Sendable (Policy, LearnerState, MetaLearningSettings, TestTimeRule) -> any Adaptation)?
  /// What it holds at once of a problem beside the episodes, at the least.
  public var memory: @Sendable (Problem, MetaLearningSettings) -> [MethodMemory] = { _, _ in [] }
  /// What `--method` names of it.
  public var presets: [MethodPreset] = []
  /// The keys that it alone has in the section `outer`; empty for methods with ``OuterSettings/parameters``.
  public var fields: @Sendable () -> [Field<OuterSettings>] = { [] }

  /// What it carries along before the first iteration, by names for a checkpoint.
  ///
  /// Throws `SettingsError` where ``OuterSettings/parameters`` are not the method's.
  public let initialState:
    @Sendable (MetaLearningSettings, ParameterLayout) throws -> [String: [Double]]
  /// How many numbers it keeps of a step in ``LearnerState/replay``; nil where it keeps none. Throws as ``initialState``.
  public let replayWidth: @Sendable (MetaLearningSettings, ParameterLayout) throws -> Int?
  let begin: @Sendable (LearnerTasks, MetaLearningSettings) throws -> LearnerUpdate

  /// A method for tasks of any kind.
  ///
  /// - Parameters:
  ///   - name: Its name in configurations.
  ///   - summary: One line on what it does.
  ///   - derivative: How it differentiates the losses after adaptation.
  ///   - method: Its type.
  public init<Method: OuterMethod>(
    _ name: OuterMethodName, _ summary: String, derivative: OuterDerivative, _ method: Method.Type
  ) where Method.Tasks == any TaskAdapter {
    self.init(
      name, summary, derivative, needsPolicy: false,
      state: { try Self.made(Method.self, $0).initialState(for: $1) },
      replayWidth: { try Self.made(Method.self, $0).replayWidth(for: $1) }
    ) { tasks, settings in
      let method = try Self.made(Method.self, settings)
      let adapter = try tasks.adapter(settings)
      return { try method.update(&$0, on: $1.iteration(of: adapter)) }
    }
  }

  /// A method that needs a policy and its episodes.
  ///
  /// - Parameters:
  ///   - name: Its name in configurations.
  ///   - summary: One line on what it does.
  ///   - derivative: How it differentiates the losses after adaptation.
  ///   - method: Its type.
  public init<Method: OuterMethod>(
    _ name: OuterMethodName, _ summary: String, derivative: OuterDerivative, _ method: Method.Type
  ) where Method.Tasks == EpisodeAdapter {
    self.init(
      name, summary, derivative, needsPolicy: true,
      state: { try Self.made(Method.self, $0).initialState(for: $1) },
      replayWidth: { try Self.made(Method.self, $0).replayWidth(for: $1) }
    ) { tasks, settings in
      let method = try Self.made(Method.self, settings)
      let adapter = try tasks.episodeAdapter(settings, for: name)
      return { try method.update(&$0, on: $1.iteration(of: adapter)) }
    }
  }

  private static func made<Method: OuterMethod>(
    _ type: Method.Type, _ settings: MetaLearningSettings
  ) throws -> Method {
    Method(
      settings, try Method.Keys(parameters: settings.outer.parameters, path: "outer.parameters"))
  }

  private init(
    _ name: OuterMethodName, _ summary: String, _ derivative: OuterDerivative, needsPolicy: Bool,
    state: @escaping @Sendable (MetaLearningSettings, ParameterLayout) throws -> [String: [Double]],
    replayWidth: @escaping @Sendable (MetaLearningSettings, ParameterLayout) throws -> Int?,
    begin: @escaping @Sendable (LearnerTasks, MetaLearningSettings) throws -> LearnerUpdate
  ) {
    self.name = name
    self.summary = summary
    self.derivative = derivative
    self.needsPolicy = needsPolicy
    initialState = state
    self.replayWidth = replayWidth
    self.begin = begin
  }
}

/// Memory that an outer method takes for one purpose.
public struct MethodMemory: Sendable {
  /// In bytes, for each part of the work.
  public let bytes: Double
  /// The parts that threads share.
  public let parts: Int
  /// What it is for, in words.
  public let what: String
  /// The key that it grows with, in the section `outer`, and its value.
  public let (key, value): (String, Int)

  /// What of it a checkpoint holds, in bytes.
  public let savedBytes: Double

  /// Memory for a purpose.
  ///
  /// - Parameters:
  ///   - bytes: How much, for each part of the work.
  ///   - parts: The parts that threads share: each has one at a time.
  ///   - what: What it is for, in words.
  ///   - key: The key that it grows with, in the section `outer`.
  ///   - value: The key's value.
  ///   - savedBytes: What of it a checkpoint holds.
  public init(
    bytes: Double, parts: Int, for what: String, key: String, value: Int, savedBytes: Double = 0
  ) {
    self.savedBytes = savedBytes
    (self.bytes, self.parts, self.what) = (bytes, parts, what)
    (self.key, self.value) = (key, value)
  }
}

/// The outer methods that configurations may name.
public struct OuterMethods: Sendable {
  /// In the order in which they are listed.
  public private(set) var all: [OuterMethodDefinition]

  /// Some methods, each of its own name.
  public init(_ all: [OuterMethodDefinition]) { self.all = all }

  /// The method of a name; nil where there is none.
  public func named(_ name: OuterMethodName) -> OuterMethodDefinition? {
    all.first { $0.name == name }
  }

  /// The method of a name that is known to be one's.
  public subscript(name: OuterMethodName) -> OuterMethodDefinition {
    guard let method = named(name) else {
      preconditionFailure("no outer method has the name '\(name.rawValue)'")
    }
    return method
  }

  /// The names of those that have a use for examples, in words.
  public var forExamples: String {
    let names = all.filter { !$0.needsPolicy }.map(\.name.rawValue)
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }

  /// Adds a method.
  ///
  /// - Throws: `ConstraintViolation` where another has its name.
  public mutating func register(
    _ method: OuterMethodDefinition
  ) throws(ConstraintViolation) {
    guard named(method.name) == nil else {
      throw ConstraintViolation(
        "outer.method", "has '\(method.name.rawValue)' already; give the method another name")
    }
    all.append(method)
  }
}

extension OuterMethodDefinition {
  /// What in settings the method can't work with.
  ///
  /// - Parameter settings: All that defines a meta-learner.
  /// - Returns: The key at fault, with what is wrong and what would be right; nil where there is nothing.
  public func violation(in settings: MetaLearningSettings) -> ConstraintViolation? {
    let (inner, outer) = (settings.inner, settings.outer)
    if !outer.stepWeights.isEmpty && !weighsSteps {
      return ConstraintViolation(
        "outer.stepWeights", "is not empty, expected [] with method: \(name.rawValue)")
    }
    if outer.explorationCredit > 0 && !creditsExploration {
      return ConstraintViolation(
        "outer.explorationCredit",
        "is \(outer.explorationCredit), expected 0 with method: \(name.rawValue)")
    }
    if !improvesStepSizes && inner.stepSizeRule != .fixed {
      return ConstraintViolation(
        "inner.stepSizeRule",
        "is \(inner.stepSizeRule.rawValue), expected fixed with outer.method: \(name.rawValue), "
          + "which has no gradient for it")
    }
    return refusal(settings)
  }
}

extension MetaLearningSettings {
  /// What is wrong for a method that has nothing to learn from without adaptation; nil where there are inner steps.
  public var withoutInnerSteps: ConstraintViolation? {
    guard inner.steps == 0 else { return nil }
    return ConstraintViolation(
      "inner.steps", "is 0, expected at least 1 with outer.method: \(outer.method.rawValue)")
  }
}
