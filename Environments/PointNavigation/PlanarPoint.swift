internal import EnvironmentKit
internal import Randomness

// What the environments of this module share: a point in the plane that is moved by its actions.

/// A position of at most `reach` from the origin is observed, and the goal if asked for; two moves in
/// [-1, 1] are taken.
func planarSpecification(
  reach: Float, horizon: Int, startsVary: Bool, goalTolerance: Float,
  observesTask: Bool
) throws -> EnvironmentSpecification {
  let goal = ["goal x", "goal y"].map { Component($0, unit: "m") }
  return try EnvironmentSpecification(
    observation: ["x", "y"].map { Component($0, unit: "m", range: -reach...reach) }
      + (observesTask ? goal : []),
    action: .continuous(["move x", "move y"].map { Component($0, range: -1...1) }),
    horizon: horizon, startsVary: startsVary, terminationIsSuccess: goalTolerance > 0,
    taskUnits: ["goal": "m"])
}

/// The action clipped to [-1, 1] and scaled to metres.
@inline(__always)
func move(_ action: Span<Float>, maximumStep: Float) -> SIMD2<Float> {
  let clipped = SIMD2(action[0], action[1]).clamped(
    lowerBound: SIMD2(repeating: -1), upperBound: SIMD2(repeating: 1))
  return maximumStep * clipped
}

/// The Euclidean length.
@inline(__always)
func length(_ vector: SIMD2<Float>) -> Float {
  (vector * vector).sum().squareRoot()
}

/// Whether both coordinates are closer than the tolerance.
@inline(__always)
func isNear(_ position: SIMD2<Float>, _ goal: SIMD2<Float>, tolerance: Float) -> Bool {
  let offset = goal - position
  return abs(offset.x) < tolerance && abs(offset.y) < tolerance
}

extension MutableSpan<Float> {
  /// Writes a position, and the goal where there is room for it.
  @inline(__always)
  mutating func store(_ position: SIMD2<Float>, goal: SIMD2<Float>) {
    self[0] = position.x
    self[1] = position.y
    guard count > 2 else { return }
    self[2] = goal.x
    self[3] = goal.y
  }
}

extension RandomStream {
  /// A point uniform on [-range, range]^2.
  mutating func point(within range: Float) -> SIMD2<Float> {
    let x = uniform(in: -range...range)
    return SIMD2(x, uniform(in: -range...range))
  }
}

extension Scene {
  /// A point and its goal in a square about the origin.
  init(position: SIMD2<Float>, goal: SIMD2<Float>, reach: Float) {
    // What lies outside is worth seeing too, where a point or a goal is there.
    let far = max(reach, max(abs(position).max(), abs(goal).max()))
    let rounded = { (value: Float) in (value * 100).rounded() / 100 }
    self.init(
      from: SIMD2(repeating: -1.1 * far), to: SIMD2(repeating: 1.1 * far),
      caption: "goal (\(rounded(goal.x)), \(rounded(goal.y))) m")
    add(.goal, [goal], radius: 0.03 * far)
    add(.body, [position], radius: 0.03 * far)
  }
}

/// The sizes of both coordinates.
func abs(_ vector: SIMD2<Float>) -> SIMD2<Float> {
  vector.replacing(with: -vector, where: vector .< 0)
}

/// Throws unless the goal is finite.
func checkGoal(_ goal: SIMD2<Float>) throws {
  guard goal.x.isFinite, goal.y.isFinite else {
    throw EnvironmentError("'goal' is \(goal); it must be finite", key: "goal")
  }
}
