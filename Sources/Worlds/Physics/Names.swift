/// The name of a body in the worlds of a description, as
/// ``WorldDefinition/add(_:)-(BodyDefinition)`` gives it.
public struct Body: Sendable, Hashable {
  /// Its place among the description's bodies.
  public let index: Int

  /// Creates a name.
  ///
  /// - Parameter index: The body's place among the description's bodies.
  public init(index: Int) { self.index = index }
}

/// The name of a joint in the worlds of a description, as
/// ``WorldDefinition/add(_:)-(JointDefinition)`` gives it.
public struct Joint: Sendable, Hashable {
  /// Its place among the description's joints.
  public let index: Int

  /// Creates a name.
  ///
  /// - Parameter index: The joint's place among the description's joints.
  public init(index: Int) { self.index = index }
}

/// Kinds of things that collide, 16 at most: one bit each.
///
/// ```swift
/// extension CollisionCategories {
///   static let ground = CollisionCategories(rawValue: 1 << 1)
/// }
/// ```
public struct CollisionCategories: OptionSet, Sendable, Hashable {
  /// The bits.
  public let rawValue: UInt16

  /// Creates a set from its bits.
  ///
  /// - Parameter rawValue: The bits.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The category of fixtures that name none: the lowest bit.
  public static let standard = CollisionCategories(rawValue: 1)
  /// Every category.
  public static let all = CollisionCategories(rawValue: .max)
}

/// Which fixtures collide.
///
/// Two fixtures of one `group` other than 0 always collide if it is positive, and never if it is
/// negative. Otherwise they collide if each one's categories are among those that the other
/// collides with. The bodies of a joint don't collide unless the joint says so.
public struct CollisionFilter: Sendable, Hashable {
  /// What the fixture is.
  public var categories: CollisionCategories
  /// What it collides with.
  public var collidesWith: CollisionCategories
  /// A group that decides alone, or 0.
  public var group: Int16

  /// Creates a filter.
  ///
  /// - Parameters:
  ///   - categories: What the fixture is.
  ///   - collidesWith: What it collides with.
  ///   - group: A group that decides alone, or 0.
  public init(
    categories: CollisionCategories = .standard, collidesWith: CollisionCategories = .all,
    group: Int16 = 0
  ) {
    self.categories = categories
    self.collidesWith = collidesWith
    self.group = group
  }
}
