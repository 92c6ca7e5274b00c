/// What a world looks like at one moment: shapes in a plane, in m, the first one behind.
///
/// Pictures and replays are drawn from scenes, so an environment says what is where and what it is,
/// and leaves colours to them.
public struct Scene: Codable, Sendable, Equatable {
  /// What a shape stands for, which decides its colour.
  public enum Role: String, Codable, Sendable, CaseIterable {
    /// Ground, walls, and all else that doesn't move.
    case obstacle
    /// The agent, or its trunk.
    case body
    /// A limb on the side that is nearer to the viewer, or the only one.
    case limb
    /// A limb on the far side.
    case farLimb
    /// What the task asks for, where it can be shown.
    case goal
    /// A place that counts, such as the region in which rewards are given.
    case region
    /// What a sensor sees.
    case ray
    /// What the task has weakened or changed about the body.
    case change
  }

  /// All that lies within a radius of a path, or of the polygon that the path encloses: so a disc is
  /// one point with its radius, a wall two points with half its thickness.
  public struct Shape: Codable, Sendable, Equatable {
    /// The path, in m.
    public var points: [SIMD2<Float>]
    /// The radius, in m; a line of radius 0 is drawn as thin as can be seen.
    public var radius: Float
    /// Whether the path encloses what is filled.
    public var isClosed: Bool
    /// What it stands for.
    public var role: Role

    /// Creates a shape.
    ///
    /// - Parameters:
    ///   - role: What it stands for.
    ///   - points: The path, in m.
    ///   - radius: How far it reaches beyond the path, in m.
    ///   - isClosed: Whether the path encloses what is filled.
    public init(
      _ role: Role, _ points: [SIMD2<Float>], radius: Float = 0, isClosed: Bool = false
    ) {
      self.points = points
      self.radius = radius
      self.isClosed = isClosed
      self.role = role
    }
  }

  /// The shapes, the first one behind.
  public var shapes: [Shape]
  /// The lower left corner of what is worth seeing, in m.
  public var lowerBound: SIMD2<Float>
  /// The upper right corner of what is worth seeing, in m.
  public var upperBound: SIMD2<Float>
  /// The task in words.
  public var caption: String

  /// Creates a scene without shapes.
  ///
  /// - Parameters:
  ///   - lowerBound: The lower left corner of what is worth seeing, in m.
  ///   - upperBound: The upper right corner of what is worth seeing, in m.
  ///   - caption: The task in words.
  public init(from lowerBound: SIMD2<Float>, to upperBound: SIMD2<Float>, caption: String) {
    shapes = []
    self.lowerBound = lowerBound
    self.upperBound = upperBound
    self.caption = caption
  }

  /// Whether the world is seen from the side, so that the view goes along with the body: it is wider
  /// than high.
  public var isSeenFromSide: Bool {
    let size = upperBound - lowerBound
    return size.x > 1.25 * size.y
  }

  /// The middle of the agent, or of its trunk, in m; nil where none is shown.
  public var agent: SIMD2<Float>? {
    shapes.first { $0.role == .body }.map { shape in
      shape.points.reduce(.zero, +) / Float(max(shape.points.count, 1))
    }
  }

  /// Adds a shape in front of all others.
  ///
  /// - Parameters:
  ///   - role: What it stands for.
  ///   - points: The path, in m.
  ///   - radius: How far it reaches beyond the path, in m.
  ///   - isClosed: Whether the path encloses what is filled.
  public mutating func add(
    _ role: Role, _ points: [SIMD2<Float>], radius: Float = 0, isClosed: Bool = false
  ) {
    shapes.append(Shape(role, points, radius: radius, isClosed: isClosed))
  }

  /// Adds what lies below a line: the ground, seen from the side, down to the edge of the scene.
  ///
  /// - Parameter surface: The surface from end to end, in m.
  public mutating func addGround(below surface: [SIMD2<Float>]) {
    guard let first = surface.first, let last = surface.last else { return }
    let depth = lowerBound.y - 1
    add(.obstacle, surface + [[last.x, depth], [first.x, depth]], isClosed: true)
  }

  /// Adds an arrow to the goal's shapes: which way, and how much.
  ///
  /// - Parameters:
  ///   - start: Where it starts, in m.
  ///   - way: From there to its tip, in m.
  public mutating func addArrow(from start: SIMD2<Float>, along way: SIMD2<Float>) {
    let length = (way * way).sum().squareRoot()
    guard length > 0 else { return add(.goal, [start], radius: 0.03) }
    let (ahead, side) = (way / length, SIMD2(-way.y, way.x) / length)
    let head = min(0.12, length)
    let neck = start + way - head * ahead
    add(.goal, [start, neck], radius: 0.02)
    add(.goal, [start + way, neck + head / 2 * side, neck - head / 2 * side], isClosed: true)
  }
}
