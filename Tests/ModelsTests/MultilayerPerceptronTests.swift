import Derivatives
import Differentiation
import Models
import Testing

@Suite struct MultilayerPerceptronTests {
  private func network(_ activation: Activation) -> MultilayerPerceptron {
    MultilayerPerceptron(layerSizes: [3, 7, 5, 2], activation: activation)
  }

  private func parameters(_ network: MultilayerPerceptron) -> [Tensor<Double>] {
    network.parameters.enumerated().map { values($1.shape, seed: UInt64($0), scale: 0.5) }
  }

  /// One row through the network, written out.
  private func direct(
    _ network: MultilayerPerceptron, _ parameters: [Tensor<Double>], _ inputs: [Double]
  ) -> [Double] {
    (0..<network.layerCount).reduce(inputs) { inputs, layer in
      (0..<network.layerSizes[layer + 1]).map { unit in
        let sum = inputs.indices.reduce(parameters[2 * layer + 1][0, unit]) {
          $0 + inputs[$1] * parameters[2 * layer][$1, unit]
        }
        if layer == network.layerCount - 1 { return sum }
        return network.activation.formula(sum)
      }
    }
  }

  @Test("A network computes what its formula says", arguments: Activation.allCases)
  func formula(activation: Activation) {
    let network = network(activation)
    let parameters = parameters(network)
    let inputs = values(Shape(9, 3), seed: 50)
    let outputs = network(parameters.map { Variable($0) }, Variable(inputs)).value
    for row in 0..<9 {
      let expected = direct(network, parameters, inputs.rows(row..<row + 1).elements)
      for column in 0..<2 { #expect(abs(outputs[row, column] - expected[column]) < 1e-13) }
    }
  }

  @Test(
    "Rows that pass in several blocks give the outputs that each row gives alone",
    arguments: [256, 257, 512, 700])
  func blockValues(rows: Int) {
    let network = network(.tanh)
    let parameters = parameters(network).map { Variable($0) }
    let inputs = values(Shape(rows, 3), seed: 51)
    let outputs = network(parameters, Variable(inputs)).value
    #expect(outputs.shape == Shape(rows, 2))
    for row in stride(from: 0, to: rows, by: 85) {
      let alone = network(parameters, Variable(inputs.rows(row..<row + 1))).value
      #expect(relativeError(outputs.rows(row..<row + 1), alone) < 1e-13)
    }
  }

  @Test("Derivatives of several blocks are the sums of the parts'", arguments: Activation.allCases)
  func blockDerivatives(activation: Activation) {
    let network = network(activation)
    let layout = ParameterLayout(network.parameters)
    let inputs = values(Shape(600, 3), seed: 52)
    let weights = values(Shape(600, 2), seed: 53)
    let loss = { (rows: Range<Int>) -> ParameterFunction in
      let part = Variable(inputs.rows(rows))
      let factors = Variable(weights.rows(rows))
      return { (network($0, part).squared * factors).sum() }
    }
    let point = values(Shape(1, layout.count), seed: 54, scale: 0.5)
    let vector = values(point.shape, seed: 55)
    let parts = [0..<100, 100..<300, 300..<500, 500..<600]
    let slopes = parts.map { layout.gradient(of: loss($0), at: point) }
    let products = parts.map { layout.hessianProduct(of: loss($0), at: point, times: vector) }
    let sum = { (tensors: [Tensor<Double>]) in
      tensors.dropFirst().reduce(tensors[0]) { $0.adding($1) }
    }
    #expect(relativeError(layout.gradient(of: loss(0..<600), at: point), sum(slopes)) < 1e-12)
    let whole = layout.hessianProduct(of: loss(0..<600), at: point, times: vector)
    #expect(relativeError(whole, sum(products)) < 1e-12)
  }
}
