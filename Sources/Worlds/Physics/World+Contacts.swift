internal import CBox2D

extension World {
  // Box2D finds contacts at the start of a substep, from where bodies were then, and again where
  // continuous collision stops a body within the substep.

  /// Returns what a body touched in the last substep, sensors included.
  ///
  /// Contacts are found from where bodies are at the start of a substep: after a reset there are
  /// none until the first step. Sensors that aren't to count as contacts need a category of their
  /// own.
  ///
  /// - Parameters:
  ///   - body: A body of this world.
  ///   - fixture: Which of its fixtures, by its place in the description; any if nil.
  /// - Returns: The categories of the fixtures of other bodies that it touched.
  public func touchedCategories(of body: Body, fixture: Int? = nil) -> CollisionCategories {
    CollisionCategories(
      rawValue: fledge_body_touched_categories(handle, index(body), Int32(fixture ?? -1)))
  }

  /// Returns whether a body touched something of a category in the last substep.
  ///
  /// - Parameters:
  ///   - body: A body of this world.
  ///   - categories: What to look for.
  /// - Returns: Whether ``touchedCategories(of:fixture:)`` has one of them.
  public func isTouching(_ body: Body, _ categories: CollisionCategories = .all) -> Bool {
    !touchedCategories(of: body).isDisjoint(with: categories)
  }

  /// Returns whether two bodies touched each other in the last substep.
  ///
  /// - Parameters:
  ///   - body: A body of this world.
  ///   - other: Another one.
  /// - Returns: Whether any of their fixtures touched.
  public func isTouching(_ body: Body, _ other: Body) -> Bool {
    fledge_bodies_touch(handle, index(body), index(other))
  }
}
