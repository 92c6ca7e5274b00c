public import EnvironmentKit

/// How the environments of this module reward.
public enum NavigationReward: String, ParameterChoice {
  /// Minus the length of the shortest way to the goal after each step, in m.
  case dense
  /// 1 at the goal, 0 before it.
  case sparse
}

extension NavigationReward {
  /// The reward of a step.
  ///
  /// - Parameters:
  ///   - isAtGoal: Whether the step ended at the goal.
  ///   - distance: The length of the way that is left, in m; not asked for by a sparse reward.
  /// - Returns: The reward.
  func value(isAtGoal: Bool, distance: () -> Float) -> Float {
    switch self {
    case .dense: -distance()
    case .sparse: isAtGoal ? 1 : 0
    }
  }
}
