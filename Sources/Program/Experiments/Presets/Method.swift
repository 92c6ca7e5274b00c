internal import Differentiation
internal import MetaLearning
internal import Models
internal import Policies
internal import RunRecords

/// A way to train on a configuration's tasks with its budget: what is compared with each other.
public enum Method: String, CaseIterable, Sendable {
  /// The configuration as it stands.
  case maml
  /// The paper's recipe: one inner step of a given size, a trust region of the usual radius.
  case plainMAML = "plain-maml"
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
  /// Full credit to the episodes before adaptation.
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
  /// All collect as many episodes in training. Pretraining collects once where adaptation collects before and
  /// after each step, so it gets as many episodes more in an iteration; who takes another number of inner steps
  /// gets fewer or more iterations. What a method needs besides is set as it served best in the published
  /// comparisons. What adapts by sizes that training did not learn chooses a factor on them on validation tasks.
  ///
  /// - Parameters:
  ///   - configuration: Of meta-training.
  ///   - hasExamples: Whether its tasks have examples, where those of a support set are as many as are adapted to.
  /// - Returns: The changed configuration.
  public func applied(to configuration: Configuration, hasExamples: Bool) -> Configuration {
    var changed = configuration
    switch self {
    case .maml: return configuration
    case .plainMAML:
      Self.followPaper(&changed, hasExamples: hasExamples)
    case .fixedSizes:
      Self.fixSizes(&changed)
      changed.evaluation.stepSizeFactors = EvaluationSettings.narrowFactors
      // Where a size can't be learned for each step, steps that count for little undo what those before gained.
      changed.outer.stepWeights = configuration.outer.stepWeights.map { _ in 1 }
    case .metaSGD: changed.inner.stepSizeRule = .learned
    case .firstOrder:
      changed.inner.firstOrder = true
      changed.evaluation.stepSizeFactors = EvaluationSettings.narrowFactors
    case .reptile:
      Self.follow(.reptile, &changed)
      Self.fixSizes(&changed)
      changed.outer.stepWeights = []
      changed.inner.stepSize = min(configuration.inner.stepSize, 0.1)
      changed.evaluation.stepSizeFactors = EvaluationSettings.narrowFactors
      // Of one step it would learn no more than pretraining (Nichol et al. 2018, section 5.1).
      if configuration.inner.steps == 1 { changed.inner.steps = 5 }
      changed.outer.learningRate = 0.5
    case .imaml:
      Self.follow(.imaml, &changed)
      Self.fixSizes(&changed)
      changed.outer.stepWeights = []
      // One optimum on as many episodes as all steps had, whose ratios tell how far it has moved.
      changed.inner.steps = 1
      guard !hasExamples else { break }
      changed.inner.episodes *= (configuration.inner.steps + 1) / 2
      changed.inner.estimator = .likelihoodRatio
      changed.inner.proximalStrength = 5
    case .promp:
      Self.follow(.promp, &changed)
      changed.inner.estimator = .likelihoodRatio
      // As far in all epochs as otherwise in one update.
      changed.outer.learningRate /= Double(changed.outer.epochs)
      changed.outer.stepSizeLearningRate /= Double(changed.outer.epochs)
    case .emaml:
      Self.follow(.adam, &changed)
      changed.outer.explorationCredit = 1
    case .anil: changed.inner.adapts = [ParameterLayout.headName]
    case .cavia:
      changed.inner.adapts = [ContextVector.name]
      changed.policy.contextSize = 8
      changed.model.contextSize = 8
    case .random:
      changed.outer.iterations = 0
      Self.fixSizes(&changed)
      changed.evaluation.stepSizeFactors = EvaluationSettings.wideFactors
      // Nor has it trained any step, so the sizes of all but the first are chosen as those of later steps.
      changed.inner.steps = 0
      changed.outer.stepWeights = []
    case .pretrained, .pretrainedHead, .oracle:
      Self.fixSizes(&changed)
      changed.evaluation.stepSizeFactors = EvaluationSettings.wideFactors
      if !hasExamples { changed.inner.episodes *= configuration.inner.steps + 1 }
      changed.inner.steps = 0
      changed.outer.stepWeights = []
    }
    if !hasExamples && self != .random { Self.equalize(&changed, with: configuration) }
    if self == .pretrainedHead { changed.inner.adapts = [ParameterLayout.headName] }
    if self == .oracle { changed.environment.parameters["observesTask"] = .flag(true) }
    changed.run.name += "-\(rawValue)"
    return changed
  }

  /// One inner step of a given size and the loss after it (Finn et al. 2017, section 5.3 and its code).
  private static func followPaper(_ configuration: inout Configuration, hasExamples: Bool) {
    follow(hasExamples ? .adam : .trpo, &configuration)
    fixSizes(&configuration)
    configuration.inner.steps = 1
    configuration.inner.minimumLogStandardDeviation = nil
    configuration.inner.estimator = .logLikelihood
    configuration.outer.stepWeights = []
    configuration.outer.maxKL = OuterSettings().maxKL
    configuration.outer.decay = false
    configuration.evaluation.stepSizeFactors = EvaluationSettings.narrowFactors
  }

  /// As many iterations as collect the same number of episodes.
  private static func equalize(
    _ configuration: inout Configuration, with original: Configuration
  ) {
    func collected(_ inner: InnerSettings) -> Int { inner.episodes * (inner.steps + 1) }
    let (before, after) = (collected(original.inner), collected(configuration.inner))
    configuration.outer.iterations = original.outer.iterations * before / after
  }

  /// An outer method that takes all derivatives.
  private static func follow(_ method: OuterMethod, _ configuration: inout Configuration) {
    configuration.outer.method = method
    configuration.inner.firstOrder = false
  }

  /// Step sizes as they are given, the same for the noise as for the rest: what learned sizes begin from may be
  /// too large to stay with.
  private static func fixSizes(_ configuration: inout Configuration) {
    configuration.inner.stepSizeRule = .fixed
    configuration.inner.logStandardDeviationFactor = 1
  }
}
