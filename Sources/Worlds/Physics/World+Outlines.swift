internal import Foundation

/// What a fixture covers in the world, for pictures: all that is within a radius of a path, or of
/// the polygon that it encloses.
public struct Outline: Sendable, Equatable {
  /// The path, in m: the centre of a disc, the corners of a polygon, the points of a line.
  public var points: [SIMD2<Float>]
  /// The radius of a disc, in m; 0 for polygons and lines.
  public var radius: Float
  /// Whether the path encloses what it covers.
  public var isClosed: Bool
}

extension World {
  /// Returns what a body covers where it is now.
  ///
  /// - Parameter body: A body of this world.
  /// - Returns: An outline for each of its fixtures, in order.
  public func outlines(of body: Body) -> [Outline] {
    definition[body].fixtures.map { fixture in
      var outline = fixture.shape.outline
      outline.points = outline.points.map { worldPoint($0, of: body) }
      return outline
    }
  }
}

extension Shape {
  /// What the shape covers in its body's frame.
  fileprivate var outline: Outline {
    switch self {
    case .circle(let radius, let center):
      Outline(points: [center], radius: radius, isClosed: false)
    case .box(let size, let center, let angle):
      Outline(
        points: Self.corners(of: size, angle: angle).map { center + $0 }, radius: 0,
        isClosed: true)
    case .polygon(let corners):
      Outline(points: corners, radius: 0, isClosed: true)
    case .edge(let start, let end):
      Outline(points: [start, end], radius: 0, isClosed: false)
    case .chain(let points, let isLoop):
      // A loop has no inside of its own: what it collides with may be on either side.
      Outline(points: isLoop ? points + points.prefix(1) : points, radius: 0, isClosed: false)
    }
  }

  private static func corners(of size: SIMD2<Float>, angle: Float) -> [SIMD2<Float>] {
    let along = size.x / 2 * SIMD2(cos(angle), sin(angle))
    let across = size.y / 2 * SIMD2(-sin(angle), cos(angle))
    return [-along - across, along - across, along + across, across - along]
  }
}
