internal import EnvironmentKit
internal import Physics

// Errors name the key, the value and what would be right; the framework adds the environment.

/// Reads a choice by its name.
func choice<Choice: RawRepresentable<String> & CaseIterable>(
  from decoder: any Decoder
) throws -> Choice {
  let text = try decoder.singleValueContainer().decode(String.self)
  if let choice = Choice(rawValue: text) { return choice }
  let key = decoder.codingPath.map(\.stringValue).joined(separator: ".")
  let known = Choice.allCases.map(\.rawValue).joined(separator: " or ")
  throw EnvironmentError("'\(key)' is '\(text)'; it must be \(known)", key: key)
}

/// Throws unless `value` is finite and above `bound`.
func check(_ key: String, _ value: Float, above bound: Float = 0) throws {
  guard value.isFinite, value > bound else {
    throw EnvironmentError(
      "'\(key)' is \(value); it must be above \(bound) and finite", key: key)
  }
}

/// Throws unless `value` lies in `range`.
func check(_ key: String, _ value: Float, in range: ClosedRange<Float>) throws {
  guard range.contains(value) else {
    throw EnvironmentError(
      "'\(key)' is \(value); it must lie in [\(range.lowerBound), \(range.upperBound)]", key: key)
  }
}

/// Throws unless both coordinates of `point` lie in `range`.
func check(_ key: String, _ point: SIMD2<Float>, within halfSide: Float) throws {
  guard max(abs(point.x), abs(point.y)) <= halfSide, !point.x.isNaN, !point.y.isNaN else {
    throw EnvironmentError(
      "'\(key)' is (\(point.x), \(point.y)); both must lie in [-\(halfSide), \(halfSide)], "
        + "inside the arena", key: key)
  }
}

/// Throws unless the horizon is a number of steps that a run can take.
func checkHorizon(_ horizon: Int) throws {
  guard 1...1_000_000 ~= horizon else {
    throw EnvironmentError(
      "'horizon' is \(horizon); it must be from 1 to 1000000 steps", key: "horizon")
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
