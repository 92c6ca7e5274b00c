public import Policies

/// What configurations may name of algorithms: outer methods, and networks of policies.
///
/// It is built at the top of the program and handed down. An executable of somebody else's adds its own to what comes
/// with Fledge.
public struct Algorithms: Sendable {
  /// The outer methods.
  public var outerMethods = OuterMethods.builtIn
  /// The networks.
  public var networks = Networks.builtIn

  /// What comes with the program.
  public init() {}
}
