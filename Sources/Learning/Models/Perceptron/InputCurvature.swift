internal import Differentiation

/// The terms of a Hessian product that tie the first layer to the second, summed over rows once and
/// for all directions.
///
/// A first layer of few inputs moves as `ż₀ = v₀ + Σⱼ xⱼ V₀ⱼ`, linear in few numbers per unit. So with
/// `x₀ = 1` for the bias (in place of subscripts for rows, sums over them):
///
///     ḣ₀ᵀ e₁ = Σⱼ diag(V₀ⱼ) Pⱼ              with Pⱼ = (xⱼ ∘ φ'(z₀))ᵀ e₁
///     xⱼᵀ (φ'(z₀) ∘ e₁V₁ᵀ) = row sums of Pⱼ ∘ V₁
///     xⱼᵀ (φ''(z₀) ∘ e₁W₁ᵀ ∘ ż₀) = Σₖ Cⱼₖ ∘ V₀ₖ  with Cⱼₖ = Σ xⱼ xₖ φ''(z₀) ∘ e₁W₁ᵀ
///
/// which spares two of a product's six matrix products over all rows.
struct InputCurvature<Scalar: TensorScalar> {
  /// Preparation costs a matrix product for each input and the bias, and spares two a Hessian product;
  /// conjugate gradient asks for about twenty.
  static var mostInputs: Int { 24 }

  private let inputs: Int
  private let width: Int
  /// Pⱼ, `[j][first layer's out, second layer's out]`.
  private let crossed: [Tensor<Scalar>]
  /// Cⱼₖ, `[j][k, first layer's out]`.
  private let squared: [Tensor<Scalar>]

  /// Prepares the sums, where the network has them and they pay; otherwise nil.
  ///
  /// - Parameters:
  ///   - point: The network's values.
  ///   - errors: eₗ, `[layer][row, out]`.
  ///   - bent: What φ''(z₀) ∘ e₁W₁ᵀ follows from, `[hidden layer][row, out]`.
  init?(_ point: PerceptronPoint<Scalar>, errors: [Tensor<Scalar>], bent: [Tensor<Scalar>]) {
    let network = point.network
    guard network.layerCount > 2, network.layerSizes[0] <= Self.mostInputs else { return nil }
    let (inputs, width) = network.sides(of: 0)
    let next = network.layerSizes[2]
    let crossed = (0...inputs).map { _ in Tensor<Scalar>(Shape(width, next), repeating: 0) }
    let squared = (0...inputs).map { _ in Tensor<Scalar>(Shape(inputs + 1, width), repeating: 0) }
    let kernels = Scalar.kernels
    let ones = Tensor<Scalar>(Shape(network.blockRows, width), repeating: 1)
    let (slopes, bends, scaled) = (
      network.scratch(Scalar.self), network.scratch(Scalar.self), network.scratch(Scalar.self)
    )
    let zeros = Tensor<Scalar>(Shape(network.blockRows, width), repeating: 0)
    for block in network.blocks(of: point.rows) {
      let (count, start) = (block.count, block.lowerBound)
      let x = point.received[0].pointer + start * inputs
      let state = point.states[0].pointer + start * width
      network.activation.slope(count * width, at: state, ones.pointer, into: slopes.pointer)
      network.activation.slopeTangent(
        count * width, at: state, error: bent[0].pointer + start * width, zeros.pointer,
        ones.pointer, into: bends.pointer)
      for index in 0...inputs {
        let factor = index == 0 ? ones.pointer : x + index - 1
        let stride = index == 0 ? 1 : inputs
        kernels.scaleRows(count, width, factor, stride, slopes.pointer, scaled.pointer, 0)
        kernels.product(
          1, 0, width, next, count, scaled.pointer, errors[1].pointer + start * next, 1,
          crossed[index].pointer)
        kernels.scaleRows(count, width, factor, stride, bends.pointer, scaled.pointer, 0)
        kernels.sumOverRows(count, width, scaled.pointer, squared[index].pointer, 1)
        kernels.product(
          1, 0, inputs, width, count, x, scaled.pointer, 1, squared[index].pointer + width)
      }
    }
    self.inputs = inputs
    self.width = width
    self.crossed = crossed
    self.squared = squared
  }

  /// Adds the terms of the first two layers along `direction`.
  func add(along direction: [Tensor<Scalar>], to result: [Tensor<Scalar>]) {
    let kernels = Scalar.kernels
    let next = crossed[0].shape.columns
    let row = { (tensors: [Tensor<Scalar>], index: Int) in
      index == 0 ? tensors[1].pointer : tensors[0].pointer + (index - 1) * width
    }
    for index in 0...inputs {
      let own = row(direction, index)
      kernels.scaleRows(width, next, own, 1, crossed[index].pointer, result[2].pointer, 1)
      let out = row(result, index)
      kernels.addRowDots(width, next, crossed[index].pointer, direction[2].pointer, 1, out)
      for other in 0...inputs {
        kernels.multiply(
          width, squared[index].pointer + other * width, row(direction, other), out, 1)
      }
    }
  }
}
