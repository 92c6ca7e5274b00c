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
  let notes: [String]

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
    notes = environment.notes
    exampleTasks = try tasksBySplit(environment.splits) {
      try environment.sampleTasks(split: $0, count: 2, seed: seed)
    }
  }

  /// The description for people.
  var text: String {
    var text = "\(name): \(summary)\nhorizon  \(horizon) steps\n"
    text += "\nobservation\n" + table(observation.map(\.row), leading: 4)
    text += "\naction\n" + table(action.map(\.row), leading: 4)
    return text + parametersAndTasks(parameters, exampleTasks)
      + (notes.isEmpty ? "" : "\nto know\n" + notes.map { "  \($0)\n" }.joined())
  }
}

/// What `fledge environments describe` tells of a source of examples.
struct ExampleSourceDescription: Encodable {
  let name: String
  let summary: String
  let input: String
  let target: String
  /// What `environment.leftOutTask` counts, from 0.
  let members: [String]
  let parameters: [String: ParameterValue]
  let exampleTasks: [String: [AnyTask]]

  init(_ source: AnyExampleSource, seed: UInt64) throws {
    name = source.name
    summary = source.summary
    input =
      switch source.specification.input {
      case .numbers(let count): "\(count) number(s)"
      case .image(let height, let width, let channels):
        "a picture of \(height) x \(width) pixels, \(channels) channel(s)"
      }
    target =
      switch source.specification.target {
      case .numbers(let count): "\(count) number(s)"
      case .classes(let count): "one of \(count) classes"
      }
    members = source.members
    parameters = source.parameters
    exampleTasks = try tasksBySplit(TaskSplit.allCases) {
      try source.sampleTasks(split: $0, count: 2, seed: seed)
    }
  }

  /// The description for people.
  var text: String {
    "\(name): \(summary)\n" + table([["input", input], ["target", target]], leading: 2)
      + (members.isEmpty ? "" : "\nto leave out, one at a time\n")
      + table(members.enumerated().map { ["  \($0)", $1] }, leading: 2)
      + parametersAndTasks(parameters, exampleTasks)
  }
}

private func tasksBySplit(
  _ splits: [TaskSplit], _ sample: (TaskSplit) throws -> [AnyTask]
) rethrows -> [String: [AnyTask]] {
  try Dictionary(uniqueKeysWithValues: splits.map { ($0.rawValue, try sample($0)) })
}

private func parametersAndTasks(
  _ parameters: [String: ParameterValue], _ exampleTasks: [String: [AnyTask]]
) -> String {
  let settings = parameters.sorted { $0.key < $1.key }.map { ["  " + $0.key, $0.value.text] }
  let tasks = TaskSplit.allCases.compactMap { split -> [String]? in
    guard let examples = exampleTasks[split.rawValue] else { return nil }
    return ["  " + split.rawValue, examples.map(\.json).joined(separator: "  ")]
  }
  return (settings.isEmpty ? "" : "\nparameters\n" + table(settings, leading: 2))
    + "\nexample tasks\n" + table(tasks, leading: 2)
}

extension EnvironmentDescription.Part {
  fileprivate var row: [String] {
    let bounds = range.map { "\($0[0]) to \($0[1])" } ?? ""
    return ["  " + name, unit ?? "", bounds]
  }
}
