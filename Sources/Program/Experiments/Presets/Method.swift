internal import Adaptation
internal import Differentiation
public import MetaLearning
internal import Models
internal import Policies
internal import Settings

/// A way to train on a configuration's tasks with its budget: what is compared with each other.
public struct Method: Sendable {
  /// The name on the command line.
  public let name: String
  private let change: @Sendable (inout Configuration, _ hasExamples: Bool) -> Void
  /// Whether it gets as many episodes as the configuration that it is compared with.
  public private(set) var hasEqualBudget = true
  /// Whether it says how gradient steps adapt, and nothing to who adapts in another way.
  public private(set) var concernsGradientSteps = false

  private init(
    _ name: String, _ change: @escaping @Sendable (inout Configuration, _ hasExamples: Bool) -> Void
  ) {
    (self.name, self.change) = (name, change)
  }

  /// All methods: those of settings alone, and those that outer methods bring along.
  ///
  /// - Parameter outer: The outer methods known.
  /// - Returns: In the order in which they are listed.
  public static func all(_ outer: OuterMethods = .builtIn) -> [Method] {
    [maml, plainMAML, fixedSizes, metaSGD, firstOrder]
      + outer.all.flatMap(\.presets).map(Method.init)
      + [anil, cavia, pretrained, pretrainedHead, oracle, random]
  }

  /// The configuration of this method, its name ending with the method's.
  ///
  /// All collect as many episodes in training, but for an outer method that says it needs fewer. Pretraining
  /// collects once where adaptation collects before and after each step, so it gets as many episodes more in an
  /// iteration; who takes another number of inner steps gets fewer or more iterations. What a method needs besides
  /// is set as it served best in the published comparisons. What adapts by sizes that training did not learn
  /// chooses a factor on them on validation tasks.
  ///
  /// - Parameters:
  ///   - configuration: Of meta-training.
  ///   - hasExamples: Whether its tasks have examples, where those of a support set are as many as are adapted to.
  ///   - methods: The outer methods known.
  /// - Returns: The changed configuration.
  public func applied(
    to configuration: Configuration, hasExamples: Bool, _ methods: OuterMethods = .builtIn
  ) -> Configuration {
    guard name != Self.maml.name else { return configuration }
    var changed = configuration
    change(&changed, hasExamples)
    if !hasExamples && hasEqualBudget {
      changed.outer.iterations =
        configuration.outer.iterations * configuration.collectedEpisodes(methods)
        / changed.collectedEpisodes(methods)
    }
    changed.run.name += "-\(name)"
    return changed
  }
}

extension Configuration {
  /// The episodes that are collected of a task in an iteration.
  fileprivate func collectedEpisodes(_ methods: OuterMethods) -> Int {
    var settings = metaLearning
    settings.methods = methods
    return inner.episodes * settings.method.collections(settings)
  }
}

extension Method {
  private static func ofGradientSteps(
    _ name: String, _ change: @escaping @Sendable (inout Configuration, _ hasExamples: Bool) -> Void
  ) -> Method {
    var method = Method(name, change)
    method.concernsGradientSteps = true
    return method
  }

  /// The configuration as it stands.
  public static let maml = Method("maml") { _, _ in }

  /// The paper's recipe: one inner step of a given size, a trust region of the usual radius (Finn et al. 2017, section
  /// 5.3 and its code).
  static let plainMAML = Method("plain-maml") { configuration, hasExamples in
    configuration.metaLearning.follow(hasExamples ? .adam : .trustRegion)
    configuration.metaLearning.fixStepSizes()
    configuration.inner.steps = 1
    configuration.inner.minimumLogStandardDeviation = nil
    configuration.inner.estimator = .logLikelihood
    configuration.outer.stepWeights = []
    configuration.outer.trustRegion.maxKL = TrustRegionSettings().maxKL
    configuration.outer.decay = false
    configuration.evaluation.stepSizeFactors = EvaluationSettings.narrowFactors
  }

  /// MAML with the step sizes as they are given.
  static let fixedSizes = ofGradientSteps("fixed-sizes") { configuration, _ in
    configuration.metaLearning.fixStepSizes()
    configuration.evaluation.stepSizeFactors = EvaluationSettings.narrowFactors
    // Where a size can't be learned for each step, steps that count for little undo what those before gained.
    configuration.outer.stepWeights = configuration.outer.stepWeights.map { _ in 1 }
  }

  /// A step size for each parameter and step, learned.
  static let metaSGD = ofGradientSteps("meta-sgd") { configuration, _ in
    configuration.inner.stepSizeRule = .learned
  }

  /// Without second derivatives.
  static let firstOrder = ofGradientSteps("first-order") { configuration, _ in
    configuration.inner.firstOrder = true
    configuration.evaluation.stepSizeFactors = EvaluationSettings.narrowFactors
  }

  /// The last layer alone is adapted.
  static let anil = ofGradientSteps("anil") { configuration, _ in
    configuration.inner.adapts = [ParameterLayout.headName]
  }

  /// A context vector alone is adapted.
  static let cavia = ofGradientSteps("cavia") { configuration, _ in
    configuration.inner.adapts = [ContextVector.name]
    configuration.policy.contextSize = 8
    configuration.model.contextSize = 8
  }

  /// One policy or model for all tasks, trained without adapting.
  static let pretrained = ofGradientSteps("pretrained", pretrain)

  /// The same, of which tasks adapt the last layer alone.
  static let pretrainedHead = ofGradientSteps("pretrained-head") { configuration, hasExamples in
    pretrain(&configuration, hasExamples: hasExamples)
    configuration.inner.adapts = [ParameterLayout.headName]
  }

  /// One policy that observes the task.
  public static let oracle = Method("oracle") { configuration, hasExamples in
    pretrain(&configuration, hasExamples: hasExamples)
    configuration.environment.parameters["observesTask"] = .boolean(true)
  }

  /// The initialization as it is drawn, not trained.
  public static let random: Method = {
    var method = Method("random") { configuration, _ in
      configuration.outer.iterations = 0
      configuration.metaLearning.fixStepSizes()
      configuration.evaluation.stepSizeFactors = EvaluationSettings.wideFactors
      // Nor has it trained any step, so the sizes of all but the first are chosen as those of later steps.
      configuration.inner.steps = 0
      configuration.outer.stepWeights = []
    }
    method.hasEqualBudget = false
    return method
  }()

  /// What an outer method brings along.
  private init(_ preset: MethodPreset) {
    self.init(preset.name) { configuration, hasExamples in
      preset.apply(&configuration.metaLearning, hasExamples)
      configuration.environment.trainingTasks =
        configuration.environment.trainingTasks ?? preset.trainingTasks
      if preset.choosesStepSizes {
        configuration.evaluation.stepSizeFactors = EvaluationSettings.narrowFactors
      }
    }
    hasEqualBudget = preset.hasEqualBudget
  }

  @Sendable private static func pretrain(_ configuration: inout Configuration, hasExamples: Bool) {
    configuration.metaLearning.fixStepSizes()
    configuration.evaluation.stepSizeFactors = EvaluationSettings.wideFactors
    if !hasExamples { configuration.inner.episodes *= configuration.inner.steps + 1 }
    configuration.inner.steps = 0
    configuration.outer.stepWeights = []
  }
}
