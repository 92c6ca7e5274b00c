/// One number of an observation or an action: its name, its unit and its bounds.
public struct Component: Sendable, Hashable {
  /// What the number is, for example `x` or `left hip angle`.
  public var name: String
  /// Its unit, for example `m`, `rad/s`; `1` for a pure number.
  public var unit: String
  /// The values it can take; either end may be infinite in an observation.
  public var range: ClosedRange<Float>

  /// Creates a component.
  ///
  /// - Parameters:
  ///   - name: What the number is; unique within its observation or action.
  ///   - unit: Its SI unit, `1` for a pure number.
  ///   - range: The values it can take, unbounded unless given.
  public init(
    _ name: String, unit: String = "1", range: ClosedRange<Float> = -Float.infinity...Float.infinity
  ) {
    self.name = name
    self.unit = unit
    self.range = range
  }
}

/// The actions an environment takes.
public enum ActionSpace: Sendable, Hashable {
  /// One number for each component, within its finite range, the ends of which a policy's -1 and 1 stand for.
  case continuous([Component])
  /// One of the named choices, given as one number: the index of the choice.
  case discrete([String])

  /// The number of floats that an action takes in memory.
  public var width: Int {
    switch self {
    case .continuous(let components): components.count
    case .discrete: 1
    }
  }
}
