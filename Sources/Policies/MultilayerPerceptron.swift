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
  /// - Parameter outputGain: Factor on the last layer's weights.
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
      block(parameters, inputs.rows(start..<min(start + Self.blockRows, rows)))
    }
    return .concatenatingRows(blocks)
  }

  private func block<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Variable<Scalar>
  ) -> Variable<Scalar> {
    var values = inputs
    for layer in 0..<layerCount {
      let biases = parameters[2 * layer + 1].broadcast(toRows: values.shape.rows)
      let sums = product(values, parameters[2 * layer], plus: biases)
      values = layer == layerCount - 1 ? sums : activated(sums)
    }
    return values
  }

  private func activated<Scalar>(_ sums: consuming Variable<Scalar>) -> Variable<Scalar> {
    switch activation {
    case .tanh: sums.hyperbolicTangent()
    case .relu: sums.rectified()
    }
  }
}
