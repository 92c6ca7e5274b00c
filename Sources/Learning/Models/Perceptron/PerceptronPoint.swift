internal import Differentiation

/// A network's values for a batch of inputs, in plain numbers: where its derivatives are taken.
struct PerceptronPoint<Scalar: TensorScalar>: NetworkPoint, Sendable {
  let network: MultilayerPerceptron
  private let parameters: [Tensor<Scalar>]
  /// Wₗᵀ of all layers but the first, `[layer - 1][out, in]`: products with it are faster than with Wₗ turned each time.
  let transposedWeights: [Tensor<Scalar>]
  /// What each layer receives: the inputs, then the hidden values, `[layer][row, in]`.
  let received: [Tensor<Scalar>]
  /// What the derivatives of the activations follow from, `[hidden layer][row, out]`: the hidden values
  /// themselves where the activation is monotone, else φ'(z).
  let states: [Tensor<Scalar>]
  /// φ''(z), `[hidden layer][row, out]`, where it doesn't follow from the hidden values; otherwise empty.
  let bends: [Tensor<Scalar>]
  /// `[row, output]`.
  let outputs: Tensor<Scalar>

  /// Computes the values that are not known.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - parameters: As the network lays them out; further ones behind them are left alone.
  ///   - inputs: `[row, input]`.
  ///   - cache: What all hidden layers put out for these inputs and parameters, where that is known, for
  ///     example from acting, and derivatives follow from it; otherwise empty.
  ///   - isDifferentiated: Whether derivatives will be asked for.
  init(
    _ network: MultilayerPerceptron, _ parameters: [Tensor<Scalar>], _ inputs: Tensor<Scalar>,
    cache: ForwardCache<Scalar>, isDifferentiated: Bool = true
  ) {
    let hidden = cache.parts
    precondition(
      inputs.shape.columns == network.layerSizes[0],
      "inputs of width \(network.layerSizes[0]) were expected, found \(inputs.shape)")
    let isMonotone = network.activation.isMonotone
    precondition(
      hidden.isEmpty || isMonotone && hidden.count == network.layerCount - 1,
      "\(isMonotone ? network.layerCount - 1 : 0) hidden layers were expected, "
        + "found \(hidden.count)")
    self.network = network
    self.parameters = parameters
    transposedWeights =
      isDifferentiated
      ? (1..<network.layerCount).map { parameters[2 * $0].transposed() } : []
    let rows = inputs.shape.rows
    let unknown = hidden.count..<network.layerCount
    let values =
      [inputs] + hidden
      + unknown.map { Tensor(uninitialized: Shape(rows, network.layerSizes[$0 + 1])) }
    received = values.dropLast()
    outputs = values[network.layerCount]
    let ownMemory = {
      values[1..<network.layerCount].map { Tensor<Scalar>(uninitialized: $0.shape) }
    }
    states = isMonotone ? Array(received.dropFirst()) : ownMemory()
    bends = isMonotone ? [] : ownMemory()
    for block in network.blocks(of: rows) {
      for layer in unknown {
        let (inner, outer) = network.sides(of: layer)
        let out = values[layer + 1].pointer + block.lowerBound * outer
        layerSums(
          rows: block.count, values[layer].pointer + block.lowerBound * inner,
          weights: weights(of: layer), biases: parameters[2 * layer + 1], into: out)
        guard layer < network.layerCount - 1 else { continue }
        let (count, start) = (block.count * outer, block.lowerBound * outer)
        if !isMonotone {
          network.activation.derivatives(
            count, at: out, slopes: states[layer].pointer + start,
            bends: bends[layer].pointer + start)
        }
        network.activation.apply(count, out)
      }
    }
  }

  func jacobian() -> any NetworkJacobian<Scalar> { PerceptronJacobian(self) }

  func curvature(
    cotangent: Tensor<Scalar>, products: HessianProducts
  ) -> any NetworkCurvature<Scalar> {
    PerceptronCurvature(self, cotangent: cotangent, products: products)
  }

  var rows: Int { outputs.shape.rows }

  func weights(of layer: Int) -> Tensor<Scalar> { parameters[2 * layer] }
}
