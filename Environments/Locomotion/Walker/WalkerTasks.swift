public import EnvironmentKit
public import Randomness

/// What the tasks of ``Walker`` vary, and what its reward asks for.
public enum WalkerFamily: String, ParameterChoice {
  /// BipedalWalker itself: one task.
  case original
  /// Walk at a commanded velocity.
  case velocity
  /// BipedalWalker's reward with changed masses, friction, gravity and motors.
  case dynamics
  /// BipedalWalker's reward on slopes, over bumps and steps.
  case terrain

  /// The family of the other robots that draws and observes the same tasks, if there is one.
  var shared: TaskFamily? {
    switch self {
    case .original: nil
    case .velocity: .velocity
    case .dynamics: .dynamics
    case .terrain: .terrain
    }
  }
}

/// The tasks of one family of ``Walker``.
///
/// - `original`: the neutral task in every split, so that what is held out are episodes.
/// - `velocity`, `dynamics`: as ``LocomotionTasks`` draws them, with this environment's parameters.
/// - `terrain`: likewise, with bumps and steps three times as high, since the legs are 2.3 m long:
///   slopes within 0.15, bumps and steps up to 0.15 m; shifted, each one to one and a half times as
///   much.
public struct WalkerTasks: TaskDistribution {
  let parameters: WalkerParameters

  /// Draws a task.
  ///
  /// - Parameters:
  ///   - split: Shifted tasks lie outside the training range.
  ///   - random: The stream to draw from.
  /// - Returns: A task of the family.
  public func sample(split: TaskSplit, random: inout RandomStream) -> LocomotionTask {
    guard let family = parameters.task.shared else { return LocomotionTask() }
    var shared = LocomotionParameters()
    shared.task = family
    shared.minimumVelocity = parameters.minimumVelocity
    shared.maximumVelocity = parameters.maximumVelocity
    shared.shiftedVelocity = parameters.shiftedVelocity
    shared.dynamicsBase = parameters.dynamicsBase
    let tasks = LocomotionTasks(parameters: shared, joints: WalkerBody.joints.count)
    var task = tasks.sample(split: split, random: &random)
    task.terrain.roughness *= Self.scale
    task.terrain.stepHeight *= Self.scale
    return task
  }

  /// How much longer these legs are than those that the shared heights were made for.
  private static let scale: Float = 3
}
