public import Differentiation

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

extension MetaLearner {
  /// One meta-iteration of implicit MAML.
  func implicitIteration(_ tasks: TaskSet) throws -> IterationReport {
    let results = try adapted(tasks, derivative: .implicit) { adaptation in
      guard let gradient = adaptation.gradients.last ?? nil,
        let hessianProduct = adaptation.hessianProduct
      else { preconditionFailure("an implicit gradient needs a loss and its curvature") }
      return TaskGradient(
        adaptation,
        implicitGradient(
          gradient, strength: Float(settings.inner.proximalStrength),
          iterations: settings.outer.conjugateGradientIterations, hessianProduct: hessianProduct))
    }
    return try descend(results.map(\.value), tasks, results.map(\.summary))
  }
}
