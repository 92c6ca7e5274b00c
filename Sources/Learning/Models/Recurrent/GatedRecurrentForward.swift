internal import Differentiation

/// A gated recurrent network's outputs for acting: two matrix products a layer, into memory kept from call to call.
final class GatedRecurrentForward: ForwardPass {
  private typealias Memory = UnsafeMutablePointer<Float>

  private let network: GatedRecurrentNetwork
  /// A layer's sums of inputs and of what is remembered, each `[row, 3 units]`.
  private let (fromInputs, fromHidden): (Memory, Memory)
  /// What a layer remembers, `[row, unit]`.
  private let hidden: Memory
  private let results: Memory
  private var parameters: [Tensor<Float>] = []

  init(_ network: GatedRecurrentNetwork, capacity: Int) {
    self.network = network
    let widest = network.units.max() ?? 0
    fromInputs = .allocate(capacity: 3 * widest * capacity)
    fromHidden = .allocate(capacity: 3 * widest * capacity)
    hidden = .allocate(capacity: widest * capacity)
    results = .allocate(capacity: network.outputWidth * capacity)
  }

  deinit { for memory in [fromInputs, fromHidden, hidden, results] { memory.deallocate() } }

  var cachedWidths: [Int] { [] }

  func set(_ parameters: [Tensor<Float>]) { self.parameters = parameters }

  func outputs(
    rows: Int, _ inputs: UnsafePointer<Float>, memory: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    var received = inputs
    var start = 0
    for (layer, width) in network.units.enumerated() {
      let own = 4 * layer
      layerSums(
        rows: rows, received, weights: parameters[own], biases: parameters[own + 2],
        into: fromInputs)
      for row in 0..<rows {
        let source = memory + row * network.memoryWidth + start
        (hidden + row * width).update(from: source, count: width)
      }
      layerSums(
        rows: rows, hidden, weights: parameters[own + 1], biases: parameters[own + 3],
        into: fromHidden)
      for row in 0..<rows {
        let gates = 3 * row * width
        step(width, fromInputs + gates, fromHidden + gates, hidden + row * width)
        (memory + row * network.memoryWidth + start).update(
          from: hidden + row * width, count: width)
      }
      received = UnsafePointer(hidden)
      start += width
    }
    let last = 4 * network.units.count
    layerSums(
      rows: rows, received, weights: parameters[last], biases: parameters[last + 1], into: results)
    return results
  }

  func cached(_ part: Int) -> UnsafePointer<Float> {
    preconditionFailure("nothing is kept of acting")
  }

  /// One row's gates and what its units put out then, over what they put out before.
  private func step(_ width: Int, _ gates: Memory, _ fromHidden: Memory, _ hidden: Memory) {
    let kernels = Float.kernels
    let (update, fresh) = (gates + width, gates + 2 * width)
    kernels.add(2 * width, gates, fromHidden, gates)
    kernels.logistic(2 * width, gates, gates)
    kernels.multiply(width, gates, fromHidden + 2 * width, fresh, 1)
    kernels.tanh(width, fresh, fresh)
    kernels.gatedBlend(width, update, fresh, hidden, hidden)
  }
}
