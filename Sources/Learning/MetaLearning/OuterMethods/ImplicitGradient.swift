internal import Adaptation
public import Differentiation
internal import Parallel
public import Settings

/// Meta-learning with implicit gradients: of a loss at an inner optimum with respect to the initialization that the
/// optimum is tied to.
///
/// Source: Rajeswaran, Finn, Kakade and Levine, "Meta-learning with implicit gradients" (iMAML), 2019, algorithms 1 and 2.
public struct ImplicitGradient: OuterMethod {
  /// What is known of it.
  public static var definition: OuterMethodDefinition {
    var method = OuterMethodDefinition(
      .implicitGradient, "the implicit gradient through an inner optimum, followed by Adam",
      derivative: .implicit, ImplicitGradient.self)
    method.improvesStepSizes = false
    method.descendsToOptimum = true
    method.refusal = { $0.withoutInnerSteps }
    method.presets = [
      MethodPreset("imaml") { settings, hasExamples in
        settings.follow(.implicitGradient)
        settings.fixStepSizes()
        settings.outer.stepWeights = []
        // One optimum on as many episodes as all steps had, whose ratios tell how far it has moved.
        let steps = settings.inner.steps
        settings.inner.steps = 1
        guard !hasExamples else { return }
        settings.inner.episodes *= (steps + 1) / 2
        settings.inner.estimator = .likelihoodRatio
        settings.inner.proximalStrength = 5
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
    let results = try iteration.adapt(from: &state, derivative: .implicit) { adaptation in
      guard let gradient = adaptation.gradients.last ?? nil,
        let hessianProduct = adaptation.hessianProduct
      else { preconditionFailure("an implicit gradient needs a loss and its curvature") }
      return TaskGradient(
        adaptation,
        implicitGradient(
          gradient, strength: Float(settings.inner.proximalStrength),
          iterations: settings.outer.conjugateGradientIterations, hessianProduct: hessianProduct))
    }
    return try state.descend(results, in: iteration)
  }
}

extension OuterMethodName {
  /// The implicit gradient of a regularized inner loop.
  public static let implicitGradient: OuterMethodName = "imaml"
}

/// The gradient of a loss at an inner optimum with respect to the initialization that the optimum is tied to.
///
/// Where `θ'` minimizes `L(θ') + λ/2 ‖θ' - θ‖²`, its derivative is `dθ'/dθ = (I + ∇²L(θ') / λ)⁻¹`: it
/// depends on where the inner loop ended, and not on the way there, so that memory does not grow with the
/// steps. Conjugate gradient applies the inverse.
///
/// Source: Rajeswaran, Finn, Kakade and Levine, "Meta-learning with implicit gradients", 2019, lemma 1 and
/// algorithm 2.
///
/// - Parameters:
///   - gradient: Of the outer loss at θ', `[1, parameter]`.
///   - strength: λ.
///   - iterations: Of conjugate gradient, at most.
///   - hessianProduct: `v ↦ ∇²L(θ') v` of the inner loss.
/// - Returns: With respect to θ, `[1, parameter]`; where the inner loss bends down along the gradient itself by
///   more than λ, so that θ' is no optimum, the gradient as it is.
public func implicitGradient<Scalar: TensorScalar>(
  _ gradient: Tensor<Scalar>, strength: Scalar, iterations: Int,
  hessianProduct: (Tensor<Scalar>) -> Tensor<Scalar>
) -> Tensor<Scalar> {
  let solution = conjugateGradient(gradient, iterations: iterations) { vector in
    vector.adding(hessianProduct(vector), scaledBy: 1 / strength)
  }.solution
  return solution.norm > 0 ? solution : gradient
}
