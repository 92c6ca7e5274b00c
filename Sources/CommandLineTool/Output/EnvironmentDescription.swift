internal import EnvironmentKit

/// What `fledge environments describe` tells.
struct EnvironmentDescription: Encodable {
  let name: String
  let summary: String
  let observation: [Part]
  let action: [Part]
  let horizon: Int
  let parameters: [String: ParameterValue]
  let exampleTasks: [String: [AnyTask]]

  /// One component, or one choice of a discrete action.
  struct Part: Encodable {
    let name: String
    var unit: String?
    var range: [Float]?

    init(_ component: Component) {
      name = component.name
      unit = component.unit
      range = [component.range.lowerBound, component.range.upperBound]
    }

    init(choice: String) { name = choice }
  }

  init(_ environment: AnyEnvironment, seed: UInt64) throws {
    let specification = environment.specification
    name = environment.name
    summary = environment.summary
    observation = specification.observation.map { Part($0) }
    switch specification.action {
    case .continuous(let components): action = components.map { Part($0) }
    case .discrete(let choices): action = choices.map { Part(choice: $0) }
    }
    horizon = specification.horizon
    parameters = environment.parameters
    var tasks: [String: [AnyTask]] = [:]
    for split in TaskSplit.allCases {
      tasks[split.rawValue] = try environment.sampleTasks(split: split, count: 2, seed: seed)
    }
    exampleTasks = tasks
  }

  /// The description for people.
  var text: String {
    var text = "\(name): \(summary)\nhorizon  \(horizon) steps\n"
    text += "\nobservation\n" + table(observation.map(\.row), leading: 4)
    text += "\naction\n" + table(action.map(\.row), leading: 4)
    let settings = parameters.sorted { $0.key < $1.key }.map { ["  " + $0.key, $0.value.text] }
    if !settings.isEmpty { text += "\nparameters\n" + table(settings, leading: 2) }
    let tasks = TaskSplit.allCases.map { split in
      let examples = exampleTasks[split.rawValue] ?? []
      return ["  " + split.rawValue, examples.map(\.json).joined(separator: "  ")]
    }
    return text + "\nexample tasks\n" + table(tasks, leading: 2)
  }
}

extension EnvironmentDescription.Part {
  fileprivate var row: [String] {
    let bounds = range.map { "\($0[0]) to \($0[1])" } ?? ""
    return ["  " + name, unit ?? "", bounds]
  }
}
