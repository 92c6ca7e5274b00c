internal import Adaptation
internal import Differentiation
public import EnvironmentKit
internal import Models

extension Problem {
  /// What training found, beside what it finds in the end where that is known: where a model that is linear
  /// in its parameters descends the gradient through unclipped steps of all of them.
  ///
  /// - Parameters:
  ///   - state: The trained initialization and step sizes.
  ///   - settings: Of training.
  /// - Returns: A value for each tensor of which something is known.
  public func closedForms(
    of state: LearnerState, settings: MetaLearningSettings
  ) -> [ClosedForm] {
    guard case .examples(let source, let model) = self, model.settings.kind == .linear,
      model.settings.weightPenalty == 0, model.settings.contextSize == 0,
      settings.outer.method == .adam, settings.outer.stepWeights.isEmpty,
      settings.inner.adapts.isEmpty, settings.inner.maximumGradientNorm == nil
    else { return [] }
    let inner = settings.inner
    let rule = AdaptationRule(
      steps: inner.steps, stepSize: inner.stepSizeRule.learns ? nil : inner.stepSize,
      shots: inner.episodes, isFirstOrder: inner.firstOrder)
    return source.closedForms(under: rule).map { known in
      var known = known
      let values =
        known.quantity == .initialization ? state.parameters : state.learnedStepSizes()[0]
      known.found =
        zip(layout.entries, layout.tensors(of: values))
        .first { $0.0.name == known.tensor }?.1.elements.map { Double($0) } ?? []
      return known
    }
  }
}
