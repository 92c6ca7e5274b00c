/// What an environment observes and takes, and how long its episodes are.
public struct EnvironmentSpecification: Sendable, Hashable {
  /// The components of an observation, in order.
  public let observation: [Component]
  /// The actions taken.
  public let action: ActionSpace
  /// The number of steps after which the framework truncates an episode.
  public let horizon: Int
  /// Whether the first observation varies from episode to episode of a task.
  public let startsVary: Bool
  /// Whether an episode that terminates has reached what the task asks for: then success is counted.
  public let terminationIsSuccess: Bool
  /// The units of a task's numbers, by their key paths in its JSON: what is left out is a pure number, or unknown.
  public let taskUnits: [String: String]

  /// The number of floats of an observation.
  public var observationWidth: Int { observation.count }
  /// The number of floats of an action.
  public var actionWidth: Int { action.width }

  /// Creates a specification.
  ///
  /// - Parameters:
  ///   - observation: The components of an observation, at least one, with different names.
  ///   - action: The actions taken, at least one component or two choices.
  ///   - horizon: The steps of an episode that doesn't end before, at least 1.
  ///   - startsVary: Whether the first observation varies from episode to episode of a task.
  ///   - terminationIsSuccess: Whether an episode that terminates has reached what the task asks for.
  ///   - taskUnits: The units of a task's numbers by key path, for example `["goal": "m", "ground.rise": "m"]`; that
  ///     of a list is every element's.
  /// - Throws: `EnvironmentError` that names the part that doesn't hold.
  public init(
    observation: [Component], action: ActionSpace, horizon: Int, startsVary: Bool = true,
    terminationIsSuccess: Bool = false, taskUnits: [String: String] = [:]
  ) throws(EnvironmentError) {
    try Self.checkNames(observation.map(\.name), of: "observation", least: 1)
    switch action {
    case .continuous(let components):
      try Self.checkNames(components.map(\.name), of: "action", least: 1)
      for component in components {
        guard component.range.lowerBound.isFinite, component.range.upperBound.isFinite,
          component.range.lowerBound < component.range.upperBound
        else {
          throw EnvironmentError(
            "action component '\(component.name)' has the range \(component.range); "
              + "an action needs finite bounds, the lower below the upper")
        }
      }
    case .discrete(let choices):
      try Self.checkNames(choices, of: "action", least: 2)
    }
    guard horizon >= 1 else {
      throw EnvironmentError("horizon is \(horizon); it must be at least 1 step", key: "horizon")
    }
    self.observation = observation
    self.action = action
    self.horizon = horizon
    self.startsVary = startsVary
    self.terminationIsSuccess = terminationIsSuccess
    self.taskUnits = taskUnits
  }

  private static func checkNames(
    _ names: [String], of part: String, least: Int
  ) throws(EnvironmentError) {
    guard names.count >= least else {
      throw EnvironmentError("\(part) has \(names.count) parts; it needs at least \(least)")
    }
    var seen: Set<String> = []
    for (index, name) in names.enumerated() {
      guard !name.isEmpty else { throw EnvironmentError("\(part) \(index) has no name") }
      guard seen.insert(name).inserted else {
        throw EnvironmentError("\(part) has two parts named '\(name)'")
      }
    }
  }
}
