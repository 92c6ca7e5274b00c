/// What a random stream is drawn for: the last part of its name.
///
/// Two uses at the same iteration, task, phase and episode must not share a stream, so each has a
/// purpose of its own. The raw values enter the name of the stream: never renumber them.
public enum StreamPurpose: UInt32, Sendable, CaseIterable {
  /// Sampling tasks from a distribution.
  case tasks = 1
  /// Initial parameters of a policy or a network.
  case initialization = 2
  /// Actions drawn from a policy.
  case actions = 3
  /// Initial states and noise inside an environment.
  case environment = 4
  /// Resampling for confidence intervals.
  case bootstrap = 5
  /// Uniformly random actions of a speed measurement.
  case benchmark = 6
  /// Points and directions of a numerical check.
  case verification = 7
  /// Order of examples in minibatches.
  case minibatches = 8
  /// Examples of a supervised task.
  case examples = 9
  /// Moments of trials that beliefs are asked at, what they are asked, and samples of them.
  case beliefs = 10
  /// What a policy remembers before an episode, where that is drawn.
  case memories = 11
  /// Tasks and steps of a replay that an update learns from.
  case replay = 12
}
