internal import Differentiation

/// The Jacobian of a network's outputs with respect to its parameters, at one point: prepared once,
/// applied as often as conjugate gradient asks.
///
/// A policy has few outputs, so each one's sensitivities `∂yₖ/∂zₗ` to every layer's sums are kept. With
/// them a product costs one matrix product a layer, where a linearization of the recorded operations
/// costs two: `(J v)ₖ = Σₗ ∂yₖ/∂zₗ · (hₗ₋₁ Vₗ + vₗ)`, and `Jᵀu` needs no product back through the layers.
struct NetworkJacobian<Scalar: TensorScalar>: Sendable {
  private let network: MultilayerPerceptron
  /// What each layer receives: the inputs, then the hidden values, `[layer][row, in]`.
  private let received: [Tensor<Scalar>]
  /// `∂yₖ/∂zₗ` for the layers before the last, `[layer][output][row, out]`.
  private let sensitivities: [[Tensor<Scalar>]]

  /// Prepares the Jacobian.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - parameters: As the network lays them out.
  ///   - inputs: `[row, input]`.
  init(_ network: MultilayerPerceptron, _ parameters: [Tensor<Scalar>], _ inputs: Tensor<Scalar>) {
    self.network = network
    let received = network.received(parameters.map { Variable($0) }, Variable(inputs)).map(\.value)
    self.received = received
    var sensitivities: [[Tensor<Scalar>]] = []
    let outputs = network.layerSizes[network.layerCount]
    let rows = inputs.shape.rows
    for layer in (0..<network.layerCount - 1).reversed() {
      let weights = parameters[2 * (layer + 1)]
      let hidden = received[layer + 1]
      let behind = sensitivities.last
      sensitivities.append(
        (0..<outputs).map { output in
          let sums: Tensor<Scalar>
          if let behind {
            sums = product(Variable(behind[output]), Variable(weights), transposeRight: true).value
          } else {
            let column = Tensor<Scalar>(
              Shape(1, weights.shape.rows),
              (0..<weights.shape.rows).map { weights[$0, output] })
            sums = Variable(column).broadcast(toRows: rows).value
          }
          return network.slope(sums, at: hidden)
        })
    }
    self.sensitivities = sensitivities.reversed()
  }

  /// `J v`, `[row, output]`, for `v` with one tensor for each of the network's parameters.
  func pushforward(_ tangents: [Tensor<Scalar>]) -> Tensor<Scalar> {
    let kernels = Scalar.kernels
    let rows = received[0].shape.rows
    let outputs = network.layerSizes[network.layerCount]
    return Tensor(Shape(rows, outputs)) { out in
      for start in stride(from: 0, to: rows, by: MultilayerPerceptron.blockRows) {
        let count = min(MultilayerPerceptron.blockRows, rows - start)
        for layer in (0..<network.layerCount).reversed() {
          let (inner, outer) = (network.layerSizes[layer], network.layerSizes[layer + 1])
          let isLast = layer == network.layerCount - 1
          let block = Tensor<Scalar>(Shape(count, outer)) { sums in
            kernels.broadcastRows(count, outer, tangents[2 * layer + 1].pointer, sums)
            kernels.product(
              0, 0, count, outer, inner, received[layer].pointer + start * inner,
              tangents[2 * layer].pointer, 1, sums)
          }
          if isLast {
            (out + start * outputs).initialize(from: block.pointer, count: count * outputs)
            continue
          }
          for output in 0..<outputs {
            kernels.addRowDots(
              count, outer, sensitivities[layer][output].pointer + start * outer, block.pointer,
              outputs, out + start * outputs + output)
          }
        }
      }
    }
  }

  /// `Jᵀ u`, one for each of the network's parameters, for `u` of shape `[row, output]`.
  func pullback(_ cotangent: Tensor<Scalar>) -> [Tensor<Scalar>] {
    let kernels = Scalar.kernels
    let rows = received[0].shape.rows
    let outputs = network.layerSizes[network.layerCount]
    let result = network.parameters.map { Tensor<Scalar>($0.shape, repeating: 0) }
    for start in stride(from: 0, to: rows, by: MultilayerPerceptron.blockRows) {
      let count = min(MultilayerPerceptron.blockRows, rows - start)
      let block = cotangent.pointer + start * outputs
      for layer in 0..<network.layerCount {
        let (inner, outer) = (network.layerSizes[layer], network.layerSizes[layer + 1])
        let isLast = layer == network.layerCount - 1
        let sums = Tensor<Scalar>(Shape(count, outer)) { sums in
          if isLast {
            sums.initialize(from: block, count: count * outputs)
            return
          }
          for output in 0..<outputs {
            kernels.scaleRows(
              count, outer, block + output, outputs,
              sensitivities[layer][output].pointer + start * outer, sums, output == 0 ? 0 : 1)
          }
        }
        kernels.product(
          1, 0, inner, outer, count, received[layer].pointer + start * inner, sums.pointer, 1,
          result[2 * layer].pointer)
        kernels.sumOverRows(count, outer, sums.pointer, result[2 * layer + 1].pointer, 1)
      }
    }
    return result
  }
}
