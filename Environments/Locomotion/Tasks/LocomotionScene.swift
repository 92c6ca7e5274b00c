internal import EnvironmentKit
internal import Physics

extension Scene {
  /// Adds the bodies of a world whose ground comes first and whose trunk comes second.
  ///
  /// - Parameters:
  ///   - world: The world.
  ///   - isFar: Whether a limb, by its place among the limbs, is on the far side.
  mutating func add(_ world: World, isFar: (Int) -> Bool) {
    let bodies = world.definition.bodies.indices.map(Body.init(index:))
    for outline in world.outlines(of: bodies[0]) {
      if outline.isClosed {
        add(.obstacle, outline)
      } else {
        addGround(below: outline.points)
      }
    }
    let limbs = bodies.indices.dropFirst(2)
    for limb in limbs where isFar(limb - 2) { add(.farLimb, world.outlines(of: bodies[limb])) }
    add(.body, world.outlines(of: bodies[1]))
    for limb in limbs where !isFar(limb - 2) { add(.limb, world.outlines(of: bodies[limb])) }
  }

  private mutating func add(_ role: Role, _ outlines: [Outline]) {
    for outline in outlines { add(role, outline) }
  }

  private mutating func add(_ role: Role, _ outline: Outline) {
    add(role, outline.points, radius: outline.radius, isClosed: outline.isClosed)
  }

  /// Adds what the task asks for: an arrow over the trunk, or a ring about the weakened joint.
  mutating func add(
    _ task: LocomotionTask, of family: TaskFamily, over trunk: SIMD2<Float>,
    joint: (Int) -> SIMD2<Float>
  ) {
    let start = trunk + [0, 0.6]
    switch family {
    case .velocity: addArrow(from: start, along: [task.velocity / 2, 0])
    case .direction: addArrow(from: start, along: [task.direction / 2, 0])
    case .dynamics, .terrain: break
    }
    let weak = task.dynamics.weakJoint
    if weak >= 0 { add(.change, [joint(weak)], radius: 0.05) }
  }
}

extension LocomotionTask {
  /// The task in words.
  func caption(of family: TaskFamily, joints: [String]) -> String {
    switch family {
    case .velocity: "run at \(rounded(velocity)) m/s"
    case .direction: direction > 0 ? "run forward" : "run backward"
    case .dynamics: "run forward, " + dynamics.caption(joints: joints)
    case .terrain:
      "run forward, slope \(rounded(terrain.slope)), roughness \(rounded(terrain.roughness)) m, "
        + "steps \(rounded(terrain.stepHeight)) m"
    }
  }
}

extension Dynamics {
  fileprivate func caption(joints: [String]) -> String {
    var factors = [
      ("mass", mass), ("friction", friction), ("gravity", gravity), ("strength", strength),
    ]
    if weakJoint >= 0 { factors.append((joints[weakJoint], weakStrength)) }
    return factors.map { "\($0) x \(rounded($1))" }.joined(separator: ", ")
  }
}

/// Two digits after the point.
private func rounded(_ value: Float) -> Float { (value * 100).rounded() / 100 }
