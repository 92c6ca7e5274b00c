internal import Models
public import Settings

/// Model-agnostic meta-learning by the gradient of the losses after adaptation.
///
/// Source: Finn, Abbeel and Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017: lines 3 to
/// 10 of algorithm 3 for tasks of episodes, of algorithm 2 for tasks of examples, with Adam as the outer optimizer.
public struct ModelAgnostic: OuterMethod {
  /// What is known of it.
  public static var definition: OuterMethodDefinition {
    var method = OuterMethodDefinition(
      .adam, "the gradient through adaptation, followed by Adam", derivative: .unrolled,
      ModelAgnostic.self)
    method.weighsSteps = true
    method.creditsExploration = true
    method.presets = [
      MethodPreset("emaml") { settings, _ in
        settings.follow(.adam)
        settings.outer.explorationCredit = 1
      }
    ]
    return method
  }

  private let settings: MetaLearningSettings

  /// The method as settings describe it.
  public init(_ settings: MetaLearningSettings, _ keys: NoSettings) { self.settings = settings }

  /// One meta-iteration.
  public func update(
    _ state: inout LearnerState, on iteration: MetaIteration<any TaskAdapter>
  ) throws -> OuterUpdate {
    // For all tasks: collect with θ, adapt to θ' = θ - α ∇L(θ) as often as there are inner steps, collect with
    // θ', and take the gradient of L(θ') with respect to θ, through the steps.
    let results = try iteration.adapt(from: &state, derivative: .unrolled, products: .few) {
      (gradient: TaskGradient(through: $0), credits: $0.credits)
    }
    // E-MAML adds what the episodes before adaptation are credited with; MAML nothing.
    let gradients = try credited(
      results, share: settings.outer.explorationCredit, iteration.team)
    // θ ← θ - β ∇ Σ L(θ'), where Adam has the place of β.
    return try state.descend(gradients, in: iteration)
  }
}

extension OuterMethodName {
  /// The gradient through adaptation, followed by Adam.
  public static let adam: OuterMethodName = "adam"
}
