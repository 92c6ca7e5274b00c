internal import Differentiation
public import EnvironmentKit
public import Models

/// The inner loop on the examples of one task: steps down the loss of the support set.
public struct ExampleLoop: Sendable {
  let model: Model
  let settings: MetaLearningSettings
  /// θ, which iMAML ties adapted parameters to.
  let initial: Tensor<Float>
  let stepSizes: StepSizes

  /// A loop from a state.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - settings: Of training.
  ///   - state: The initialization, and α as training left it; a model trained without any adapts by the
  ///     given step size.
  ///   - rule: What becomes of these sizes.
  public init(
    model: Model, settings: MetaLearningSettings, state: LearnerState,
    rule: TestTimeRule = TestTimeRule()
  ) {
    self.init(
      model: model, settings: settings, initial: state.parameters,
      stepSizes: StepSizes(state, settings.inner, model.layout, rule: rule))
  }

  init(
    model: Model, settings: MetaLearningSettings, initial: Tensor<Float>, stepSizes: StepSizes
  ) {
    self.model = model
    self.settings = settings
    self.initial = initial
    self.stepSizes = stepSizes
  }

  /// How good the model is on the query set after 0, 1, ... steps, with nothing kept for derivatives.
  ///
  /// - Parameters:
  ///   - examples: A task's.
  ///   - steps: How many steps are taken.
  /// - Returns: A score for each number of steps.
  public func scores(on examples: FewShotExamples, steps: Int) -> [Double] {
    let support = batch(examples.support)
    let query = batch(examples.query)
    let statistics: Statistics<Float> = model.settings.statisticsAfterTraining()
    var parameters = initial
    return (0...steps).map { count in
      if count > 0 {
        parameters =
          step(
            count - 1, from: parameters, on: support, statistics: statistics, differentiable: false
          ).after
      }
      let constants = model.layout.constants(of: parameters)
      let outputs = model(
        constants, Variable(query.inputs),
        statistics: model.queryStatistics(
          constants, support: Variable(support.inputs), otherwise: statistics))
      return query.score(outputs.value)
    }
  }

  /// A step down the loss of the support set.
  func step(
    _ step: Int, from parameters: Tensor<Float>, on support: ExampleBatch<Float>,
    statistics: Statistics<Float> = .ofBatch, differentiable: Bool
  ) -> AdaptationStep<Float> {
    let sizes: Tensor<Float> = stepSizes[step]
    guard let strength = settings.proximalStrength else {
      return AdaptationStep(
        from: parameters, stepSizes: sizes, layout: model.layout,
        maximumNorm: settings.inner.maximumGradientNorm.map { Float($0) },
        differentiable: differentiable
      ) { model.loss($0, on: support, statistics: statistics).loss }
    }
    let optimum = InnerOptimum(
      from: parameters, tiedTo: initial, strength: Float(strength), stepSizes: sizes,
      tolerance: Float(settings.inner.optimumTolerance)
    ) { place in
      let tracked = model.layout.tracked(of: place)
      let loss = model.loss(tracked, on: support, statistics: statistics).loss
      let slopes = gradient(of: loss, withRespectTo: tracked)
      return (loss.value.scalar, model.layout.vector(of: slopes))
    }
    return AdaptationStep(from: parameters, to: optimum)
  }

  func batch(_ examples: Examples) -> ExampleBatch<Float> {
    ExampleBatch(examples, model.specification)
  }
}
