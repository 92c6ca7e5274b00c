internal import Differentiation

/// The gradient of a loss of a perceptron's outputs, and the products of a vector with its Hessian.
///
/// Pearlmutter (1994) writes the product as the tangent of backpropagation. With `zₗ = hₗ₋₁ Wₗ + bₗ`,
/// `hₗ = φ(zₗ)` and errors `eₗ = ∂L/∂zₗ`, along a direction V of the parameters:
///
///     żₗ = ḣₗ₋₁ Wₗ + hₗ₋₁ Vₗ + vₗ        ėₗ₋₁ = φ'(zₗ₋₁) ∘ (ėₗ Wₗᵀ + eₗ Vₗᵀ) + φ''(zₗ₋₁) ∘ eₗWₗᵀ ∘ żₗ₋₁
///     ḣₗ = φ'(zₗ) ∘ żₗ                   (HV)ₗ = ḣₗ₋₁ᵀ eₗ + hₗ₋₁ᵀ ėₗ
///
/// The record of operations gives the same numbers, which the tests hold it to; written out, nothing is
/// recorded, and what does not depend on V is prepared once. How the loss bends in the outputs
/// themselves stays with the caller, between the two halves.
struct PerceptronCurvature<Scalar: TensorScalar>: NetworkCurvature {
  /// Of the loss with respect to the network's parameters, one for each.
  let gradient: [Tensor<Scalar>]
  private let point: PerceptronPoint<Scalar>
  /// eₗ, `[layer][row, out]`.
  private let errors: [Tensor<Scalar>]
  /// What φ''(zₗ) ∘ eₗ₊₁Wₗ₊₁ᵀ follows from, `[hidden layer][row, out]`: eₗ where the activation is
  /// monotone.
  private let bent: [Tensor<Scalar>]
  private let inputCurvature: InputCurvature<Scalar>?

  /// Computes the gradient and keeps what products need.
  ///
  /// - Parameters:
  ///   - point: The network's values.
  ///   - cotangent: The loss's gradient with respect to the outputs, `[row, output]`.
  ///   - products: How many products will be asked for.
  @specialized(where Scalar == Float)
  init(
    _ point: PerceptronPoint<Scalar>, cotangent: Tensor<Scalar>, products: HessianProducts
  ) {
    let network = point.network
    let errors =
      (0..<network.layerCount - 1).map {
        Tensor<Scalar>(uninitialized: Shape(point.rows, network.layerSizes[$0 + 1]))
      } + [cotangent]
    let bent: [Tensor<Scalar>] =
      point.bends.isEmpty ? errors.dropLast() : point.bends.map { Tensor(uninitialized: $0.shape) }
    let gradient = point.pullback(cotangent, errors: errors, bent: bent)
    self.point = point
    self.errors = errors
    self.bent = bent
    self.gradient = gradient
    inputCurvature = products == .many ? InputCurvature(point, errors: errors, bent: bent) : nil
  }

  @specialized(where Scalar == Float)
  func product(
    along direction: [Tensor<Scalar>], bend: (Tensor<Scalar>) -> Tensor<Scalar>
  ) -> [Tensor<Scalar>] {
    let sums = (0..<point.network.layerCount - 1).map {
      Tensor<Scalar>(uninitialized: Shape(point.rows, point.network.layerSizes[$0 + 1]))
    }
    let outputs = point.pushforward(direction, sums: sums)
    return product(along: direction, sums: sums, cotangentTangent: bend(outputs))
  }

  /// The second half of a product.
  ///
  /// - Parameters:
  ///   - direction: As for the first half.
  ///   - tangents: żₗ, which the first half found, `[hidden layer][row, out]`.
  ///   - cotangentTangent: How the loss's gradient with respect to the outputs moves, `[row, output]`.
  /// - Returns: The Hessian times the direction, one for each of the network's parameters.
  @specialized(where Scalar == Float)
  private func product(
    along direction: [Tensor<Scalar>], sums tangents: [Tensor<Scalar>],
    cotangentTangent: Tensor<Scalar>
  ) -> [Tensor<Scalar>] {
    let network = point.network
    let kernels = Scalar.kernels
    let result = network.zeros(Scalar.self)
    let first = network.scratch(Scalar.self)
    let second = network.scratch(Scalar.self)
    let turned = (1..<network.layerCount).map { direction[2 * $0].transposed() }
    for block in network.blocks(of: point.rows) {
      let (count, start) = (block.count, block.lowerBound)
      // ėₗ: of the outputs first, then in `second`.
      var moved = cotangentTangent.pointer + start * network.layerSizes[network.layerCount]
      for layer in (0..<network.layerCount).reversed() {
        let (inner, outer) = network.sides(of: layer)
        let received = point.received[layer].pointer + start * inner
        kernels.product(1, 0, inner, outer, count, received, moved, 1, result[2 * layer].pointer)
        kernels.sumOverRows(count, outer, moved, result[2 * layer + 1].pointer, 1)
        guard layer > 0 else { continue }
        let isPrepared = layer == 1 && inputCurvature != nil
        let error = errors[layer].pointer + start * outer
        let sums = tangents[layer - 1].pointer + start * inner
        let state = point.states[layer - 1].pointer + start * inner
        if !isPrepared {
          network.activation.slope(count * inner, at: state, sums, into: first.pointer)
          kernels.product(
            1, 0, inner, outer, count, first.pointer, error, 1, result[2 * layer].pointer)
        }
        kernels.product(
          0, 0, count, inner, outer, moved, point.transposedWeights[layer - 1].pointer, 0,
          first.pointer)
        moved = second.pointer
        if isPrepared {
          network.activation.slope(count * inner, at: state, first.pointer, into: moved)
          continue
        }
        kernels.product(
          0, 0, count, inner, outer, error, turned[layer - 1].pointer, 1, first.pointer)
        network.activation.slopeTangent(
          count * inner, at: state, error: bent[layer - 1].pointer + start * inner,
          first.pointer, sums, into: moved)
      }
    }
    inputCurvature?.add(along: direction, to: result)
    return result
  }
}
