internal import EnvironmentKit

/// The walls of a maze in a square arena about the origin.
public struct MazeLayout: Codable, Sendable, Equatable {
  /// A straight wall without thickness.
  public struct Wall: Codable, Sendable, Equatable {
    /// One end, in m.
    public var start: SIMD2<Float>
    /// The other end, in m.
    public var end: SIMD2<Float>

    /// Creates a wall.
    ///
    /// - Parameters:
    ///   - start: One end, in m.
    ///   - end: The other end, in m.
    public init(from start: SIMD2<Float>, to end: SIMD2<Float>) {
      self.start = start
      self.end = end
    }

    /// The distance of a point from the wall, in m.
    func distance(to point: SIMD2<Float>) -> Float {
      let along = end - start
      let share = ((point - start) * along).sum() / (along * along).sum()
      return length(point - start - max(0, min(1, share)) * along)
    }
  }

  /// The walls inside the arena; its fence goes without saying.
  public var walls: [Wall]

  /// Creates a layout.
  ///
  /// - Parameter walls: The walls inside the arena.
  public init(walls: [Wall]) { self.walls = walls }

  /// Half the side of the arena, in m.
  public static let arenaHalfSide: Float = 1

  /// The layout of the family `goal`: a square room about the origin, with a door at the end of
  /// each of its sides. It maps to itself by quarter turns, and no two doors face each other.
  public static let pinwheel = MazeLayout(
    walls: (0..<4).map { side in
      Wall(
        from: SIMD2(-0.5, 0.5).turned(quarters: side), to: SIMD2(0.1, 0.5).turned(quarters: side))
    })

  /// A square room about the origin, with a door in some of its sides.
  ///
  /// - Parameters:
  ///   - halfSide: Half the side of the room, in m.
  ///   - doors: The middle of each side's door along the side in m, nil for a side without one:
  ///     the upper side first, then clockwise.
  ///   - doorWidth: The width of each door, in m.
  /// - Returns: The layout.
  static func room(halfSide: Float, doors: [Float?], doorWidth: Float) -> MazeLayout {
    var walls: [Wall] = []
    for (side, door) in doors.enumerated() {
      func add(_ range: ClosedRange<Float>) {
        walls.append(
          Wall(
            from: SIMD2(range.lowerBound, halfSide).turned(quarters: side),
            to: SIMD2(range.upperBound, halfSide).turned(quarters: side)))
      }
      if let door {
        add(-halfSide...door - doorWidth / 2)
        add(door + doorWidth / 2...halfSide)
      } else {
        add(-halfSide...halfSide)
      }
    }
    return MazeLayout(walls: walls)
  }
}

extension MazeLayout {
  /// The least length of a wall, in m.
  private static let leastLength: Float = 0.02
  /// The most walls, so that a step stays fast.
  private static let mostWalls = 64

  /// Throws unless the walls make a maze in which a disc has room to start.
  ///
  /// - Parameter clearance: How far the walls must be from the origin, in m.
  /// - Throws: `EnvironmentError` for the first wall that doesn't hold.
  func validate(clearance: Float) throws {
    guard walls.count <= Self.mostWalls else {
      throw EnvironmentError(
        "'layout.walls' has \(walls.count) walls; it must have at most \(Self.mostWalls)",
        key: "layout.walls")
    }
    for (index, wall) in walls.enumerated() {
      let key = "layout.walls.\(index)"
      try require(key + ".start", wall.start, within: Self.arenaHalfSide)
      try require(key + ".end", wall.end, within: Self.arenaHalfSide)
      guard length(wall.end - wall.start) >= Self.leastLength else {
        throw EnvironmentError(
          "'\(key)' is \(length(wall.end - wall.start)) m long; it must be at least "
            + "\(Self.leastLength) m", key: key)
      }
      guard wall.distance(to: .zero) >= clearance else {
        throw EnvironmentError(
          "'\(key)' is \(wall.distance(to: .zero)) m from the start at the centre; it must be at "
            + "least \(clearance) m", key: key)
      }
    }
  }
}
