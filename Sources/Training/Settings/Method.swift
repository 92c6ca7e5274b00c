internal import Differentiation
internal import MetaLearning
internal import Models
internal import Policies
internal import Rollouts
internal import RunRecords

/// A way to train on a configuration's tasks with its budget: what is compared with each other.
public enum Method: String, CaseIterable, Sendable {
  /// The configuration as it stands.
  case maml
  /// MAML with the step sizes as they are given.
  case fixedSizes = "fixed-sizes"
  /// A step size for each parameter and step, learned.
  case metaSGD = "meta-sgd"
  /// Without second derivatives.
  case firstOrder = "first-order"
  /// A share of the way to the adapted parameters.
  case reptile
  /// The implicit gradient of a regularized inner loop.
  case imaml
  /// Clipped likelihood ratios, several epochs.
  case promp
  /// Credit to the episodes before adaptation.
  case emaml
  /// The last layer alone is adapted.
  case anil
  /// A context vector alone is adapted.
  case cavia
  /// One policy or model for all tasks, trained without adapting.
  case pretrained
  /// The same, of which tasks adapt the last layer alone.
  case pretrainedHead = "pretrained-head"
  /// One policy that observes the task.
  case oracle
  /// The initialization as it is drawn, not trained.
  case random

  /// The configuration of this method, its name ending with the method's.
  ///
  /// Pretraining collects once where adaptation collects before and after each step, so it gets as many
  /// episodes more in an iteration. What a method needs besides is set as it served best in the published
  /// comparisons.
  ///
  /// - Parameters:
  ///   - configuration: Of meta-training.
  ///   - hasExamples: Whether its tasks have examples, where those of a support set are as many as are adapted to.
  /// - Returns: The changed configuration.
  public func applied(to configuration: Configuration, hasExamples: Bool) -> Configuration {
    var changed = configuration
    switch self {
    case .maml: return configuration
    case .fixedSizes: changed.inner.stepSizeRule = .fixed
    case .metaSGD: changed.inner.stepSizeRule = .learned
    case .firstOrder: changed.inner.firstOrder = true
    case .reptile:
      Self.follow(.reptile, &changed)
      changed.outer.learningRate = 0.5
    case .imaml:
      Self.follow(.imaml, &changed)
      // A step that is larger than 1/λ overshoots what ties it to the initialization.
      changed.inner.logStandardDeviationFactor = 1
    case .promp:
      Self.follow(.promp, &changed)
      changed.inner.estimator = .likelihoodRatio
      changed.inner.stepSizeRule = configuration.inner.stepSizeRule
      changed.outer.stepWeights = configuration.outer.stepWeights
      // As far in all epochs as otherwise in one update.
      changed.outer.learningRate /= Double(changed.outer.epochs)
      changed.outer.stepSizeLearningRate /= Double(changed.outer.epochs)
    case .emaml:
      Self.follow(.adam, &changed)
      changed.outer.stepWeights = configuration.outer.stepWeights
      changed.inner.stepSizeRule = configuration.inner.stepSizeRule
      changed.outer.explorationCredit = 0.01
    case .anil: changed.inner.adapts = [ParameterLayout.headName]
    case .cavia:
      changed.inner.adapts = [ContextVector.name]
      changed.policy.contextSize = 8
      changed.model.contextSize = 8
    case .random: changed.outer.iterations = 0
    case .pretrained, .pretrainedHead, .oracle:
      if !hasExamples { changed.inner.episodes *= configuration.inner.steps + 1 }
      changed.inner.steps = 0
      changed.outer.stepWeights = []
    }
    if self == .pretrainedHead { changed.inner.adapts = [ParameterLayout.headName] }
    if self == .oracle { changed.environment.parameters["observesTask"] = .flag(true) }
    changed.run.name += "-\(rawValue)"
    return changed
  }

  /// An outer method with what it leaves no room for set aside.
  private static func follow(_ method: OuterMethod, _ configuration: inout Configuration) {
    configuration.outer.method = method
    configuration.outer.stepWeights = []
    configuration.inner.stepSizeRule = .fixed
    configuration.inner.firstOrder = false
  }
}
