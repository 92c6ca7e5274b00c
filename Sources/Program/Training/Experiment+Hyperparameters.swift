internal import Adaptation
internal import EnvironmentKit
internal import Experiments
internal import MetaLearning
internal import RunRecords
internal import Settings

extension Experiment {
  /// What TensorBoard lists of a run, beside the score after adaptation in training and on test tasks.
  var hyperparameters: Hyperparameters {
    let unused = if case .episodes = problem { "model." } else { "policy." }
    let steps = configuration.inner.steps
    return Hyperparameters(
      configuration.hyperparameterEntries.filter { !$0.key.hasPrefix(unused) },
      defaults: Configuration().entries,
      metrics: [
        .init("return/afterStep\(steps)"),
        .init(
          "\(TaskSplit.test.rawValue)/\(problem.score)/after\(steps)Steps", folder: "evaluations"),
      ] + (configuration.run.validationTasks > 0 ? [.init(Validation.key)] : []))
  }
}
