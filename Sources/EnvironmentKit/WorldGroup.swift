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

  /// Shows a world as it is now.
  ///
  /// - Parameter world: The world's index, below ``count``, reset before.
  /// - Returns: What it looks like, nil for an environment that doesn't show itself.
  func scene(of world: Int) -> Scene?
}

extension WorldGroup {
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
