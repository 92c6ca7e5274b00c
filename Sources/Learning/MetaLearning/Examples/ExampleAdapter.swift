internal import Adaptation
internal import Differentiation
internal import EnvironmentKit
internal import Models
internal import Randomness

/// The inner loop on the examples of tasks.
struct ExampleAdapter: TaskAdapter {
  private let source: AnyExampleSource
  private let model: Model
  private let settings: MetaLearningSettings
  private let seed: UInt64

  init(
    _ source: AnyExampleSource, _ model: Model, settings: MetaLearningSettings, seed: UInt64
  ) {
    self.source = source
    self.model = model
    self.settings = settings
    self.seed = seed
  }

  func adapt(
    to task: AnyTask, index: Int, worker: Int, _ request: AdaptationRequest
  ) throws -> TaskAdaptation {
    var random = RandomStream(
      seed: seed, iteration: request.iteration, task: index, purpose: .examples)
    let examples = source.examples(of: task, shots: settings.inner.episodes, random: &random)
    let loop = settings.adaptation(
      of: model, from: request.state.parameters, by: request.stepSizes)
    let support = loop.batch(examples.support)
    let query = loop.batch(examples.query)
    var adaptation = TaskAdaptation(adapted: request.state.parameters, summary: TaskSummary())
    let steps = settings.inner.steps
    for count in 0...steps {
      var seconds = PhaseSeconds()
      if count > 0 {
        let step = timed(&seconds.innerGradient) {
          loop.step(
            count - 1, from: adaptation.adapted, on: support,
            differentiable: request.derivative == .unrolled && !settings.inner.firstOrder)
        }
        adaptation.adapted = step.after
        adaptation.summary.innerGradientNorms.append(Double(step.gradient.norm))
        adaptation.residual = step.residual.map { max($0, adaptation.residual ?? 0) }
        if keepsSteps(request) { adaptation.chain.append(step) }
      }
      timed(&seconds.metaGradient) {
        judge(query, beside: support, after: count, request, &adaptation)
      }
      adaptation.summary.seconds = adaptation.summary.seconds + seconds
    }
    if request.derivative == .implicit {
      adaptation.hessianProduct =
        model.layout.derivatives(at: adaptation.adapted, curvature: true) {
          model.loss($0, on: support).loss
        }.hessianProduct
    } else if !keepsSteps(request) {
      // Each step counts as a shift, so the gradients at all of them are gradients at the initialization.
      let gradients = adaptation.gradients.compactMap { $0 }
      adaptation.gradients =
        gradients.first.map { first in
          [gradients.dropFirst().reduce(first) { $0.adding($1) }]
        } ?? []
    }
    average(query.inputs, request, &adaptation)
    return adaptation
  }

  /// Moves the running averages of normalizations on: of the initialization, or where that follows the adapted
  /// parameters, of these.
  private func average(
    _ inputs: Tensor<Float>, _ request: AdaptationRequest, _ adaptation: inout TaskAdaptation
  ) {
    guard model.settings.normalization == .running else { return }
    let moved = model.averaging(
      request.derivative == .none ? adaptation.adapted : request.state.parameters,
      at: adaptation.adapted, inputs, share: 0.1)
    if request.derivative == .none {
      adaptation.adapted = moved
    } else {
      adaptation.averaged = moved
    }
  }

  /// First-order steps of fixed sizes have nothing to be pulled back through.
  private func keepsSteps(_ request: AdaptationRequest) -> Bool {
    request.derivative == .unrolled
      && (!settings.inner.firstOrder || settings.inner.stepSizeRule.learns)
  }

  /// Scores the query set, and differentiates its loss, where the loss after so many steps has a weight; to spare
  /// time it is not looked at elsewhere.
  private func judge(
    _ query: ExampleBatch<Float>, beside support: ExampleBatch<Float>, after count: Int,
    _ request: AdaptationRequest, _ adaptation: inout TaskAdaptation
  ) {
    let isOuter = count > 0 || settings.inner.steps == 0
    let weight = isOuter ? request.weights[max(count, 1) - 1] : 0
    guard weight != 0 else {
      if isOuter { adaptation.gradients.append(nil) }
      adaptation.summary.scores.append(.nan)
      return
    }
    let parameters = model.layout.tracked(of: adaptation.adapted)
    let (loss, outputs) = model.loss(parameters, onQuery: query, beside: support)
    adaptation.summary.scores.append(query.score(outputs))
    adaptation.loss += weight * Double(loss.value.scalar)
    if request.derivative == .none { return }
    let slopes = gradient(of: loss, withRespectTo: parameters)
    adaptation.gradients.append(model.layout.vector(of: slopes).scaled(by: Float(weight)))
  }
}
