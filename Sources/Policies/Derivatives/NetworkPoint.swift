internal import Differentiation
internal import Models

/// A network's values for a batch of inputs, in plain numbers: where its derivatives are taken.
struct NetworkPoint<Scalar: TensorScalar>: Sendable {
  let network: MultilayerPerceptron
  private let parameters: [Tensor<Scalar>]
  /// What each layer receives: the inputs, then the hidden values, `[layer][row, in]`.
  let received: [Tensor<Scalar>]
  /// `[row, output]`.
  let outputs: Tensor<Scalar>

  /// Computes the values that are not known.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - parameters: As the network lays them out; further ones behind them are left alone.
  ///   - inputs: `[row, input]`.
  ///   - hidden: What all hidden layers put out for these inputs and parameters, where that is known, for
  ///     example from acting; otherwise empty.
  init(
    _ network: MultilayerPerceptron, _ parameters: [Tensor<Scalar>], _ inputs: Tensor<Scalar>,
    hidden: [Tensor<Scalar>]
  ) {
    precondition(
      inputs.shape.columns == network.layerSizes[0],
      "inputs of width \(network.layerSizes[0]) were expected, found \(inputs.shape)")
    precondition(
      hidden.isEmpty || hidden.count == network.layerCount - 1,
      "\(network.layerCount - 1) hidden layers were expected, found \(hidden.count)")
    self.network = network
    self.parameters = parameters
    let rows = inputs.shape.rows
    let unknown = hidden.count..<network.layerCount
    let values =
      [inputs] + hidden
      + unknown.map { Tensor(uninitialized: Shape(rows, network.layerSizes[$0 + 1])) }
    received = values.dropLast()
    outputs = values[network.layerCount]
    for block in network.blocks(of: rows) {
      for layer in unknown {
        let (inner, outer) = network.sides(of: layer)
        let out = values[layer + 1].pointer + block.lowerBound * outer
        network.sums(
          ofLayer: layer, rows: block.count, values[layer].pointer + block.lowerBound * inner,
          weights: weights(of: layer), biases: parameters[2 * layer + 1], into: out)
        if layer < network.layerCount - 1 { network.activation.apply(block.count * outer, out) }
      }
    }
  }

  var rows: Int { outputs.shape.rows }

  func weights(of layer: Int) -> Tensor<Scalar> { parameters[2 * layer] }
}
