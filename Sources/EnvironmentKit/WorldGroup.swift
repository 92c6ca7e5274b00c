public import Randomness

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
  func reset(
    worlds: Span<Int32>, streams: Span<RandomStream>, observations: inout MutableSpan<Float>)

  /// Takes one step in each of the named worlds.
  ///
  /// - Parameters:
  ///   - worlds: The worlds to step, `[row]`.
  ///   - actions: Their actions, `[row, component]`.
  ///   - observations: Receives the next observations, `[row, component]`.
  ///   - rewards: Receives the rewards, `[row]`.
  ///   - terminated: Receives whether each episode terminated, `[row]`.
  func step(
    worlds: Span<Int32>, actions: Span<Float>, observations: inout MutableSpan<Float>,
    rewards: inout MutableSpan<Float>, terminated: inout MutableSpan<Bool>)

  /// Shows a world as it is now.
  ///
  /// - Parameter world: The world's index, below ``count``, reset before.
  /// - Returns: What it looks like, nil for an environment that doesn't show itself.
  func scene(of world: Int) -> Scene?
}
