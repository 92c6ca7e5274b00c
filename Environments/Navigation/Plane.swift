internal import Physics
internal import Randomness

// Vectors, controls, goals and walls of the plane, as both environments use them.

/// The Euclidean length.
@inline(__always)
func length(_ vector: SIMD2<Float>) -> Float {
  (vector * vector).sum().squareRoot()
}

/// The z of the cross product: positive where `b` points to the left of `a`.
@inline(__always)
func cross(_ a: SIMD2<Float>, _ b: SIMD2<Float>) -> Float {
  a.x * b.y - a.y * b.x
}

/// An action clipped to [-1, 1]; one that isn't a number counts as 0.
@inline(__always)
func control(_ action: Float) -> Float {
  action.isNaN ? 0 : max(-1, min(1, action))
}

extension RandomStream {
  /// A point uniform on [-halfSide, halfSide]^2.
  mutating func point(within halfSide: Float) -> SIMD2<Float> {
    let x = uniform(in: -halfSide...halfSide)
    return SIMD2(x, uniform(in: -halfSide...halfSide))
  }

  /// A point uniform on the edges of squares about the origin, whose half sides are uniform in
  /// `band`; its upper half open, so that the inner square stays another split's.
  mutating func point(inBand band: ClosedRange<Float>) -> SIMD2<Float> {
    let fraction: Float = uniform()
    let distance = band.upperBound - (band.upperBound - band.lowerBound) * fraction
    let along = uniform(in: -distance...distance)
    return SIMD2(along, distance).turned(quarters: index(below: 4))
  }
}

extension SIMD2<Float> {
  /// The vector after quarter turns clockwise, without rounding.
  func turned(quarters: Int) -> Self {
    (0..<quarters).reduce(self) { vector, _ in SIMD2(vector.y, -vector.x) }
  }
}

/// The frictionless or rough fence of a square arena about the origin.
func fence(halfSide: Float, friction: Float) -> FixtureDefinition {
  // Clockwise, so that it is solid from inside.
  let corners = (0..<4).map { SIMD2(-halfSide, halfSide).turned(quarters: $0) }
  return FixtureDefinition(.chain(corners, isLoop: true), friction: friction)
}
