public import EnvironmentKit
internal import Foundation
public import Randomness

/// The tasks of one family.
///
/// - `velocity`: uniform on [`minimumVelocity`, `maximumVelocity`]; shifted, from there to
///   `shiftedVelocity`.
/// - `direction`: forward or backward, each with probability 1/2. There are only these two, so
///   train, validation and test draw the same tasks, and what is held out are episodes. Shifted
///   ones run on ground with 1/2 to 2/3 of the friction.
/// - `dynamics`: mass, friction, gravity and strength are b^u with u uniform on [-1, 1] and the base
///   b = `dynamicsBase`; in half of the tasks one joint keeps but 0.25 to 0.75 of its strength.
///   Shifted, |u| is uniform on [1, 1.5], and the joint, in half of the tasks, keeps at most 0.25.
/// - `terrain`: slopes within 0.15, bumps up to 0.05 m, steps up to 0.05 m; shifted, each one to
///   one and a half times as much.
public struct LocomotionTasks: TaskDistribution {
  let parameters: LocomotionParameters
  let joints: Int

  /// Forward and backward, where the direction is the task.
  public var all: [LocomotionTask]? {
    guard parameters.task == .direction else { return nil }
    return [Float(1), -1].map { direction in
      var task = LocomotionTask()
      task.direction = direction
      return task
    }
  }

  /// Draws a task.
  ///
  /// - Parameters:
  ///   - split: Shifted tasks lie outside the training range.
  ///   - random: The stream to draw from.
  /// - Returns: A task of the family.
  public func sample(split: TaskSplit, random: inout RandomStream) -> LocomotionTask {
    let isShifted = split == .shifted
    var task = LocomotionTask()
    switch parameters.task {
    case .velocity:
      let greatest = parameters.maximumVelocity
      task.velocity = random.uniform(
        in: isShifted
          ? greatest...parameters.shiftedVelocity : parameters.minimumVelocity...greatest)
    case .direction:
      task.direction = random.sign()
      if isShifted { task.dynamics.friction = random.uniform(in: 0.5...(2 / 3)) }
    case .dynamics:
      task.dynamics = dynamics(isShifted: isShifted, random: &random)
    case .terrain:
      task.terrain = terrain(isShifted: isShifted, random: &random)
    }
    return task
  }

  private func dynamics(isShifted: Bool, random: inout RandomStream) -> Dynamics {
    func factor() -> Float {
      let size: Float = random.uniform(in: isShifted ? 1...1.5 : 0...1)
      return pow(parameters.dynamicsBase, random.sign() * size)
    }
    var dynamics = Dynamics()
    dynamics.mass = factor()
    dynamics.friction = factor()
    dynamics.gravity = factor()
    dynamics.strength = factor()
    guard random.index(below: 2) == 0 else { return dynamics }
    dynamics.weakJoint = random.index(below: joints)
    dynamics.weakStrength = random.uniform(in: isShifted ? 0...0.25 : 0.25...0.75)
    return dynamics
  }

  private func terrain(isShifted: Bool, random: inout RandomStream) -> Terrain {
    let share: ClosedRange<Float> = isShifted ? 1...1.5 : 0...1
    var terrain = Terrain()
    terrain.slope = 0.15 * random.sign() * random.uniform(in: share)
    terrain.roughness = 0.05 * random.uniform(in: share)
    terrain.stepHeight = 0.05 * random.uniform(in: share)
    terrain.seed = UInt32(truncatingIfNeeded: random.next())
    return terrain
  }
}

extension RandomStream {
  /// 1 or -1, each with probability 1/2.
  fileprivate mutating func sign() -> Float { index(below: 2) == 0 ? 1 : -1 }
}
