/// Something in a description that doesn't make a world, in one line.
public struct PhysicsError: Error, Hashable, CustomStringConvertible {
  /// Where, what was found, and what would be right, such as
  /// `body 'torso', fixture 0: density is -1.0 kg/m^2; it must be at least 0`.
  public let message: String

  /// The whole line.
  public var description: String { message }

  init(_ message: String) { self.message = message }
}

/// Checks the values of one part of a description, and names the part in errors.
struct Checks {
  let place: String

  func fail(_ message: String) -> PhysicsError { PhysicsError("\(place): \(message)") }

  func finite(_ value: Float, _ what: String, _ unit: String) throws(PhysicsError) {
    guard value.isFinite else {
      throw fail("\(what) is \(value) \(unit); it must be a finite number")
    }
  }

  func notNegative(_ value: Float, _ what: String, _ unit: String) throws(PhysicsError) {
    guard value.isFinite, value >= 0 else {
      throw fail("\(what) is \(value) \(unit); it must be at least 0 and finite")
    }
  }

  func positive(_ value: Float, _ what: String, _ unit: String) throws(PhysicsError) {
    guard value.isFinite, value > 0 else {
      throw fail("\(what) is \(value) \(unit); it must be above 0 and finite")
    }
  }

  func range(
    _ value: Float, _ what: String, _ range: ClosedRange<Float>, _ unit: String
  ) throws(PhysicsError) {
    guard range.contains(value) else {
      throw fail(
        "\(what) is \(value) \(unit); it must lie in "
          + "[\(range.lowerBound), \(range.upperBound)] \(unit)")
    }
  }

  /// Floats resolve a millimetre up to about this far from the origin.
  static let reach: Float = 10_000

  func point(_ point: SIMD2<Float>, _ what: String) throws(PhysicsError) {
    for (value, axis) in [(point.x, "x"), (point.y, "y")] {
      try range(value, "\(what)'s \(axis)", -Self.reach...Self.reach, "m")
    }
  }
}
