internal import Adaptation
internal import Differentiation
internal import EnvironmentKit
internal import Models
internal import Parallel
internal import Randomness

/// Two tasks' examples, and the outer objective as a function of the initialization.
struct ExampleGradientChecks {
  private struct Task {
    let support: ExampleBatch<Double>
    let query: ExampleBatch<Double>
  }

  private let model: Model
  private let settings: MetaLearningSettings
  private let stepSizes: [Tensor<Double>]
  private let weights: [Double]
  private let tasks: [Task]
  private let differences: Differences
  private let isBroken: Bool

  init(
    _ source: AnyExampleSource, _ model: Model, settings: MetaLearningSettings, seed: UInt64,
    isBroken: Bool
  ) throws {
    let state = try MetaLearner(
      problem: .examples(source, model), settings: settings, seed: seed, team: Threads(1)
    ).state
    let sizes = StepSizes(learned: state.learnedStepSizes(), settings.inner, model.layout)
    self.model = model
    self.settings = settings
    self.isBroken = isBroken
    stepSizes = (0..<settings.inner.steps).map { sizes[$0] }
    weights = settings.outer.resolvedStepWeights(
      steps: settings.inner.steps, weighsSteps: settings.method.weighsSteps)
    differences = Differences(about: state.parameters, seed: seed)
    let sampled = try source.sampleTasks(split: .train, count: 2, seed: seed)
    tasks = sampled.enumerated().map { index, task in
      var random = RandomStream(seed: seed, task: index, purpose: .examples)
      let examples = source.examples(
        of: task, shots: settings.inner.episodes, random: &random)
      return Task(
        support: ExampleBatch(examples.support, model.specification),
        query: ExampleBatch(examples.query, model.specification))
    }
  }

  func checks() -> [GradientCheck] {
    let inner = GradientCheck(
      "innerGradient", tasks.flatMap { errors(ofLossOn: $0.support) })
    return switch settings.method.derivative {
    case .none: [inner]
    case .implicit: [inner, GradientCheck("innerCurvature", tasks.flatMap(innerCurvature))]
    case .unrolled:
      [inner, GradientCheck("metaGradient", tasks.flatMap(metaGradient))]
    }
  }

  private func loss(_ parameters: Tensor<Double>, _ batch: ExampleBatch<Double>) -> Double {
    model.loss(model.layout.constants(of: parameters), on: batch).loss.value.scalar
  }

  private func queryLoss(_ parameters: Tensor<Double>, _ task: Task) -> Double {
    model.loss(
      model.layout.constants(of: parameters), onQuery: task.query, beside: task.support
    ).loss.value.scalar
  }

  private func querySlope(_ parameters: Tensor<Double>, _ task: Task) -> Tensor<Double> {
    model.layout.derivatives(at: parameters, curvature: false) {
      model.loss($0, onQuery: task.query, beside: task.support).loss
    }.gradient
  }

  private func slope(
    _ parameters: Tensor<Double>, _ batch: ExampleBatch<Double>
  ) -> Tensor<Double> {
    model.layout.derivatives(at: parameters, curvature: false) {
      model.loss($0, on: batch).loss
    }.gradient
  }

  private func errors(ofLossOn batch: ExampleBatch<Double>) -> [Double] {
    differences.errors(of: slope(differences.point, batch)) { loss($0, batch) }
  }

  private func chain(_ task: Task, from initial: Tensor<Double>) -> AdaptationChain<Double> {
    var chain = AdaptationChain<Double>()
    var parameters = initial
    for sizes in stepSizes {
      let step = AdaptationStep(
        from: parameters, stepSizes: sizes, layout: model.layout,
        maximumNorm: settings.inner.maximumGradientNorm,
        differentiable: settings.inner.firstOrder == isBroken
      ) { model.loss($0, on: task.support).loss }
      chain.append(step)
      parameters = step.after
    }
    return chain
  }

  private func metaGradient(_ task: Task) -> [Double] {
    let start = differences.point
    let chain = chain(task, from: start)
    let places = chain.places(from: start)
    let gradients = zip(places, weights).map { parameters, weight in
      weight == 0 ? nil : querySlope(parameters, task).scaled(by: weight)
    }
    return differences.errors(of: chain.pullback(losses: gradients).initialization) { moved in
      // With a first-order derivative, adaptation counts as a shift.
      let shift = moved.adding(start, scaledBy: -1)
      let adapted =
        settings.inner.firstOrder
        ? places.map { $0.adding(shift) } : self.chain(task, from: moved).places(from: moved)
      return zip(adapted, weights).reduce(0) { sum, entry in
        entry.1 == 0 ? sum : sum + entry.1 * queryLoss(entry.0, task)
      }
    }
  }

  private func innerCurvature(_ task: Task) -> [Double] {
    let product = model.layout.derivatives(at: differences.point, curvature: true) {
      model.loss($0, on: task.support).loss
    }.hessianProduct
    guard let product else { return [] }
    return differences.errors(ofProduct: product) {
      slope($0, isBroken ? task.query : task.support)
    }
  }
}
