internal import CBox2D

/// A straight line from one point of the world to another, in m.
public struct Ray: BitwiseCopyable, Sendable, Hashable {
  /// Where it starts.
  public var origin: SIMD2<Float>
  /// Where it ends.
  public var end: SIMD2<Float>

  /// Creates a ray.
  ///
  /// - Parameters:
  ///   - origin: Where it starts, in m.
  ///   - end: Where it ends, in m.
  public init(from origin: SIMD2<Float>, to end: SIMD2<Float>) {
    self.origin = origin
    self.end = end
  }
}

/// What a ray meets first.
public struct RayHit: Sendable, Hashable {
  /// The share of the ray before the hit, in [0, 1].
  public let fraction: Float
  /// Where it hits, in m.
  public let point: SIMD2<Float>
  /// The direction away from the surface, of length 1.
  public let normal: SIMD2<Float>
  /// The body that it hits.
  public let body: Body
  /// The place of the fixture among the body's fixtures.
  public let fixture: Int
}

extension World {
  /// Casts many rays.
  ///
  /// A ray passes through sensors and out of shapes that it starts in; lines stop it on both sides.
  /// One that isn't finite or has no length meets nothing.
  ///
  /// - Parameters:
  ///   - rays: The rays.
  ///   - categories: The categories that stop a ray.
  ///   - ignored: A body that stops none, such as the one that carries the sensor.
  ///   - fractions: Receives the free share of each ray, in [0, 1].
  public func castRays(
    _ rays: Span<Ray>, hitting categories: CollisionCategories = .all,
    ignoring ignored: Body? = nil, fractions: inout MutableSpan<Float>
  ) {
    precondition(
      fractions.count == rays.count,
      "\(rays.count) rays give as many fractions, got room for \(fractions.count)")
    let body = ignored.map(index) ?? -1
    let handle = handle
    rays.withUnsafeBytes { bytes in
      // A ray is two vectors of two floats each, in both languages.
      let rays = bytes.assumingMemoryBound(to: fledge_ray.self)
      fractions.withUnsafeMutableBufferPointer { fractions in
        fledge_world_cast_rays(
          handle, rays.baseAddress, Int32(fractions.count), categories.rawValue, body,
          fractions.baseAddress)
      }
    }
  }

  /// Casts one ray, as ``castRays(_:hitting:ignoring:fractions:)`` does.
  ///
  /// - Parameters:
  ///   - ray: The ray.
  ///   - categories: The categories that stop it.
  ///   - ignored: A body that doesn't.
  /// - Returns: What it meets first, or nil.
  public func castRay(
    _ ray: Ray, hitting categories: CollisionCategories = .all, ignoring ignored: Body? = nil
  ) -> RayHit? {
    let hit = fledge_world_cast_ray(
      handle, fledge_ray(origin: fledge_vector(ray.origin), end: fledge_vector(ray.end)),
      categories.rawValue, ignored.map(index) ?? -1)
    guard hit.body >= 0 else { return nil }
    return RayHit(
      fraction: hit.fraction, point: ray.origin + hit.fraction * (ray.end - ray.origin),
      normal: hit.normal.simd, body: Body(index: Int(hit.body)), fixture: Int(hit.fixture))
  }
}
