internal import Differentiation

/// The Jacobian of a perceptron's outputs with respect to its parameters, at one point: prepared once,
/// applied as often as conjugate gradient asks.
///
/// Where the outputs are few, each one's sensitivities `∂yₖ/∂zₗ` to the sums of every hidden layer but the last are kept.
/// With them a product costs one matrix product a layer, where going through the layers costs two:
/// `(J v)ₖ = Σₗ ∂yₖ/∂zₗ · (hₗ₋₁ Vₗ + vₗ)`, and `Jᵀu` needs no product back through the layers. The last hidden layer's are
/// a row of weights times slopes, which takes less time to compute than to read. So do all of them where the outputs are
/// many: then a product goes through the layers.
struct PerceptronJacobian<Scalar: TensorScalar>: NetworkJacobian, Sendable {
  private let point: PerceptronPoint<Scalar>
  /// `∂yₖ/∂zₗ` for the hidden layers before the last, `[layer][output][row, out]`; nil where a product goes through the
  /// layers, because there are none or the outputs are many.
  private let sensitivities: [[Tensor<Scalar>]]?

  /// The most outputs whose sensitivities are kept.
  private static var mostOutputs: Int { 2 }

  /// Prepares the Jacobian.
  @specialized(where Scalar == Float)
  init(_ point: PerceptronPoint<Scalar>) {
    self.point = point
    let network = point.network
    guard network.outputWidth <= Self.mostOutputs && network.layerCount > 2 else {
      sensitivities = nil
      return
    }
    // Of the last hidden layer, from which those before it follow.
    let last = network.layerCount - 2
    var behind = (0..<network.outputWidth).map { output in
      let weights = point.transposedWeights[last].rows(output..<output + 1)
      return point.slopes(of: last, times: Variable(weights).broadcast(toRows: point.rows).value)
    }
    var sensitivities: [[Tensor<Scalar>]] = []
    for layer in (0..<last).reversed() {
      let weights = Variable(point.weights(of: layer + 1))
      behind = behind.map {
        point.slopes(of: layer, times: product(Variable($0), weights, transposeRight: true).value)
      }
      sensitivities.append(behind)
    }
    self.sensitivities = sensitivities.reversed()
  }

  /// `J v`, `[row, output]`, for `v` with one tensor for each of the network's parameters.
  @specialized(where Scalar == Float)
  func pushforward(_ tangents: [Tensor<Scalar>]) -> Tensor<Scalar> {
    guard let sensitivities else { return point.pushforward(tangents) }
    let kernels = Scalar.kernels
    let network = point.network
    let (outputs, last) = (network.outputWidth, network.layerCount - 1)
    let sums = network.scratch(Scalar.self)
    return Tensor(Shape(point.rows, outputs)) { result in
      for block in network.blocks(of: point.rows) {
        let (count, start) = (block.count, block.lowerBound)
        let out = result + start * outputs
        for layer in (0...last).reversed() {
          let (inner, outer) = network.sides(of: layer)
          layerSums(
            rows: count, point.received[layer].pointer + start * inner,
            weights: tangents[2 * layer], biases: tangents[2 * layer + 1],
            into: layer == last ? out : sums.pointer)
          if layer == last { continue }
          if layer == last - 1 {
            network.activation.slope(
              count * outer, at: point.states[layer].pointer + start * outer, sums.pointer,
              into: sums.pointer)
            kernels.product(
              0, 0, count, outputs, outer, sums.pointer, point.weights(of: last).pointer, 1, out)
            continue
          }
          for output in 0..<outputs {
            kernels.addRowDots(
              count, outer, sensitivities[layer][output].pointer + start * outer, sums.pointer,
              outputs, out + output)
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
    let (outputs, last) = (network.outputWidth, network.layerCount - 1)
    let result = network.zeros(Scalar.self)
    let scratch = network.scratch(Scalar.self)
    for block in network.blocks(of: point.rows) {
      let (count, start) = (block.count, block.lowerBound)
      let own = cotangent.pointer + start * outputs
      for layer in 0...last {
        let (inner, outer) = network.sides(of: layer)
        if layer == last - 1 {
          kernels.product(
            0, 0, count, outer, outputs, own, point.transposedWeights[layer].pointer, 0,
            scratch.pointer)
          network.activation.slope(
            count * outer, at: point.states[layer].pointer + start * outer, scratch.pointer,
            into: scratch.pointer)
        } else if layer < last {
          for output in 0..<outputs {
            kernels.scaleRows(
              count, outer, own + output, outputs,
              sensitivities[layer][output].pointer + start * outer, scratch.pointer,
              output == 0 ? 0 : 1)
          }
        }
        let sums = layer == last ? own : scratch.pointer
        kernels.product(
          1, 0, inner, outer, count, point.received[layer].pointer + start * inner, sums, 1,
          result[2 * layer].pointer)
        kernels.sumOverRows(count, outer, sums, result[2 * layer + 1].pointer, 1)
      }
    }
    return result
  }
}

extension PerceptronPoint {
  /// `φ'(zₗ) ∘ c`, `[row, out]`.
  fileprivate func slopes(of layer: Int, times cotangent: Tensor<Scalar>) -> Tensor<Scalar> {
    let state = states[layer]
    return Tensor(state.shape) {
      network.activation.slope(state.count, at: state.pointer, cotangent.pointer, into: $0)
    }
  }
}
