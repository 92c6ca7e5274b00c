public import Differentiation
public import Randomness

/// What stands between the layers of a network.
public enum Activation: String, CaseIterable, Codable, Sendable {
  /// The hyperbolic tangent.
  case tanh
  /// The rectifier, max(0, x).
  case relu
}

/// A fully connected network as a function of explicit parameters: one network serves any number of
/// adapted copies.
///
/// Layer l computes `activation(x Wₗ + bₗ)`; the last layer has no activation.
public struct MultilayerPerceptron: Sendable, Equatable {
  /// The widths, from the inputs over the hidden layers to the outputs.
  public let layerSizes: [Int]
  /// What follows every layer but the last.
  public let activation: Activation

  /// The rows that pass through all layers together, so that what the layers hand on stays in cache.
  static let blockRows = 256

  /// A network of the given widths, at least inputs and outputs.
  public init(layerSizes: [Int], activation: Activation) {
    precondition(
      layerSizes.count >= 2 && layerSizes.allSatisfy { $0 > 0 },
      "a network needs positive widths for inputs and outputs, found \(layerSizes)")
    self.layerSizes = layerSizes
    self.activation = activation
  }

  /// The number of layers with weights.
  public var layerCount: Int { layerSizes.count - 1 }

  /// Names and shapes of the parameters: `layers.l.weight` `[in, out]` and `layers.l.bias` `[1, out]`.
  public var parameters: [(name: String, shape: Shape)] {
    (0..<layerCount).flatMap { layer in
      [
        ("layers.\(layer).weight", Shape(layerSizes[layer], layerSizes[layer + 1])),
        ("layers.\(layer).bias", Shape(1, layerSizes[layer + 1])),
      ]
    }
  }

  /// Weights uniform on ±√(6 / (in + out)) (Glorot and Bengio 2010, equation 16), biases zero.
  ///
  /// - Parameters:
  ///   - random: The stream they are drawn from.
  ///   - outputGain: Factor on the last layer's weights.
  /// - Returns: As laid out by ``parameters``.
  public func initialParameters(
    _ random: inout RandomStream, outputGain: Float
  ) -> [Tensor<Float>] {
    (0..<layerCount).flatMap { layer -> [Tensor<Float>] in
      let shape = Shape(layerSizes[layer], layerSizes[layer + 1])
      let gain = layer == layerCount - 1 ? outputGain : 1
      let bound = gain * (6 / Float(shape.rows + shape.columns)).squareRoot()
      let weights = (0..<shape.count).map { _ in (2 * random.uniform() - 1) * bound }
      return [Tensor(shape, weights), Tensor(Shape(1, shape.columns), repeating: 0)]
    }
  }

  /// The outputs for a batch of inputs.
  ///
  /// - Parameters:
  ///   - parameters: As laid out by ``parameters``; further ones behind them are left alone.
  ///   - inputs: `[row, input]`.
  /// - Returns: `[row, output]`.
  public func callAsFunction<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Variable<Scalar>
  ) -> Variable<Scalar> {
    precondition(
      inputs.shape.columns == layerSizes[0],
      "inputs of width \(layerSizes[0]) were expected, found \(inputs.shape)")
    let rows = inputs.shape.rows
    let blocks = stride(from: 0, to: rows, by: Self.blockRows).map { start in
      let block = inputs.rows(start..<min(start + Self.blockRows, rows))
      return (0..<layerCount).reduce(block) { layer($1, parameters, $0) }
    }
    return .concatenatingRows(blocks)
  }

  /// What each layer receives: the inputs, then the hidden values, `[layer][row, in]`.
  func received<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Variable<Scalar>
  ) -> [Variable<Scalar>] {
    (0..<layerCount - 1).reduce(into: [inputs]) { received, index in
      received.append(layer(index, parameters, received[index]))
    }
  }

  /// One layer; each intermediate is handed on unnamed, so that the next operation can work in its
  /// memory.
  private func layer<Scalar>(
    _ index: Int, _ parameters: [Variable<Scalar>], _ values: Variable<Scalar>
  ) -> Variable<Scalar> {
    activated(
      product(
        values, parameters[2 * index],
        plus: parameters[2 * index + 1].broadcast(toRows: values.shape.rows)),
      isLast: index == layerCount - 1)
  }

  /// Sums' cotangents from the hidden values' ones.
  func slope<Scalar>(_ cotangent: Tensor<Scalar>, at hidden: Tensor<Scalar>) -> Tensor<Scalar> {
    let kernel = activation == .tanh ? Scalar.kernels.tanhSlope : Scalar.kernels.gate
    return Tensor(hidden.shape) {
      kernel(hidden.count, hidden.pointer, cotangent.pointer, $0, 0)
    }
  }

  private func activated<Scalar>(
    _ sums: consuming Variable<Scalar>, isLast: Bool
  ) -> Variable<Scalar> {
    if isLast { return sums }
    switch activation {
    case .tanh: return sums.hyperbolicTangent()
    case .relu: return sums.rectified()
    }
  }
}
