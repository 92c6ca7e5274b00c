internal import Differentiation

// The first derivatives, in blocks of rows that go through all layers while they are in cache.
extension PerceptronPoint {
  /// How the outputs move along a direction of the parameters, `[row, output]`: `żₗ = ḣₗ₋₁ Wₗ + hₗ₋₁ Vₗ + vₗ` and
  /// `ḣₗ = φ'(zₗ) ∘ żₗ`, layer by layer.
  ///
  /// - Parameters:
  ///   - direction: V and v, one tensor for each of the network's parameters.
  ///   - sums: Receive żₗ, `[hidden layer][row, out]`; nil where nobody asks for them.
  /// - Returns: `J v`, `[row, output]`.
  @specialized(where Scalar == Float)
  func pushforward(_ direction: [Tensor<Scalar>], sums: [Tensor<Scalar>]? = nil) -> Tensor<Scalar> {
    let kernels = Scalar.kernels
    let last = network.layerCount - 1
    let (passing, hidden) = (network.scratch(Scalar.self), network.scratch(Scalar.self))
    return Tensor(Shape(rows, network.outputWidth)) { outputs in
      for block in network.blocks(of: rows) {
        let (count, start) = (block.count, block.lowerBound)
        for layer in 0...last {
          let (inner, outer) = network.sides(of: layer)
          let out =
            layer == last
            ? outputs + start * outer
            : sums.map { $0[layer].pointer + start * outer } ?? passing.pointer
          layerSums(
            rows: count, received[layer].pointer + start * inner,
            weights: direction[2 * layer], biases: direction[2 * layer + 1], into: out)
          if layer > 0 {
            kernels.product(
              0, 0, count, outer, inner, hidden.pointer, weights(of: layer).pointer, 1, out)
          }
          guard layer < last else { continue }
          network.activation.slope(
            count * outer, at: states[layer].pointer + start * outer, out, into: hidden.pointer)
        }
      }
    }
  }

  /// The gradient with respect to the parameters of a loss, from that with respect to the outputs:
  /// `eₗ₋₁ = φ'(zₗ₋₁) ∘ eₗ Wₗᵀ`, from the last layer to the first.
  ///
  /// - Parameters:
  ///   - cotangent: u, `[row, output]`.
  ///   - errors: Receive eₗ, `[layer][row, out]`, the last of which is u; nil where nobody asks for them.
  ///   - bent: Receive φ''(zₗ) ∘ eₗ₊₁Wₗ₊₁ᵀ where the activation isn't monotone, `[hidden layer][row, out]`.
  ///   - inputs: Receives the gradient with respect to the inputs, `[row, input]`; nil where nobody asks for it.
  ///   - isForInputs: Whether nobody asks for that with respect to the parameters.
  /// - Returns: `Jᵀ u`, one for each of the network's parameters; none where nobody asks.
  @specialized(where Scalar == Float)
  func pullback(
    _ cotangent: Tensor<Scalar>, errors: [Tensor<Scalar>]? = nil, bent: [Tensor<Scalar>] = [],
    inputs: Tensor<Scalar>? = nil, isForInputs: Bool = false
  ) -> [Tensor<Scalar>] {
    let kernels = Scalar.kernels
    let gradient = isForInputs ? [] : network.zeros(Scalar.self)
    let (passing, scratch) = (network.scratch(Scalar.self), network.scratch(Scalar.self))
    for block in network.blocks(of: rows) {
      let (count, start) = (block.count, block.lowerBound)
      var error = cotangent.pointer + start * network.outputWidth
      for layer in (0..<network.layerCount).reversed() {
        let (inner, outer) = network.sides(of: layer)
        if !isForInputs {
          kernels.product(
            1, 0, inner, outer, count, received[layer].pointer + start * inner, error, 1,
            gradient[2 * layer].pointer)
          kernels.sumOverRows(count, outer, error, gradient[2 * layer + 1].pointer, 1)
        }
        guard layer > 0 else {
          if let inputs {
            kernels.product(
              0, 1, count, inner, outer, error, weights(of: 0).pointer, 0,
              inputs.pointer + start * inner)
          }
          continue
        }
        kernels.product(
          0, 0, count, inner, outer, error, transposedWeights[layer - 1].pointer, 0,
          scratch.pointer)
        error = errors.map { $0[layer - 1].pointer + start * inner } ?? passing.pointer
        network.activation.slope(
          count * inner, at: states[layer - 1].pointer + start * inner, scratch.pointer,
          into: error)
        if !bends.isEmpty && !bent.isEmpty {
          kernels.multiply(
            count * inner, bends[layer - 1].pointer + start * inner, scratch.pointer,
            bent[layer - 1].pointer + start * inner, 0)
        }
      }
    }
    return gradient
  }
}
