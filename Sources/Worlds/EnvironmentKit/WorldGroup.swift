public import Randomness

/// Why worlds can't go on: what an environment that is run by other code may meet.
public struct WorldFailure: Error, Hashable, CustomStringConvertible {
  /// One line: who failed and how.
  public let description: String
  /// The row of the call at fault, where that is known.
  public let row: Int?

  /// Creates a failure.
  ///
  /// - Parameters:
  ///   - description: One line: who failed and how.
  ///   - row: The row of the call at fault, where that is known.
  public init(_ description: String, row: Int? = nil) {
    self.description = description
    self.row = row
  }
}

/// What a step tells of its episode, beside whether it terminated.
public struct StepOutcome: OptionSet, Sendable, Hashable {
  /// The bits, as workers and shared libraries write them.
  public let rawValue: UInt8

  /// Creates an outcome.
  ///
  /// - Parameter rawValue: The bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The episode ends here, before the time limit, though it would go on: what would have come counts.
  public static let truncated = StepOutcome(rawValue: 2)
  /// The step says whether the episode is a success.
  public static let tellsSuccess = StepOutcome(rawValue: 4)
  /// The episode is a success, should it end here.
  public static let succeeded = StepOutcome(rawValue: 8)
}

/// Worlds that step through episodes of one task in lockstep.
///
/// Confined to one thread at a time; make a group for each worker. Every buffer is row-major, and
/// row `i` belongs to the world `worlds[i]`: since episodes end at different times, a collector
/// passes only the living ones. A step allocates nothing.
public protocol WorldGroup: AnyObject {
  /// The number of worlds; `worlds` holds indices below it.
  var count: Int { get }
  /// What every world observes and takes.
  var specification: EnvironmentSpecification { get }

  /// Sets the task of the episodes that are reset from now on.
  ///
  /// - Parameter task: A task of this environment.
  /// - Throws: `EnvironmentError` for a task of another environment.
  func setTask(_ task: AnyTask) throws(EnvironmentError)

  /// Starts episodes.
  ///
  /// - Parameters:
  ///   - worlds: The worlds to reset, `[row]`.
  ///   - streams: The stream of each world's episode, `[row]`; the group keeps it for the steps.
  ///   - observations: Receives the first observations, `[row, component]`.
  /// - Throws: `WorldFailure` where an environment can fail at all; those written in Swift can't.
  func reset(
    worlds: Span<Int32>, streams: Span<RandomStream>, observations: inout MutableSpan<Float>
  ) throws(WorldFailure)

  /// Takes one step in each of the named worlds.
  ///
  /// - Parameters:
  ///   - worlds: The worlds to step, `[row]`.
  ///   - actions: Their actions, `[row, component]`.
  ///   - observations: Receives the next observations, `[row, component]`.
  ///   - rewards: Receives the rewards, `[row]`.
  ///   - terminated: Receives whether each episode terminated, `[row]`.
  /// - Throws: `WorldFailure`, as ``reset(worlds:streams:observations:)`` does.
  func step(
    worlds: Span<Int32>, actions: Span<Float>, observations: inout MutableSpan<Float>,
    rewards: inout MutableSpan<Float>, terminated: inout MutableSpan<Bool>
  ) throws(WorldFailure)

  /// Whether a reset of some worlds ends the episodes of the others; the default is no.
  var resetsTogether: Bool { get }

  /// Whether steps tell more of an episode than that it terminated; the default is no.
  var tellsOutcomes: Bool { get }

  /// What the last step told.
  ///
  /// - Parameter row: A row of the last step.
  /// - Returns: The outcome; nothing by default.
  func outcome(ofRow row: Int) -> StepOutcome

  /// Shows a world as it is now.
  ///
  /// - Parameter world: The world's index, below ``count``, reset before.
  /// - Returns: What it looks like, nil for an environment that doesn't show itself.
  func scene(of world: Int) -> Scene?

  /// Pictures a world as it is now, of an environment that draws itself and whose worlds were made to be shown.
  ///
  /// - Parameter world: The world's index, below ``count``, reset before.
  /// - Returns: The bytes of a PNG file; nil by default.
  /// - Throws: `WorldFailure` where it can't be drawn.
  func picture(of world: Int) throws(WorldFailure) -> [UInt8]?
}

extension WorldGroup {
  /// No.
  public var resetsTogether: Bool { false }

  /// No.
  public var tellsOutcomes: Bool { false }

  /// Nothing.
  ///
  /// - Parameter row: A row of the last step.
  /// - Returns: An empty outcome.
  public func outcome(ofRow row: Int) -> StepOutcome { [] }

  /// Nothing.
  ///
  /// - Parameter world: The world's index, below ``count``, reset before.
  /// - Returns: Nil.
  /// - Throws: Nothing.
  public func picture(of world: Int) throws(WorldFailure) -> [UInt8]? { nil }

  /// Takes one step in each of the named worlds, with arrays in place of spans.
  ///
  /// - Parameters:
  ///   - worlds: The worlds to step, `[row]`.
  ///   - actions: Their actions, `[row, component]`.
  ///   - observations: Receives the next observations, `[row, component]`.
  ///   - rewards: Receives the rewards, `[row]`.
  ///   - terminated: Receives whether each episode terminated, `[row]`.
  /// - Throws: `WorldFailure`, as the step that is handed spans does.
  public func step(
    _ worlds: [Int32], _ actions: [Float], _ observations: inout [Float],
    _ rewards: inout [Float], _ terminated: inout [Bool]
  ) throws(WorldFailure) {
    var observationSpan = observations.mutableSpan
    var rewardSpan = rewards.mutableSpan
    var terminatedSpan = terminated.mutableSpan
    try step(
      worlds: worlds.span, actions: actions.span, observations: &observationSpan,
      rewards: &rewardSpan, terminated: &terminatedSpan)
  }
}
