/// What a step gives beside the next observation.
public struct Transition: Sendable, Hashable {
  /// The reward of the step.
  public var reward: Float
  /// Whether the episode ended here by the environment's own rule; the time limit isn't one.
  public var terminated: Bool

  /// Creates a transition.
  ///
  /// - Parameters:
  ///   - reward: The reward of the step.
  ///   - terminated: Whether the episode ended by the environment's own rule.
  @inlinable
  public init(reward: Float, terminated: Bool = false) {
    self.reward = reward
    self.terminated = terminated
  }

  /// A step after which the episode goes on.
  ///
  /// - Parameter reward: The reward of the step.
  /// - Returns: A transition that isn't terminated.
  @inlinable
  public static func running(reward: Float) -> Transition {
    Transition(reward: reward)
  }

  /// A step that ended the episode; the return after it is 0.
  ///
  /// - Parameter reward: The reward of the step.
  /// - Returns: A transition that is terminated.
  @inlinable
  public static func terminal(reward: Float) -> Transition {
    Transition(reward: reward, terminated: true)
  }
}
