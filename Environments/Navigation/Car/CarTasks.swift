public import EnvironmentKit
public import Randomness

/// The tasks of the car.
///
/// Goals are uniform on a square, and not at the start; friction is the same for all in the family
/// `goal`, and uniform on a range in the family `friction`. Shifted tasks have goals in the band
/// around the square, or friction below the range.
public struct CarTasks: TaskDistribution {
  private let parameters: CarNavigation.Parameters

  /// The least distance of a goal from the centre, in m: an episode has to lead somewhere.
  private static let leastDistance: Float = 0.6

  init(_ parameters: CarNavigation.Parameters) { self.parameters = parameters }

  /// Draws a task.
  ///
  /// - Parameters:
  ///   - split: Shifted tasks lie outside the others' goals or friction.
  ///   - random: The stream to draw from.
  /// - Returns: A task with goal and friction.
  public func sample(split: TaskSplit, random: inout RandomStream) -> CarNavigation.Task {
    let isShifted = split == .shifted
    switch parameters.task {
    case .goal:
      let goal = goal(isShifted: isShifted, &random)
      return CarNavigation.Task(goal: goal, friction: parameters.friction)
    case .friction:
      let goal = goal(isShifted: false, &random)
      let range =
        isShifted
        ? parameters.shiftedFriction...parameters.leastFriction.nextDown
        : parameters.leastFriction...parameters.friction
      return CarNavigation.Task(goal: goal, friction: random.uniform(in: range))
    }
  }

  /// The parameters' bounds leave a third of the goals or more, so this ends.
  private func goal(isShifted: Bool, _ random: inout RandomStream) -> SIMD2<Float> {
    while true {
      let goal =
        isShifted
        ? random.point(inBand: parameters.goalRange...parameters.shiftedRange)
        : random.point(within: parameters.goalRange)
      if length(goal) >= Self.leastDistance { return goal }
    }
  }
}
