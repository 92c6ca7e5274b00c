public import Randomness

/// The settings of an environment that stay the same over its tasks.
///
/// Every stored property is a setting: its name is the key in a configuration, and `init()` gives
/// the defaults. Keys left out keep their defaults. A setting that can be absent needs a value that
/// says so, since an optional that is nil has no key.
public protocol EnvironmentParameters: Codable, Sendable {
  /// Creates the defaults.
  init()

  /// Checks the values against each other and their ranges; every value is right by default.
  ///
  /// - Throws: An `EnvironmentError` with the key, what was found and what is allowed.
  func validate() throws
}

extension EnvironmentParameters {
  /// Accepts every value.
  public func validate() {}
}

/// The parameters of an environment that has none.
public struct NoParameters: EnvironmentParameters {
  /// Creates the empty parameters.
  public init() {}
}

/// A simulated world; one value is one world.
///
/// An author writes a value type with its state, and the requirements below `specification` that
/// have no default. Observations go into the span that is handed in, actions come as a span, and a
/// step allocates nothing. All randomness comes from the handed streams, so that an episode is a
/// function of its task, its stream and its actions. The time limit is the framework's: a step only
/// says whether the episode *terminated*.
public protocol Environment: Sendable {
  /// What changes from task to task: recorded in results and read back.
  associatedtype Task: Codable, Sendable, Equatable
  /// What stays the same from task to task.
  associatedtype Parameters: EnvironmentParameters
  /// Where tasks come from.
  associatedtype Tasks: TaskDistribution where Tasks.Task == Task

  /// The name in configurations: lower-case words joined by hyphens.
  static var name: String { get }
  /// One line on what is to be done.
  static var summary: String { get }

  /// Describes observations, actions and the horizon.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Returns: The specification of every world with these parameters.
  /// - Throws: An `EnvironmentError` where the parameters don't make a world.
  static func specification(parameters: Parameters) throws -> EnvironmentSpecification

  /// Makes the task distribution.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Returns: The tasks of the environment with these parameters.
  /// - Throws: An `EnvironmentError` where the parameters don't make a distribution.
  static func tasks(parameters: Parameters) throws -> Tasks

  /// Checks a task that was read from a file; the default accepts what decodes.
  ///
  /// - Parameters:
  ///   - task: The task to check.
  ///   - parameters: Valid parameters.
  /// - Throws: An `EnvironmentError` with what was found and what is allowed.
  static func validate(task: Task, parameters: Parameters) throws

  /// The return of the best behaviour on a task, where it is known; the default knows nothing.
  ///
  /// What adapting leaves to be gained is measured against it.
  ///
  /// - Parameters:
  ///   - task: A valid task.
  ///   - parameters: Valid parameters.
  /// - Returns: The undiscounted return of an episode, nil where it isn't known.
  static func optimalReturn(of task: Task, parameters: Parameters) -> Double?

  /// Makes a world, to be reset before its first step.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Throws: An `EnvironmentError` where the parameters don't make a world.
  init(parameters: Parameters) throws

  /// Starts an episode.
  ///
  /// - Parameters:
  ///   - task: The task of the episode.
  ///   - random: The stream of this world's episode, the same one that its steps are handed.
  ///   - observation: Receives the first observation, `[component]`.
  mutating func reset(
    task: Task, random: inout RandomStream, observation: inout MutableSpan<Float>)

  /// Takes one step.
  ///
  /// - Parameters:
  ///   - action: The action, `[component]`, in the units of its bounds. A policy may draw it from beyond them:
  ///     clip it where you need to.
  ///   - random: The stream of this world's episode.
  ///   - observation: Receives the next observation, `[component]`.
  /// - Returns: The reward, and whether the episode terminated.
  mutating func step(
    action: Span<Float>, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) -> Transition

  /// What the world looks like now, for pictures and replays; the default shows nothing.
  var scene: Scene? { get }

  /// Steps some of the worlds of a group; the default steps one after the other.
  ///
  /// It stands in the protocol so that the loop is compiled for the concrete type, beside its
  /// `step`: one indirect call a batch in place of one a world. Authors leave it as it is.
  ///
  /// - Parameters:
  ///   - storage: The worlds and their streams.
  ///   - worlds: The worlds to step, `[row]`.
  ///   - actions: Their actions, `[row, component]`.
  ///   - observations: Receives the next observations, `[row, component]`.
  ///   - rewards: Receives the rewards, `[row]`.
  ///   - terminated: Receives whether each episode terminated, `[row]`.
  static func step(
    _ storage: inout WorldStorage<Self>, worlds: Span<Int32>, actions: Span<Float>,
    observations: inout MutableSpan<Float>, rewards: inout MutableSpan<Float>,
    terminated: inout MutableSpan<Bool>)
}

extension Environment {
  /// Accepts every task that decodes.
  public static func validate(task: Task, parameters: Parameters) {}

  /// Nothing.
  public static func optimalReturn(of task: Task, parameters: Parameters) -> Double? { nil }

  /// Nothing.
  public var scene: Scene? { nil }
}
