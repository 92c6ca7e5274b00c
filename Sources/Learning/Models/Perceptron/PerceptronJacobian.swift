internal import Differentiation

/// The Jacobian of a perceptron's outputs with respect to its parameters, at one point: prepared once,
/// applied as often as conjugate gradient asks.
///
/// Where the outputs are few, each one's sensitivities `∂yₖ/∂zₗ` to every layer's sums are kept. With them a product
/// costs one matrix product a layer, where going through the layers costs two: `(J v)ₖ = Σₗ ∂yₖ/∂zₗ · (hₗ₋₁ Vₗ + vₗ)`,
/// and `Jᵀu` needs no product back through the layers. Where they are many, reading all sensitivities takes longer than
/// the products they spare.
struct PerceptronJacobian<Scalar: TensorScalar>: NetworkJacobian, Sendable {
  private let point: PerceptronPoint<Scalar>
  /// `∂yₖ/∂zₗ` for the layers before the last, `[layer][output][row, out]`; nil where the outputs are many.
  private let sensitivities: [[Tensor<Scalar>]]?

  /// The most outputs whose sensitivities are kept.
  private static var mostOutputs: Int { 2 }

  /// Prepares the Jacobian.
  @specialized(where Scalar == Float)
  init(_ point: PerceptronPoint<Scalar>) {
    self.point = point
    let network = point.network
    guard network.outputWidth <= Self.mostOutputs else {
      sensitivities = nil
      return
    }
    var sensitivities: [[Tensor<Scalar>]] = []
    let outputs = network.layerSizes[network.layerCount]
    let rows = point.rows
    for layer in (0..<network.layerCount - 1).reversed() {
      let weights = point.weights(of: layer + 1)
      let state = point.states[layer]
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
          return Tensor(state.shape) {
            network.activation.slope(state.count, at: state.pointer, sums.pointer, into: $0)
          }
        })
    }
    self.sensitivities = sensitivities.reversed()
  }

  /// `J v`, `[row, output]`, for `v` with one tensor for each of the network's parameters.
  @specialized(where Scalar == Float)
  func pushforward(_ tangents: [Tensor<Scalar>]) -> Tensor<Scalar> {
    guard let sensitivities else { return point.pushforward(tangents) }
    let kernels = Scalar.kernels
    let network = point.network
    let rows = point.rows
    let outputs = network.layerSizes[network.layerCount]
    return Tensor(Shape(rows, outputs)) { out in
      for block in network.blocks(of: rows) {
        let (count, start) = (block.count, block.lowerBound)
        for layer in (0..<network.layerCount).reversed() {
          let (inner, outer) = network.sides(of: layer)
          let isLast = layer == network.layerCount - 1
          let block = Tensor<Scalar>(Shape(count, outer)) { sums in
            network.sums(
              ofLayer: layer, rows: count, point.received[layer].pointer + start * inner,
              weights: tangents[2 * layer], biases: tangents[2 * layer + 1], into: sums)
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
  @specialized(where Scalar == Float)
  func pullback(_ cotangent: Tensor<Scalar>) -> [Tensor<Scalar>] {
    guard let sensitivities else { return point.pullback(cotangent) }
    let kernels = Scalar.kernels
    let network = point.network
    let rows = point.rows
    let outputs = network.layerSizes[network.layerCount]
    let result = network.parameters.map { Tensor<Scalar>($0.shape, repeating: 0) }
    for block in network.blocks(of: rows) {
      let (count, start) = (block.count, block.lowerBound)
      let block = cotangent.pointer + start * outputs
      for layer in 0..<network.layerCount {
        let (inner, outer) = network.sides(of: layer)
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
          1, 0, inner, outer, count, point.received[layer].pointer + start * inner, sums.pointer, 1,
          result[2 * layer].pointer)
        kernels.sumOverRows(count, outer, sums.pointer, result[2 * layer + 1].pointer, 1)
      }
    }
    return result
  }
}
