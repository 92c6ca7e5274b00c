public import Differentiation
public import Randomness

/// A fully connected network as a function of explicit parameters: one network serves any number of
/// adapted copies.
///
/// Layer l computes `activation(x Wₗ + bₗ)`; the last layer has no activation.
public struct MultilayerPerceptron: Network {
  /// The widths, from the inputs over the hidden layers to the outputs.
  public let layerSizes: [Int]
  /// What follows every layer but the last.
  public let activation: Activation

  /// How the sums before an activation are normalized.
  private let normalizations: [NormalizationLayer]

  /// A network of the given widths, at least inputs and outputs.
  public init(
    layerSizes: [Int], activation: Activation, normalization: Normalization = .none
  ) {
    precondition(
      layerSizes.count >= 2 && layerSizes.allSatisfy { $0 > 0 },
      "a network needs positive widths for inputs and outputs, found \(layerSizes)")
    self.layerSizes = layerSizes
    self.activation = activation
    normalizations = layerSizes.indices.dropFirst().dropLast().compactMap { layer in
      NormalizationLayer(
        "layers.\(layer - 1)", width: layerSizes[layer], kind: normalization)
    }
  }

  /// The width of the inputs.
  public var inputWidth: Int { layerSizes[0] }
  /// The width of the last layer.
  public var outputWidth: Int { layerSizes[layerCount] }
  /// Of the first layer.
  public var contextBiases: Int? { 1 }
  /// The inputs, and what each layer puts out.
  public var heldNumbers: Int { layerSizes.reduce(0, +) }

  /// The number of layers with weights.
  public var layerCount: Int { layerSizes.count - 1 }

  /// Names and shapes of the parameters: `layers.l.weight` `[in, out]` and `layers.l.bias` `[1, out]`, and
  /// behind those of all layers what normalizations have.
  public var parameters: [(name: String, shape: Shape)] {
    layerParameters + normalizations.flatMap(\.parameters)
  }

  private var layerParameters: [(name: String, shape: Shape)] {
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
    let layers = (0..<layerCount).flatMap { layer -> [Tensor<Float>] in
      let shape = Shape(layerSizes[layer], layerSizes[layer + 1])
      let gain = layer == layerCount - 1 ? outputGain : 1
      let bound = gain * (6 / Float(shape.rows + shape.columns)).squareRoot()
      let weights = (0..<shape.count).map { _ in (2 * random.uniform() - 1) * bound }
      return [Tensor(shape, weights), Tensor(Shape(1, shape.columns), repeating: 0)]
    }
    return layers + normalizations.flatMap(\.initialParameters)
  }

  /// The outputs for rows of inputs, recorded.
  public func outputs<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Variable<Scalar>
  ) -> Variable<Scalar> {
    self(parameters, inputs)
  }

  /// Acting with one matrix product a layer.
  public func makeForward(capacity: Int) -> any ForwardPass {
    PerceptronForward(self, capacity: capacity)
  }

  /// Derivatives by backpropagation and its tangent, written out.
  public func point<Scalar>(
    _ parameters: [Tensor<Scalar>], _ inputs: Sequences<Scalar>, cache: ForwardCache<Scalar>
  ) -> any NetworkPoint<Scalar> {
    PerceptronPoint(self, parameters, inputs.rows, cache: cache)
  }

  /// The outputs for a batch of inputs, recorded.
  ///
  /// - Parameters:
  ///   - parameters: As laid out by ``parameters``; further ones behind them are left alone.
  ///   - inputs: `[row, input]`.
  ///   - statistics: Where normalization takes its statistics from.
  /// - Returns: `[row, output]`.
  public func callAsFunction<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Variable<Scalar>,
    statistics: Statistics<Scalar> = .ofBatch
  ) -> Variable<Scalar> {
    precondition(
      inputs.shape.columns == layerSizes[0],
      "inputs of width \(layerSizes[0]) were expected, found \(inputs.shape)")
    var behind = 2 * layerCount
    return (0..<layerCount).reduce(inputs) { values, layer in
      var sums = affine(values, parameters[2 * layer], parameters[2 * layer + 1])
      if layer == layerCount - 1 { return sums }
      if !normalizations.isEmpty {
        let count = normalizations[layer].parameters.count
        sums = normalizations[layer](
          sums, parameters[behind..<behind + count], statistics: statistics)
        behind += count
      }
      return activation(sums)
    }
  }

  /// A product and an activation for each layer; normalizations aren't described.
  public func describe(
    in graph: inout NetworkGraph, _ inputs: NetworkGraph.Value, memory: NetworkGraph.Value?,
    parametersFrom start: Int
  ) -> NetworkGraph.Ends? {
    guard normalizations.isEmpty else { return nil }
    let outputs = (0..<layerCount).reduce(inputs) { values, layer in
      let width = layerSizes[layer + 1]
      let sums = graph.affine(values, weightAt: start + 2 * layer, width: width)
      return layer == layerCount - 1
        ? sums : graph.append(.activation(activation, sums), width: width)
    }
    return NetworkGraph.Ends(outputs: outputs)
  }

  /// The widths a layer stands between.
  func sides(of layer: Int) -> (inner: Int, outer: Int) {
    (layerSizes[layer], layerSizes[layer + 1])
  }

  /// The rows that pass through all layers together, so that what the layers hand on stays in cache, and products small
  /// enough not to be packed where OpenBLAS has kernels for such: those of up to a million multiplications. Elsewhere fewer
  /// rows pay where all hidden layers have kernels of their own.
  var blockRows: Int {
    if layerSizes.dropFirst().dropLast().allSatisfy(hasKernels(forColumns:)) && layerCount > 1 {
      return 96
    }
    let widest = zip(layerSizes, layerSizes.dropFirst()).reduce(1) { max($0, $1.0 * $1.1) }
    let unpacked = 1_000_000 / widest / 16 * 16
    return hasSmallProducts && unpacked >= 64 ? min(256, unpacked) : 256
  }

  /// The ranges of rows that pass through the layers one after the other.
  func blocks(of rows: Int) -> [Range<Int>] {
    stride(from: 0, to: rows, by: blockRows).map { $0..<min($0 + blockRows, rows) }
  }

  /// 0 for each parameter, to be added to.
  func zeros<Scalar>(_ type: Scalar.Type) -> [Tensor<Scalar>] {
    parameters.map { Tensor($0.shape, repeating: 0) }
  }

  /// Memory for one block of the widest layer's values.
  func scratch<Scalar>(_ type: Scalar.Type) -> Tensor<Scalar> {
    Tensor(uninitialized: Shape(blockRows, layerSizes.max() ?? 1))
  }
}
