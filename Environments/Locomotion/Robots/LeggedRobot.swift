/// A robot that ``LeggedEnvironment`` can run.
public protocol LeggedRobot: Sendable {
  /// The name in configurations: lower-case words joined by hyphens.
  static var name: String { get }
  /// One line on what is to be done.
  static var summary: String { get }
  /// The body.
  static var description: RobotDescription { get }
}

extension LeggedRobot {
  /// The angles that each joint can take, in rad, in the order of actions.
  public static var jointRanges: [ClosedRange<Float>] { description.limbs.map(\.range) }
}
