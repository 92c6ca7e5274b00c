internal import MetaLearning
internal import RunRecords

/// A way to train on a configuration's tasks with its budget: what is compared with each other.
public enum Method: String, CaseIterable, Sendable {
  /// The configuration as it stands.
  case maml
  /// Without second derivatives.
  case firstOrder = "first-order"
  /// One policy for all tasks, trained without adapting.
  case pretrained
  /// One policy that observes the task.
  case oracle
  /// The initialization as it is drawn, not trained.
  case random

  /// The configuration of this method, its name ending with the method's.
  ///
  /// Pretraining collects once where adaptation collects before and after each step, so it gets as many
  /// episodes more in an iteration.
  ///
  /// - Parameter configuration: Of meta-training.
  /// - Returns: The changed configuration.
  public func applied(to configuration: Configuration) -> Configuration {
    var changed = configuration
    switch self {
    case .maml: return configuration
    case .firstOrder: changed.inner.firstOrder = true
    case .random: changed.outer.iterations = 0
    case .pretrained, .oracle:
      changed.inner.episodes *= configuration.inner.steps + 1
      changed.inner.steps = 0
      changed.outer.stepWeights = []
    }
    if self == .oracle { changed.environment.parameters["observesTask"] = .flag(true) }
    changed.run.name += "-\(rawValue)"
    return changed
  }
}
