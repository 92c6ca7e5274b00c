public import Differentiation

/// Where the descent of a regularized inner loss ended.
public struct InnerOptimum<Scalar: TensorScalar> {
  /// θ', `[1, parameter]`.
  public let parameters: Tensor<Scalar>
  /// `‖∇L(θ') + λ (θ' - θ)‖` as a share of `‖∇L‖` where the descent began.
  public let residual: Scalar
  /// Evaluations of the loss.
  public let steps: Int

  /// Descends `L(θ') + λ/2 ‖θ' - θ‖²` until its gradient is small: the inner optimum that an implicit gradient
  /// is taken at, in as many steps as that needs.
  ///
  /// The first step has the given size, each further one the size that the change of the gradient along the
  /// last one suggests (Barzilai and Borwein 1988), at most `1/λ`. A step that leads no lower than the highest of
  /// the last ten places is halved (Raydan 1997).
  ///
  /// - Parameters:
  ///   - start: Where the descent begins, `[1, parameter]`.
  ///   - initial: θ, `[1, parameter]`.
  ///   - strength: λ.
  ///   - stepSizes: Of the first step, `[1, parameter]`; parameters with 0 stay.
  ///   - tolerance: The residual to reach.
  ///   - limit: Evaluations of the loss at the most.
  ///   - loss: L and `∇L`, a number and `[1, parameter]`.
  public init(
    from start: Tensor<Scalar>, tiedTo initial: Tensor<Scalar>, strength: Scalar,
    stepSizes: Tensor<Scalar>, tolerance: Scalar, limit: Int = optimumLimit,
    loss: (Tensor<Scalar>) -> (value: Scalar, gradient: Tensor<Scalar>)
  ) {
    let mask = Tensor(stepSizes.shape, stepSizes.elements.map { $0 == 0 ? 0 : 1 as Scalar })
    func tied(_ parameters: Tensor<Scalar>) -> (
      value: Scalar, own: Scalar, gradient: Tensor<Scalar>
    ) {
      let (value, gradient) = loss(parameters)
      let distance = parameters.adding(initial, scaledBy: -1)
      let own = gradient.multiplied(by: mask)
      return (
        value + strength / 2 * distance.dot(distance), own.norm,
        own.adding(distance.multiplied(by: mask), scaledBy: strength)
      )
    }
    var place = start
    let first = tied(start)
    let scale = first.own
    var (value, slope) = (first.value, first.gradient)
    var recent = [value]
    var change = slope.multiplied(by: stepSizes).scaled(by: -1)
    var evaluations = 0
    while evaluations < limit && slope.norm > tolerance * scale {
      evaluations += 1
      let next = place.adding(change)
      let (reached, _, gradient) = tied(next)
      // Near the optimum losses differ by no more than their rounding.
      let ceiling =
        (recent.max() ?? value) + 1e-4 * change.dot(slope) + 8 * Scalar.ulpOfOne * abs(value)
      // Written so that a NaN is refused.
      guard reached <= ceiling, gradient.isFinite else {
        change = change.scaled(by: 0.5)
        continue
      }
      let curvature = change.dot(gradient.adding(slope, scaledBy: -1)) / change.dot(change)
      (place, value, slope) = (next, reached, gradient)
      recent = recent.suffix(9) + [value]
      // Where the loss bends down, only the regularization says how far to go.
      change = slope.scaled(by: -1 / max(curvature.isFinite ? curvature : strength, strength))
    }
    parameters = place
    residual = scale > 0 ? slope.norm / scale : 0
    steps = evaluations
  }
}

/// Evaluations of the loss that the descent to an inner optimum may take.
public let optimumLimit = 1000

extension AdaptationStep {
  /// The way to an inner optimum, as one step that is not differentiated through.
  init(from parameters: Tensor<Scalar>, to optimum: InnerOptimum<Scalar>) {
    self.init(
      from: parameters, stepSizes: Tensor(parameters.shape, repeating: 1),
      gradient: parameters.adding(optimum.parameters, scaledBy: -1), hessianProduct: nil,
      residual: Double(optimum.residual))
  }
}
