public import Differentiation
public import EnvironmentKit
public import Models

/// The inner loop on the examples of one task: steps down the loss of the support set.
public struct ExampleLoop: Sendable {
  private let model: Model
  private let inner: InnerSettings
  /// θ, where each task begins, `[1, parameter]`.
  private let initial: Tensor<Float>
  private let stepSizes: StepSizes
  private let descendsToOptimum: Bool

  /// A loop from an initialization.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - initial: θ, `[1, parameter]`.
  ///   - inner: The inner loop.
  ///   - stepSizes: α of each step.
  ///   - descendsToOptimum: Whether a step leads to an inner optimum rather than down one gradient.
  public init(
    model: Model, initial: Tensor<Float>, inner: InnerSettings, stepSizes: StepSizes,
    descendsToOptimum: Bool
  ) {
    self.model = model
    self.initial = initial
    self.inner = inner
    self.stepSizes = stepSizes
    self.descendsToOptimum = descendsToOptimum
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
  ///
  /// - Parameters:
  ///   - step: How many steps were taken before.
  ///   - parameters: Where it begins, `[1, parameter]`.
  ///   - support: The support set.
  ///   - statistics: Where normalization takes its statistics from.
  ///   - differentiable: Whether derivatives through the step are wanted.
  /// - Returns: The step.
  public func step(
    _ step: Int, from parameters: Tensor<Float>, on support: ExampleBatch<Float>,
    statistics: Statistics<Float> = .ofBatch, differentiable: Bool
  ) -> AdaptationStep<Float> {
    let sizes: Tensor<Float> = stepSizes[step]
    guard descendsToOptimum else {
      return AdaptationStep(
        from: parameters, stepSizes: sizes, layout: model.layout,
        maximumNorm: inner.maximumGradientNorm.map { Float($0) },
        differentiable: differentiable
      ) { model.loss($0, on: support, statistics: statistics).loss }
    }
    let optimum = InnerOptimum(
      from: parameters, tiedTo: initial, strength: Float(inner.proximalStrength), stepSizes: sizes,
      tolerance: Float(inner.optimumTolerance)
    ) { place in
      let tracked = model.layout.tracked(of: place)
      let loss = model.loss(tracked, on: support, statistics: statistics).loss
      let slopes = gradient(of: loss, withRespectTo: tracked)
      return (loss.value.scalar, model.layout.vector(of: slopes))
    }
    return AdaptationStep(from: parameters, to: optimum)
  }

  /// A source's examples as the model takes them.
  public func batch(_ examples: Examples) -> ExampleBatch<Float> {
    ExampleBatch(examples, model.specification)
  }
}
