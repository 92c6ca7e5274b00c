extension JointDefinition {
  func validate(bodies: [BodyDefinition]) throws(PhysicsError) {
    let checks = Checks(place: "joint '\(name)'")
    for body in [first, second] where !bodies.indices.contains(body.index) {
      throw checks.fail("there is no body \(body.index); the world has \(bodies.count)")
    }
    guard first != second else { throw checks.fail("it joins a body to itself; name two bodies") }
    guard bodies[first.index].kind == .dynamic || bodies[second.index].kind == .dynamic else {
      throw checks.fail("neither body is dynamic; at least one must be")
    }
    switch anchor {
    case .world(let point): try checks.point(point, "the anchor")
    case .local(let onFirst, let onSecond):
      try checks.point(onFirst, "the first anchor")
      try checks.point(onSecond, "the second anchor")
    }
    if let referenceAngle { try checks.finite(referenceAngle, "referenceAngle", "rad") }
    try kind.validate(checks)
  }
}

extension JointKind {
  fileprivate func validate(_ checks: Checks) throws(PhysicsError) {
    let unit = limitsAreAngles ? "rad" : "m"
    if let limits {
      try checks.finite(limits.lowerBound, "the lower limit", unit)
      try checks.finite(limits.upperBound, "the upper limit", unit)
    }
    try motor?.validate(checks)
    if let axis {
      guard axis.x.isFinite, axis.y.isFinite, (1e-6...1e6).contains((axis * axis).sum()) else {
        throw checks.fail("the axis is (\(axis.x), \(axis.y)); it must have a direction")
      }
    }
    try checks.notNegative(spring.stiffness, "stiffness", limitsAreAngles ? "N m/rad" : "N/m")
    try checks.notNegative(spring.damping, "damping", limitsAreAngles ? "N m s/rad" : "N s/m")
    try checks.finite(spring.rest, "the spring's rest", "rad")
  }

  private var limitsAreAngles: Bool {
    switch self {
    case .revolute, .weld: true
    case .prismatic, .wheel: false
    }
  }

  var turns: Bool {
    switch self {
    case .revolute, .wheel: true
    case .prismatic, .weld: false
    }
  }

  var slides: Bool {
    switch self {
    case .prismatic, .wheel: true
    case .revolute, .weld: false
    }
  }

  var limits: ClosedRange<Float>? {
    switch self {
    case .revolute(let limits, _, _), .prismatic(_, let limits, _), .wheel(_, let limits, _, _, _):
      limits
    case .weld: nil
    }
  }

  var motor: Motor? {
    switch self {
    case .revolute(_, let motor, _), .prismatic(_, _, let motor), .wheel(_, _, let motor, _, _):
      motor
    case .weld: nil
    }
  }

  var axis: SIMD2<Float>? {
    switch self {
    case .prismatic(let axis, _, _), .wheel(let axis, _, _, _, _): axis
    case .revolute, .weld: nil
    }
  }

  /// Stiffness and damping, whatever they belong to.
  var spring: JointSpring {
    switch self {
    case .revolute(_, _, let spring): spring ?? JointSpring()
    case .weld(let stiffness, let damping), .wheel(_, _, _, let stiffness, let damping):
      JointSpring(stiffness: stiffness, damping: damping)
    case .prismatic: JointSpring()
    }
  }
}
