internal import Differentiation

/// A gated recurrent network's values for sequences, in plain numbers, and the gradient by backpropagation through time.
///
/// Products with the inputs are taken for all rows at once; what goes from step to step is a product and some passes over
/// one step's rows. Derivatives of second order follow from the record.
struct GatedRecurrentPoint<Scalar: TensorScalar>: NetworkPoint {
  private let network: GatedRecurrentNetwork
  private let parameters: [Tensor<Scalar>]
  private let inputs: Sequences<Scalar>
  private let order: TimeOrder
  private let layers: [GatedRecurrentLayer<Scalar>]
  let outputs: Tensor<Scalar>

  init(
    _ network: GatedRecurrentNetwork, _ parameters: [Tensor<Scalar>], _ inputs: Sequences<Scalar>
  ) {
    self.network = network
    self.parameters = parameters
    self.inputs = inputs
    let order = TimeOrder(inputs)
    var values = order.ordered(inputs.rows)
    var layers: [GatedRecurrentLayer<Scalar>] = []
    var start = 0
    for (layer, width) in network.units.enumerated() {
      let own = Array(parameters[(4 * layer)..<(4 * layer + 4)])
      let memory = inputs.memory.map { memory in
        Variable(memory).columns(start..<start + width).rows(at: order.sequences).value
      }
      layers.append(GatedRecurrentLayer(own, values, memory: memory, steps: order.steps))
      values = layers[layer].hidden
      start += width
    }
    let last = 4 * network.units.count
    outputs = order.restored(
      affine(Variable(values), Variable(parameters[last]), Variable(parameters[last + 1])).value)
    self.order = order
    self.layers = layers
  }

  func jacobian() -> any NetworkJacobian<Scalar> {
    RecordedPoint(network, parameters, inputs).jacobian()
  }

  func curvature(
    cotangent: Tensor<Scalar>, products: HessianProducts
  ) -> any NetworkCurvature<Scalar> {
    guard products == .none else {
      return RecordedPoint(network, parameters, inputs)
        .curvature(cotangent: cotangent, products: products)
    }
    return GradientAlone(gradient: gradient(of: cotangent))
  }

  /// One for each parameter, from the loss's gradient with respect to the outputs, `[row, output]`.
  private func gradient(of cotangent: Tensor<Scalar>) -> [Tensor<Scalar>] {
    let kernels = Scalar.kernels
    let errors = order.ordered(cotangent)
    let last = 4 * network.units.count
    let weights = parameters[last]
    let (rows, width, outputs) = (errors.shape.rows, weights.shape.rows, weights.shape.columns)
    let received = layers[layers.count - 1].hidden
    let weightGradient = Tensor<Scalar>(weights.shape) {
      kernels.product(1, 0, width, outputs, rows, received.pointer, errors.pointer, 0, $0)
    }
    let biasGradient = Tensor<Scalar>(Shape(1, outputs)) {
      kernels.sumOverRows(rows, outputs, errors.pointer, $0, 0)
    }
    var gradient = [weightGradient, biasGradient]
    var passed = Tensor<Scalar>(Shape(rows, width)) {
      kernels.product(0, 1, rows, width, outputs, errors.pointer, weights.pointer, 0, $0)
    }
    for (layer, values) in layers.enumerated().reversed() {
      let (own, before) = values.pullback(passed, steps: order.steps, toInputs: layer > 0)
      gradient = own + gradient
      if let before { passed = before }
    }
    return gradient
  }
}

/// A gradient, without any products.
private struct GradientAlone<Scalar: TensorScalar>: NetworkCurvature {
  let gradient: [Tensor<Scalar>]

  func product(
    along direction: [Tensor<Scalar>], bend: (Tensor<Scalar>) -> Tensor<Scalar>
  ) -> [Tensor<Scalar>] {
    preconditionFailure("Hessian products were not prepared")
  }
}
