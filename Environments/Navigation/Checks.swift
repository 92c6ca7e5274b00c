internal import EnvironmentKit
internal import Physics

/// Throws unless both coordinates of `point` lie in `range`.
func require(_ key: String, _ point: SIMD2<Float>, within halfSide: Float) throws {
  guard max(abs(point.x), abs(point.y)) <= halfSide, !point.x.isNaN, !point.y.isNaN else {
    throw EnvironmentError(
      "'\(key)' is (\(point.x), \(point.y)); both must lie in [-\(halfSide), \(halfSide)], "
        + "inside the arena", key: key)
  }
}

/// Builds a world, with the error that an environment throws.
func makeWorld(_ definition: WorldDefinition) throws -> World {
  do {
    return try World(definition)
  } catch {
    throw EnvironmentError("\(error)")
  }
}
