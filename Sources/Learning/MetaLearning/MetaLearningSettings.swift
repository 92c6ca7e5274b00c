public import Adaptation
internal import Differentiation
public import Models
public import Policies
public import Rollouts
public import Settings

/// What becomes of an update in which an observation, a reward, a loss, a gradient or a parameter is not a
/// finite number; the last sound state is kept in any case.
public enum NonFinitePolicy: String, CaseIterable, Codable, Sendable {
  /// Training ends with an error.
  case fail
  /// The update is passed over, and counted.
  case skip
  /// The update is passed over and counted, and all rates of the outer loop are halved from there on.
  case shrink
}

/// What the outer loop does with the episodes after adaptation.
public struct OuterSettings: Settings, Sendable, Equatable {
  /// The method, by its name among those registered.
  public var method = OuterMethodName.trustRegion
  /// Tasks in a meta-iteration.
  public var tasks = 20
  /// Meta-iterations.
  public var iterations = 100
  /// Weight of the loss after 1, 2, ... inner steps; empty: only the last counts.
  public var stepWeights: [Double] = []
  /// Iterations over which the weights of all steps but the last fall linearly to 0, and the last one's
  /// takes theirs over (MAML++, Antoniou et al. 2019); 0 keeps them.
  public var stepWeightAnnealing = 0
  /// Share of the credit that episodes before adaptation get for what adapting to them brought (E-MAML,
  /// Stadie et al. 2018): 1 makes the gradient of the expected return unbiased, less has less variance,
  /// 0 is MAML.
  public var explorationCredit = 0.0
  /// λ of the advantages in the outer loss.
  public var gaeLambda = 1.0
  /// Adam's rate for the initialization, or the share of the way to the adapted parameters.
  public var learningRate = 1e-3
  /// The log standard deviation's rate is this many times as large.
  public var logStandardDeviationFactor = 1.0
  /// Adam's rate for the logarithms of learned step sizes.
  public var stepSizeLearningRate = 1e-2
  /// Whether Adam's rates and the trust region's radius fall linearly to zero.
  public var decay = false
  /// What ``decay`` fell towards before the number of iterations was changed, each an ``EarlierEnd``, in order.
  public var earlierEnds: [String] = []
  /// What becomes of an update in which a number is not finite.
  public var nonFinite = NonFinitePolicy.fail
  /// Iterations of conjugate gradient, for methods that solve by it.
  public var conjugateGradientIterations = 10
  /// Passes over the same episodes, for methods that learn from them more than once.
  public var epochs = 5
  /// Likelihood ratios count up to 1 plus or minus this, for these methods.
  public var clip = 0.3
  /// What a method that doesn't come with the program has of its own.
  public var parameters: [String: ParameterValue] = [:]
  /// The hyperparameters that one method alone has.
  public var own = OwnSettings()

  /// The usual settings of the field.
  public init() {}

  /// The keys.
  public static var fields: [Field<Self>] {
    let methods = OuterMethods.builtIn.all
    let names = { (property: (OuterMethodDefinition) -> Bool) in
      methods.filter(property).map(\.name.rawValue).joined(separator: ", ")
    }
    let weighing = names(\.weighsSteps)
    return [
      .name(
        "method", \.method, among: methods.map(\.name),
        "how the initialization is improved"),
      .integer("tasks", \.tasks, in: 1...10_000, "tasks in a meta-iteration"),
      .integer("iterations", \.iterations, in: 0...10_000_000, "meta-iterations"),
      .numbers(
        "stepWeights", \.stepWeights, in: 0...1e6, counts: 0...100,
        "weight of the loss after each inner step, [] for the last alone (\(weighing))"),
      .integer(
        "stepWeightAnnealing", \.stepWeightAnnealing, in: 0...10_000_000,
        "iterations in which all weights move to the last step, 0 for none (\(weighing))"),
      .number(
        "explorationCredit", \.explorationCredit, in: 0...1,
        "share of E-MAML's credit to episodes before adaptation (\(names(\.creditsExploration)), episodes)"
      ),
      .number("gaeLambda", \.gaeLambda, in: 0...1, "lambda of the outer advantages"),
      .number(
        "learningRate", \.learningRate, in: 0...100,
        "Adam's rate, or the share of the way to adapted parameters"),
      .number(
        "logStandardDeviationFactor", \.logStandardDeviationFactor, in: 0...1e6,
        "factor on Adam's rate for the log standard deviation"),
      .number(
        "stepSizeLearningRate", \.stepSizeLearningRate, in: 0...100,
        "Adam's rate for learned log step sizes"),
      .flag("decay", \.decay, "let Adam's rates and the trust region's radius fall linearly to 0"),
      .texts(
        "earlierEnds", \.earlierEnds,
        "iterations done, of how many, whenever their number was changed: what decay fell towards till then, "
          + "such as 3 of 10"),
      .choice(
        "nonFinite", \.nonFinite, "what becomes of an update with a number that is not finite"),
    ] + methods.flatMap { $0.fields() } + [
      .parameters("parameters", \.parameters, "of a method that doesn't come with the program")
    ]
  }

  /// Weights must leave something to learn from.
  public func violation() -> ConstraintViolation? {
    if let wrong = earlierEnds.first(where: { EarlierEnd($0) == nil }) {
      return ConstraintViolation(
        "earlierEnds", "has '\(wrong)', expected iterations done of how many, such as 3 of 10")
    }
    if !stepWeights.isEmpty && !stepWeights.contains(where: { $0 > 0 }) {
      return ConstraintViolation("stepWeights", "are all 0, expected at least one above 0")
    }
    return nil
  }
}

/// Everything that defines a meta-learner, but for environment and seed.
public struct MetaLearningSettings: Sendable {
  /// The policy, where tasks have episodes.
  public var policy = PolicySettings()
  /// The model, where tasks have examples.
  public var model = ModelSettings()
  /// The inner loop.
  public var inner = InnerSettings()
  /// Advantages; the outer loop has its own λ.
  public var advantages = AdvantageSettings()
  /// The outer loop.
  public var outer = OuterSettings()
  /// The methods that ``OuterSettings/method`` names one of.
  public var methods = OuterMethods.builtIn

  /// The usual settings of the field.
  public init() {}

  /// The outer method.
  public var method: OuterMethodDefinition { methods[outer.method] }
}

extension MetaLearningSettings {
  /// Adaptation to episodes by these settings' inner loop.
  ///
  /// - Parameters:
  ///   - policy: The policy.
  ///   - state: The initialization, and α as training left it; a policy trained without any adapts by the given
  ///     step size.
  ///   - rule: What becomes of these sizes.
  ///   - products: How many products with each step's Jacobian will be asked for.
  ///   - isRecorded: Whether steps and what they learned from are kept.
  /// - Returns: The adaptation.
  public func adaptation(
    of policy: Policy, from state: LearnerState, rule: TestTimeRule = TestTimeRule(),
    products: HessianProducts = .none, isRecorded: Bool = false
  ) -> GradientAdaptation {
    adaptation(
      of: policy, from: state.parameters,
      by: StepSizes(learned: state.learnedStepSizes(), inner, policy.layout, rule: rule),
      products: products, isRecorded: isRecorded)
  }

  /// The same by step sizes that are there already, `[1, parameter]` the initialization.
  func adaptation(
    of policy: Policy, from initial: Tensor<Float>, by stepSizes: StepSizes,
    products: HessianProducts = .none, isRecorded: Bool = false
  ) -> GradientAdaptation {
    GradientAdaptation(
      policy: policy, initial: initial, inner: inner, advantages: advantages, stepSizes: stepSizes,
      descendsToOptimum: method.descendsToOptimum, products: products, isRecorded: isRecorded)
  }

  /// How a trained policy adapts to a task: as its method says, or else by the inner loop.
  ///
  /// - Parameters:
  ///   - policy: The policy.
  ///   - state: What was trained.
  ///   - rule: What becomes of step sizes.
  /// - Returns: The adaptation.
  public func trainedAdaptation(
    of policy: Policy, from state: LearnerState, rule: TestTimeRule = TestTimeRule()
  ) -> any Adaptation {
    method.adaptation?(policy, state, self, rule) ?? adaptation(of: policy, from: state, rule: rule)
  }

  /// Adaptation to examples by these settings' inner loop.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - state: The initialization, and α as training left it.
  ///   - rule: What becomes of these sizes.
  /// - Returns: The adaptation.
  public func adaptation(
    of model: Model, from state: LearnerState, rule: TestTimeRule = TestTimeRule()
  ) -> ExampleLoop {
    adaptation(
      of: model, from: state.parameters,
      by: StepSizes(learned: state.learnedStepSizes(), inner, model.layout, rule: rule))
  }

  /// The same by step sizes that are there already, `[1, parameter]` the initialization.
  func adaptation(
    of model: Model, from initial: Tensor<Float>, by stepSizes: StepSizes
  ) -> ExampleLoop {
    ExampleLoop(
      model: model, initial: initial, inner: inner, stepSizes: stepSizes,
      descendsToOptimum: method.descendsToOptimum)
  }
}
