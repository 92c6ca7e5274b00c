public import EnvironmentKit
internal import Foundation

/// What a task distribution varies, and what its reward asks for.
public enum TaskFamily: String, ParameterChoice {
  /// Run at a commanded velocity.
  case velocity
  /// Run forward or backward.
  case direction
  /// Run forward with changed masses, friction, gravity and motors.
  case dynamics
  /// Run forward over slopes, bumps and steps.
  case terrain

  /// The reward of a forward velocity in m/s, without costs.
  func reward(velocity: Float, task: LocomotionTask) -> Float {
    switch self {
    case .velocity: -abs(velocity - task.velocity)
    case .direction: task.direction * velocity
    case .dynamics, .terrain: velocity
    }
  }

  /// What ``observation(of:joints:)`` gives.
  func components(joints: [String]) -> [Component] {
    switch self {
    case .velocity: [Component("commanded velocity", unit: "m/s")]
    case .direction: [Component("rewarded direction", range: -1...1)]
    case .dynamics:
      ["mass", "friction", "gravity", "strength"].map { Component("logarithm of \($0) factor") }
        + joints.map { Component("weakness of \($0)", range: 0...1) }
    case .terrain:
      [
        Component("slope", unit: "0.1"), Component("roughness", unit: "0.1 m"),
        Component("step height", unit: "0.1 m"),
      ]
    }
  }

  /// The task in numbers of about unit size, for an oracle that may see it.
  func observation(of task: LocomotionTask, joints: Int) -> [Float] {
    switch self {
    case .velocity: return [task.velocity]
    case .direction: return [task.direction]
    case .dynamics:
      let dynamics = task.dynamics
      return [dynamics.mass, dynamics.friction, dynamics.gravity, dynamics.strength]
        .map { log(max($0, 0.01)) }
        + (0..<joints).map { $0 == dynamics.weakJoint ? 1 - dynamics.weakStrength : 0 }
    case .terrain:
      let terrain = task.terrain
      return [terrain.slope, terrain.roughness, terrain.stepHeight].map { 10 * $0 }
    }
  }
}
