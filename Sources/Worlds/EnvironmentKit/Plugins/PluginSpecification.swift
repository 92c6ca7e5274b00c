internal import Foundation

/// A specification and the resolved parameters as the C interface writes them.
struct PluginSpecification: Codable {
  struct Part: Codable {
    var name: String
    var unit: String?
    var low: Float?
    var high: Float?

    init(_ component: Component) {
      name = component.name
      unit = component.unit
      low = component.range.lowerBound.isFinite ? component.range.lowerBound : nil
      high = component.range.upperBound.isFinite ? component.range.upperBound : nil
    }

    func component(of part: String) throws(EnvironmentError) -> Component {
      let (low, high) = (low ?? -Float.infinity, high ?? .infinity)
      guard low <= high else {
        throw EnvironmentError(
          "\(part) component '\(name)' reaches from \(low) to \(high); low must not exceed high")
      }
      return Component(name, unit: unit ?? "1", range: low...high)
    }
  }

  struct Action: Codable {
    var continuous: [Part]?
    var discrete: [String]?
  }

  var observation: [Part]
  var action: Action
  var horizon: Int
  var startsVary: Bool?
  var terminationIsSuccess: Bool?
  var taskUnits: [String: String]?
  var parameters: [String: ParameterValue]?

  init(_ specification: EnvironmentSpecification, parameters: [String: ParameterValue]) {
    observation = specification.observation.map(Part.init)
    switch specification.action {
    case .continuous(let components): action = Action(continuous: components.map(Part.init))
    case .discrete(let names): action = Action(discrete: names)
    }
    horizon = specification.horizon
    startsVary = specification.startsVary
    terminationIsSuccess = specification.terminationIsSuccess
    taskUnits = specification.taskUnits
    self.parameters = parameters
  }

  /// Reads what a library wrote.
  init(json: String) throws(EnvironmentError) {
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
    } catch {
      let path = (error as? DecodingError)?.path ?? ""
      throw EnvironmentError(
        "its specification can't be read\(path.isEmpty ? ": it isn't JSON" : " at '\(path)'"); see "
          + "fledge_plugin.h")
    }
  }

  /// The specification, if it holds.
  func checked() throws(EnvironmentError) -> EnvironmentSpecification {
    let space: ActionSpace
    switch (action.continuous, action.discrete) {
    case (let parts?, nil):
      var components: [Component] = []
      for part in parts { components.append(try part.component(of: "action")) }
      space = .continuous(components)
    case (nil, let names?): space = .discrete(names)
    default:
      throw EnvironmentError("its action has to be either continuous or discrete", key: "action")
    }
    var components: [Component] = []
    for part in observation { components.append(try part.component(of: "observation")) }
    return try EnvironmentSpecification(
      observation: components, action: space, horizon: horizon, startsVary: startsVary ?? true,
      terminationIsSuccess: terminationIsSuccess ?? false, taskUnits: taskUnits ?? [:])
  }
}
