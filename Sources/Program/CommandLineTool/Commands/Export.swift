internal import ArgumentParser
internal import Deployment
internal import Differentiation
internal import EnvironmentKit
internal import Measuring
internal import Reports
internal import RunRecords

/// `fledge export`.
struct Export: ContextCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a run's policy to a folder that other programs use.",
    discussion: """
      The folder holds policy.onnx (the network, for any ONNX runtime), policy.safetensors, policy.json \
      (observations and actions with units and bounds, and how the policy adapts) and a README.md. With \
      --task the policy adapts to a task first, by the run's simulator, as fledge evaluate does.
      """)

  @Argument(help: "A run's directory.")
  var run: String

  @Option(help: ArgumentHelp("The folder to write.", valueName: "dir"))
  var out: String

  @Option(
    help: ArgumentHelp(
      "Adapt to the task in this JSON file first, such as {\"goal\":[0.1,-0.3]}.", valueName: "file"
    ))
  var task: String?

  @OptionGroup var choice: CheckpointOption

  @Option(
    parsing: .unconditional,
    help: "Gradient steps to the task (default: as in training, at least 3).")
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: "Episodes for each step, or in all for policies that remember (default: as in training).")
  var episodes: Int?

  @Flag(help: "Adapt by the step sizes of training, with nothing chosen on validation tasks.")
  var asTrained = false

  @Option(parsing: .unconditional, help: "The seed of the episodes.")
  var seed = 1

  @OptionGroup var plugins: PluginOption

  func run(in context: Context) throws {
    if task == nil,
      let option = [("--steps", steps), ("--episodes", episodes)].first(where: { $0.1 != nil })
    {
      throw RecordError(.usage, "\(option.0) says how to adapt, but to no task; give --task too")
    }
    try require(steps ?? 1, in: 1...1000, option: "--steps")
    try require(episodes ?? 1, in: 1...10_000, option: "--episodes")
    try require(seed, in: 0...Int.max, option: "--seed")
    var request = EvaluationRequest()
    (request.checkpoint, request.seed, request.asTrained) = (choice.checkpoint, seed, asTrained)
    (request.episodes, request.allowsChanges) = (episodes, plugins.allowChanges)
    (request.steps, request.tasks) = (steps, 1)
    let observer = EvaluationObserver(in: context)
    let evaluation = try RunEvaluation(
      of: run, asking: request, environments: plugins.environments(in: context),
      algorithms: context.algorithms, observer: observer)
    let exported: ExportedPolicy
    do {
      exported = try evaluation.exported(adaptedTo: taskText(), observer: observer)
    } catch let error as EnvironmentError {
      throw RecordError(.usage, (task.map { "\($0): " } ?? "") + "\(error)")
    }
    try exported.write(to: out)
    try writeStandardOutput("\(out)\n")
    context.report(exported.summary)
  }

  private func taskText() throws -> String? {
    guard let task else { return nil }
    guard let text = String(validating: try readFile(task, limit: 1 << 20), as: UTF8.self) else {
      throw RecordError(.usage, "\(task): is not UTF-8 text, expected a task as JSON")
    }
    return text
  }
}

extension ExportedPolicy {
  /// What is in the export, in a line.
  var summary: String {
    let network = "\(parameters.count) parameters after \(origin.iteration) meta-iterations"
    guard let learned else { return "\(network), not adapted to a task" }
    let task = learned.task.map { " to \($0)" } ?? ""
    return "\(network), adapted\(task) from \(counted(learned.episodes, "episode"))"
  }
}
