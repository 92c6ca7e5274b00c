internal import Differentiation

/// A perceptron's outputs for acting: one matrix product a layer, into memory kept from call to call.
final class PerceptronForward: ForwardPass {
  private let network: MultilayerPerceptron
  /// What each layer puts out, `[layer][row, out]`.
  private let values: [UnsafeMutablePointer<Float>]
  private var parameters: [Tensor<Float>] = []

  init(_ network: MultilayerPerceptron, capacity: Int) {
    self.network = network
    values = network.layerSizes.dropFirst().map { .allocate(capacity: $0 * capacity) }
  }

  deinit { for memory in values { memory.deallocate() } }

  /// The hidden layers' values, where derivatives follow from them: all or none.
  var cachedWidths: [Int] {
    network.activation.isMonotone ? Array(network.layerSizes.dropFirst().dropLast()) : []
  }

  func set(_ parameters: [Tensor<Float>]) { self.parameters = parameters }

  func outputs(
    rows: Int, _ inputs: UnsafePointer<Float>, memory: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    var received = inputs
    for layer in 0..<network.layerCount {
      let outputs = values[layer]
      layerSums(
        rows: rows, received, weights: parameters[2 * layer],
        biases: parameters[2 * layer + 1], into: outputs)
      if layer < network.layerCount - 1 {
        network.activation.apply(rows * network.layerSizes[layer + 1], outputs)
      }
      received = UnsafePointer(outputs)
    }
    return values[network.layerCount - 1]
  }

  func cached(_ part: Int) -> UnsafePointer<Float> { UnsafePointer(values[part]) }
}
