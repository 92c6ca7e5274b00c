/// A shape in its body's frame, in m.
public enum Shape: Sendable, Hashable {
  /// A disc.
  case circle(radius: Float, center: SIMD2<Float> = .zero)
  /// A rectangle of the given width and height, turned about its centre by an angle in rad.
  case box(size: SIMD2<Float>, center: SIMD2<Float> = .zero, angle: Float = 0)
  /// A convex polygon of 3 to 8 corners, counterclockwise.
  case polygon([SIMD2<Float>])
  /// A line that collides on both sides. It has no mass.
  case edge(SIMD2<Float>, SIMD2<Float>)
  /// A line through at least 2 points that collides on its right side, seen along the way, and lets
  /// bodies slide over its corners. It has no mass.
  ///
  /// Ground goes from right to left, so that its right side is up; a loop that goes
  /// counterclockwise is solid from outside, a clockwise one from inside. A loop of at least 3
  /// points closes itself.
  case chain([SIMD2<Float>], isLoop: Bool = false)
}

/// A shape with a material, fixed to a body.
public struct FixtureDefinition: Sendable, Hashable {
  /// The shape.
  public var shape: Shape
  /// The mass of its area, in kg/m^2.
  public var density: Float
  /// The coefficient of friction; the one of a contact is the geometric mean of both.
  public var friction: Float
  /// The share of speed kept in a bounce, in [0, 1]; the one of a contact is the greater of both.
  public var restitution: Float
  /// The speed of approach below which nothing bounces, in m/s.
  public var restitutionThreshold: Float
  /// What it collides with.
  public var filter: CollisionFilter
  /// Whether it only notices others, without pushing them.
  public var isSensor: Bool

  /// Creates a fixture.
  ///
  /// - Parameters:
  ///   - shape: The shape, in the body's frame.
  ///   - density: The mass of its area, in kg/m^2.
  ///   - friction: The coefficient of friction.
  ///   - restitution: The share of speed kept in a bounce, in [0, 1].
  ///   - restitutionThreshold: The speed of approach below which nothing bounces, in m/s.
  ///   - filter: What it collides with.
  ///   - isSensor: Whether it only notices others.
  public init(
    _ shape: Shape, density: Float = 0, friction: Float = 0.2, restitution: Float = 0,
    restitutionThreshold: Float = 1, filter: CollisionFilter = CollisionFilter(),
    isSensor: Bool = false
  ) {
    self.shape = shape
    self.density = density
    self.friction = friction
    self.restitution = restitution
    self.restitutionThreshold = restitutionThreshold
    self.filter = filter
    self.isSensor = isSensor
  }

  func validate(_ checks: Checks) throws(PhysicsError) {
    try checks.notNegative(density, "density", "kg/m^2")
    try checks.notNegative(friction, "friction", "")
    try checks.range(restitution, "restitution", 0...1, "")
    try checks.notNegative(restitutionThreshold, "restitutionThreshold", "m/s")
    try shape.validate(checks)
  }
}

extension Shape {
  /// Box2D merges points nearer than this, in m.
  private static let leastDistance: Float = 0.005

  func validate(_ checks: Checks) throws(PhysicsError) {
    switch self {
    case .circle(let radius, let center):
      try checks.range(radius, "the circle's radius", Self.leastDistance...Checks.reach, "m")
      try checks.point(center, "the circle's centre")
    case .box(let size, let center, let angle):
      try checks.range(size.x, "the box's width", Self.leastDistance...Checks.reach, "m")
      try checks.range(size.y, "the box's height", Self.leastDistance...Checks.reach, "m")
      try checks.point(center, "the box's centre")
      try checks.finite(angle, "the box's angle", "rad")
    case .polygon(let corners):
      try Self.validate(corners, count: 3...8, closed: true, "polygon", checks)
      try Self.validateConvexity(of: corners, checks)
    case .edge(let start, let end):
      try Self.validate([start, end], count: 2...2, closed: false, "edge", checks)
    case .chain(let points, let isLoop):
      try Self.validate(
        points, count: (isLoop ? 3 : 2)...1_000_000, closed: isLoop, "chain", checks)
    }
  }

  private static func validate(
    _ points: [SIMD2<Float>], count: ClosedRange<Int>, closed: Bool, _ what: String,
    _ checks: Checks
  ) throws(PhysicsError) {
    guard count.contains(points.count) else {
      throw checks.fail(
        "the \(what) has \(points.count) points; it needs \(count.lowerBound) to "
          + "\(count.upperBound)")
    }
    for (index, point) in points.enumerated() {
      try checks.point(point, "point \(index) of the \(what)")
    }
    for index in points.indices where closed || index > 0 {
      let last = index == 0 ? points.count - 1 : index - 1
      let step = points[index] - points[last]
      guard (step * step).sum() > leastDistance * leastDistance else {
        throw checks.fail(
          "points \(last) and \(index) of the \(what) coincide; they must be more than "
            + "\(leastDistance) m apart")
      }
    }
  }

  /// Box2D would reorder corners, merge near ones and drop those inside the hull, or stop the
  /// process at a polygon without area.
  private static func validateConvexity(
    of corners: [SIMD2<Float>], _ checks: Checks
  ) throws(PhysicsError) {
    let count = corners.count
    var twiceArea: Float = 0
    for index in corners.indices {
      let corner = corners[(index + 1) % count]
      let before = corner - corners[index]
      // Against every other corner, so that a polygon that winds twice is found too.
      for other in 2..<count {
        let after = corners[(index + other) % count] - corner
        guard (after * after).sum() > leastDistance * leastDistance,
          cross(before, after)
            > 1e-4 * ((before * before).sum() * (after * after).sum()).squareRoot()
        else {
          throw checks.fail(
            "the polygon isn't convex and counterclockwise at point \((index + 1) % count); list "
              + "its corners counterclockwise, without those on a straight line and more than "
              + "\(leastDistance) m apart")
        }
      }
      twiceArea += cross(corners[index] - corners[0], corner - corners[0])
    }
    guard twiceArea > 2e-6 else {
      throw checks.fail(
        "the polygon's area is \(twiceArea / 2) m^2; it must be above 1e-6 m^2")
    }
  }

  private static func cross(_ a: SIMD2<Float>, _ b: SIMD2<Float>) -> Float {
    a.x * b.y - a.y * b.x
  }
}
