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
    var values = Variable(inputs.rows).rows(at: order.rows).value
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
    outputs =
      affine(Variable(values), Variable(parameters[last]), Variable(parameters[last + 1]))
      .placed(atRows: order.rows, of: order.rows.count).value
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
    let errors = Variable(cotangent).rows(at: order.rows).value
    let ofOutputs = layerGradient(errors, of: layers[layers.count - 1].hidden)
    var gradient = [ofOutputs.weights, ofOutputs.biases]
    var passed =
      product(
        Variable(errors), Variable(parameters[4 * network.units.count]), transposeRight: true
      ).value
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
