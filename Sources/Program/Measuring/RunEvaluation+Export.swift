internal import Adaptation
public import Deployment
internal import EnvironmentKit
internal import Evaluation
internal import Experiments
internal import MetaLearning
internal import RunRecords
internal import Training

extension RunEvaluation {
  /// The run's policy, with how it adapts as an evaluation chooses it.
  ///
  /// - Parameters:
  ///   - json: A task of the run's environment as JSON, which the policy adapts to before; nil for none.
  ///   - observer: Follows the choice.
  /// - Returns: The policy.
  /// - Throws: `RecordError` of kind `usage` where tasks have examples or the way to adapt can't be kept, `EnvironmentError`
  ///   for what is no task, and what went wrong in an episode.
  public func exported(
    adaptedTo json: String? = nil, observer: EvaluationObserver = EvaluationObserver()
  ) throws -> ExportedPolicy {
    let environment = try experiment.environment(for: "an export")
    guard case .episodes(_, let policy) = experiment.problem else {
      preconditionFailure("an environment has episodes")
    }
    var tuned = try tuned(observer)
    let facts = try directory.settledFacts()
    var exported = ExportedPolicy(
      origin: .init(
        fledge: fledgeVersion, run: facts.name, seed: facts.seed, iteration: state.iteration,
        environment: environment.name, parameters: environment.parameters),
      specification: environment.specification, settings: experiment.metaLearning, policy: policy,
      initialization: state.parameters, logStepSizes: state.logStepSizes,
      rule: tuned.adaptation?.rule ?? .init())
    if let json {
      tuned.adapt(to: try environment.task(json: json))
      guard case .episodes(let measurement) = tuned.measurement() else {
        preconditionFailure("an environment has episodes")
      }
      let found = try measurement.learned(ofTask: 0, steps: steps, episodes: episodes)
      guard let arrays = found.arrays else {
        throw RecordError(
          .usage, "\(directory.path): what its way to adapt learns can't be kept in an export")
      }
      exported.learned = .init(
        arrays: arrays, episodes: found.episodes, steps: found.steps, task: tuned.tasks[0].json)
    }
    return exported
  }
}
