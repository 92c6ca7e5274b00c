/// A derivative compared with finite differences.
public struct GradientCheck: Sendable, Equatable {
  /// Which derivative, for example `metaGradient`.
  public let name: String
  /// The largest relative error found.
  public let relativeError: Double
  /// What it must stay below.
  public let tolerance: Double
  /// Whether it does.
  public var passed: Bool { relativeError < tolerance }

  package init(_ name: String, _ errors: [Double]) {
    self.name = name
    relativeError = errors.contains { $0.isNaN } ? .infinity : errors.max() ?? 0
    tolerance = 1e-6
  }
}
