internal import Models
internal import Adaptation
internal import Parallel
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
    // θ ← θ - β ∇ Σ L(θ'), where Adam has the place of β.
    return try state.descend(credited(results, iteration.team), in: iteration)
  }

  /// The gradients with the term of E-MAML, where that is asked for: the credit of what a task's own episodes could
  /// not have earned is the mean of the other tasks.
  private func credited(
    _ results: Parts<
      (value: (gradient: TaskGradient, credits: [ExplorationCredit]), summary: TaskSummary)
    >, _ team: any Team
  ) throws -> Parts<(value: TaskGradient, summary: TaskSummary)> {
    let steps = settings.outer.explorationCredit > 0 && results.count > 1 ? settings.inner.steps : 0
    let sums = try (0..<steps).map { step in
      try team.sum(results) { step < $0.value.credits.count ? $0.value.credits[step].value : 0 }
    }
    return results.map { result in
      var gradient = result.value.gradient
      for (credit, sum) in zip(result.value.credits, sums) {
        let others = (sum - credit.value) / Double(results.count - 1)
        gradient.credit(
          credit, times: settings.outer.explorationCredit * (credit.value - others))
      }
      return (gradient, result.summary)
    }
  }
}

extension OuterMethodName {
  /// The gradient through adaptation, followed by Adam.
  public static let adam: OuterMethodName = "adam"
}
