public import Differentiation
public import Randomness

/// Layers of gated recurrent units, one over the other, and a linear layer that reads the last.
///
/// With a row's inputs x and what a layer put out for the row before, h:
///
///     r = σ(x Wᵣ + bᵣ + h Uᵣ + cᵣ)        n = tanh(x Wₙ + bₙ + r ∘ (h Uₙ + cₙ))
///     z = σ(x W_z + b_z + h U_z + c_z)     h' = (1 - z) ∘ n + z ∘ h
///
/// The reset gate r is applied after the product, as cuDNN, PyTorch and JAX's libraries have it.
///
/// Source: Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014, in its first version; later ones
/// apply the reset gate before the product, as Chung et al. 2014 do.
public struct GatedRecurrentNetwork: RecurrentNetwork {
  /// The width of the inputs.
  public let inputWidth: Int
  /// The units of each layer.
  public let units: [Int]
  /// The width of the last layer.
  public let outputWidth: Int

  /// A network of the given widths.
  public init(inputs: Int, units: [Int], outputs: Int) {
    precondition(
      inputs > 0 && outputs > 0 && !units.isEmpty && units.allSatisfy { $0 > 0 },
      "a recurrent network needs inputs, outputs and units, found \(inputs), \(outputs) and \(units)"
    )
    (inputWidth, self.units, outputWidth) = (inputs, units, outputs)
  }

  /// What each layer put out for the row before, one behind the other.
  public var memoryWidth: Int { units.reduce(0, +) }
  /// The inputs, the outputs, and of each unit what derivatives of its gates and its memory go through.
  public var heldNumbers: Int { inputWidth + 8 * memoryWidth + outputWidth }

  /// Names and shapes of the parameters: of each layer `layers.l.inputWeight` `[in, 3 units]`, `layers.l.hiddenWeight`
  /// `[units, 3 units]` and a bias of each, `[1, 3 units]`, for r, z and n side by side; at last `layers.l.weight`
  /// `[units, out]` and `layers.l.bias` `[1, out]`.
  public var parameters: [(name: String, shape: Shape)] {
    units.indices.flatMap { layer in
      let (inner, width) = sides(of: layer)
      return [
        ("layers.\(layer).inputWeight", Shape(inner, 3 * width)),
        ("layers.\(layer).hiddenWeight", Shape(width, 3 * width)),
        ("layers.\(layer).inputBias", Shape(1, 3 * width)),
        ("layers.\(layer).hiddenBias", Shape(1, 3 * width)),
      ]
    } + [
      ("layers.\(units.count).weight", Shape(sides(of: units.count).inner, outputWidth)),
      ("layers.\(units.count).bias", Shape(1, outputWidth)),
    ]
  }

  /// Orthogonal weights from unit to unit, those of inputs and outputs uniform on ±√(6 / (in + out)), biases zero (Duan et
  /// al. 2016, section 2.4).
  public func initialParameters(
    _ random: inout RandomStream, outputGain: Float
  ) -> [Tensor<Float>] {
    func uniform(_ inner: Int, _ width: Int, gates: Int, gain: Float) -> Tensor<Float> {
      let bound = gain * (6 / Float(inner + width)).squareRoot()
      let shape = Shape(inner, gates * width)
      return Tensor(shape, (0..<shape.count).map { _ in (2 * random.uniform() - 1) * bound })
    }
    var tensors: [Tensor<Float>] = []
    for layer in units.indices {
      let (inner, width) = sides(of: layer)
      let zeros = Tensor<Float>(Shape(1, 3 * width), repeating: 0)
      tensors.append(uniform(inner, width, gates: 3, gain: 1))
      let gates = (0..<3).map { _ in
        Tensor<Float>(
          Shape(width, width), (0..<width * width).map { _ in random.normal() as Float }
        ).orthonormalized()
      }
      tensors.append(
        Tensor(
          Shape(width, 3 * width),
          (0..<width).flatMap { row in gates.flatMap { $0.rows(row..<row + 1).elements } }))
      tensors += [zeros, zeros]
    }
    let (inner, width) = sides(of: units.count)
    return tensors + [
      uniform(inner, width, gates: 1, gain: outputGain), Tensor(Shape(1, width), repeating: 0),
    ]
  }

  /// One row of each of some sequences.
  public func step<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Variable<Scalar>, memory: Variable<Scalar>
  ) -> (outputs: Variable<Scalar>, memory: Variable<Scalar>) {
    var values = inputs
    var remembered: Variable<Scalar>?
    var start = 0
    for (layer, width) in units.enumerated() {
      let own = memory.columns(start..<start + width)
      values = cell(parameters[(4 * layer)..<(4 * layer + 4)], values, own, width: width)
      let placed = values.placed(fromColumn: start, width: memoryWidth)
      remembered = remembered.map { $0 + placed } ?? placed
      start += width
    }
    let last = 4 * units.count
    return (affine(values, parameters[last], parameters[last + 1]), remembered ?? memory)
  }

  /// Acting with two matrix products a layer.
  public func makeForward(capacity: Int) -> any ForwardPass {
    GatedRecurrentForward(self, capacity: capacity)
  }

  /// Backpropagation through time, written out.
  public func point<Scalar>(
    _ parameters: [Tensor<Scalar>], _ inputs: Sequences<Scalar>, cache: ForwardCache<Scalar>
  ) -> any NetworkPoint<Scalar> {
    GatedRecurrentPoint(self, parameters, inputs)
  }

  /// Each layer's gates, as ``step(_:_:memory:)`` computes them.
  public func describe(
    in graph: inout NetworkGraph, _ inputs: NetworkGraph.Value, memory: NetworkGraph.Value?,
    parametersFrom start: Int
  ) -> NetworkGraph.Ends? {
    guard let memory else { return nil }
    var values = inputs
    var remembered: [NetworkGraph.Value] = []
    for (layer, width) in units.enumerated() {
      let (gates, candidate) = (0..<2 * width, 2 * width..<3 * width)
      let first = start + 4 * layer
      let place = remembered.reduce(0) { $0 + $1.width }
      let before = graph.columns(memory, place..<place + width)
      let fromInputs = graph.affine(
        values, weightAt: first, biasAt: first + 2, width: 3 * width)
      let fromHidden = graph.affine(
        before, weightAt: first + 1, biasAt: first + 3, width: 3 * width)
      let sums = graph.append(
        .sum(graph.columns(fromInputs, gates), graph.columns(fromHidden, gates)), width: 2 * width)
      let opened = graph.append(.logistic(sums), width: 2 * width)
      let reset = graph.columns(opened, 0..<width)
      let update = graph.columns(opened, width..<2 * width)
      let kept = graph.append(.product(reset, graph.columns(fromHidden, candidate)), width: width)
      let sum = graph.append(.sum(graph.columns(fromInputs, candidate), kept), width: width)
      let fresh = graph.append(.activation(.tanh, sum), width: width)
      let change = graph.append(.difference(before, fresh), width: width)
      let blend = graph.append(.product(update, change), width: width)
      values = graph.append(.sum(fresh, blend), width: width)
      remembered.append(values)
    }
    let outputs = graph.affine(
      values, weightAt: start + 4 * units.count, width: outputWidth)
    return NetworkGraph.Ends(outputs: outputs, memory: graph.beside(remembered))
  }

  /// What the units of a layer put out.
  private func cell<Scalar>(
    _ parameters: ArraySlice<Variable<Scalar>>, _ inputs: Variable<Scalar>,
    _ hidden: Variable<Scalar>, width: Int
  ) -> Variable<Scalar> {
    let p = Array(parameters)
    let fromInputs = affine(inputs, p[0], p[2])
    let fromHidden = affine(hidden, p[1], p[3])
    let (gates, candidate) = (0..<2 * width, 2 * width..<3 * width)
    let opened = (fromInputs.columns(gates) + fromHidden.columns(gates)).logistic
    let (reset, update) = (opened.columns(0..<width), opened.columns(width..<2 * width))
    let fresh =
      (fromInputs.columns(candidate) + reset * fromHidden.columns(candidate)).hyperbolicTangent()
    return fresh + update * (hidden - fresh)
  }

  /// The widths a layer stands between.
  func sides(of layer: Int) -> (inner: Int, outer: Int) {
    (
      layer == 0 ? inputWidth : units[layer - 1],
      layer == units.count ? outputWidth : units[layer]
    )
  }
}
