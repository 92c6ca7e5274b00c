internal import Differentiation
internal import MetaLearning
public import Models
internal import Randomness

/// Holds a network to what policies need of it.
///
/// In a test of a network:
///
/// ```swift
/// let report = checkConformance(of: MyNetwork(inputs: 3, outputs: 2))
/// #expect(report.passed, "\(report)")
/// ```
///
/// - Parameters:
///   - network: The network.
///   - seed: Names the parameters and inputs that it is tried on.
/// - Returns: A result for each check.
public func checkConformance(of network: some Network, seed: UInt64 = 1) -> AlgorithmReport {
  var report = AlgorithmReport(subject: "network '\(type(of: network))'")
  report.add("parameters") { parameterFinding(network, seed: seed) }
  // With other parameters than it tells of, nothing could be tried.
  guard report.passed else { return report }
  let trial = NetworkTrial(network, seed: seed)
  report.add("rows", trial.rows)
  report.add("acting", trial.acting)
  report.add("jacobian", trial.jacobian)
  report.add("curvature", trial.curvature)
  if network.graph() != nil { report.add("graph", trial.graph) }
  return report
}

/// Whether names differ, and fresh parameters have the shapes that are told.
private func parameterFinding(_ network: some Network, seed: UInt64) -> String? {
  let names = network.parameters.map(\.name)
  if Set(names).count < names.count { return "two parameters have the same name among \(names)" }
  if !names.contains(where: { $0.hasPrefix("layers.") }) {
    return "no name begins with 'layers.', by which the last layer is found; found \(names)"
  }
  var random = RandomStream(seed: seed, purpose: .initialization)
  let shapes = network.initialParameters(&random, outputGain: 1).map(\.shape)
  let told = network.parameters.map(\.shape)
  return shapes == told ? nil : "initial parameters have shapes \(shapes), expected \(told)"
}

/// A network with some parameters and inputs.
private struct NetworkTrial<Net: Network> {
  private let network: Net
  private let layout: ParameterLayout
  private let differences: Differences
  /// `[row, input]`, in sequences of 2 and 3.
  private let inputs: Sequences<Double>
  /// What a loss weighs outputs by, `[row, output]`.
  private let weights: Tensor<Double>

  init(_ network: Net, seed: UInt64) {
    self.network = network
    layout = ParameterLayout(network.parameters)
    var random = RandomStream(seed: seed, purpose: .initialization)
    let initial = network.initialParameters(&random, outputGain: 1)
    differences = Differences(about: layout.vector(of: initial.map { Variable($0) }), seed: seed)
    func normal(_ width: Int) -> Tensor<Double> {
      Tensor(Shape(5, width), (0..<5 * width).map { _ in random.normal() as Double })
    }
    inputs = Sequences(normal(network.inputWidth), starts: [0, 2, 5])
    weights = normal(network.outputWidth)
  }

  private func outputs(_ parameters: Tensor<Double>, _ inputs: Sequences<Double>) -> Tensor<Double>
  {
    network.outputs(layout.constants(of: parameters), inputs).value
  }

  /// A sequence's outputs don't depend on the sequences beside it, nor a row's on any other where nothing is remembered.
  func rows() -> String? {
    let whole = outputs(differences.point, inputs)
    let shape = Shape(inputs.rows.shape.rows, network.outputWidth)
    guard whole.shape == shape else {
      return "outputs of \(inputs.rows.shape) have shape \(whole.shape), expected \(shape)"
    }
    let parts =
      network.memoryWidth == 0
      ? (0..<shape.rows).map { $0..<$0 + 1 }
      : (0..<inputs.count).map { inputs.starts[$0]..<inputs.starts[$0 + 1] }
    for part in parts {
      let alone = outputs(differences.point, Sequences(inputs.rows.rows(part)))
      let error = alone.adding(whole.rows(part), scaledBy: -1).norm
      if !(error <= 1e-9 * (1 + whole.norm)) {
        return "rows \(part) alone differ by \(error) from the same rows among others"
      }
    }
    return nil
  }

  /// Acting step by step, with what is remembered handed on, computes what is recorded of whole sequences.
  func acting() -> String? {
    let parameters = differences.point.converted(to: Float.self)
    let observed = inputs.converted(to: Float.self)
    let forward = network.makeForward(capacity: observed.count)
    forward.set(layout.constants(of: parameters).map(\.value))
    let expected = network.outputs(layout.constants(of: parameters), observed).value
    let nothing = [Float](repeating: 0, count: network.memoryWidth)
    var memory = [[Float]](repeating: nothing, count: observed.count)
    var found = [[Float]](repeating: [], count: expected.shape.rows)
    for place in 0..<expected.shape.rows {
      let going = (0..<observed.count).filter {
        observed.starts[$0] + place < observed.starts[$0 + 1]
      }
      if going.isEmpty { break }
      let next = forward.step(
        going.map { observed.rows.row(observed.starts[$0] + place) },
        memory: going.map { memory[$0] },
        outputWidth: network.outputWidth)
      for (row, sequence) in going.enumerated() {
        found[observed.starts[sequence] + place] = next.outputs[row]
        memory[sequence] = next.memory[row]
      }
    }
    let error = Tensor(expected.shape, found.flatMap(\.self)).adding(expected, scaledBy: -1).norm
    return error <= 1e-4 * (1 + expected.norm)
      ? nil : "what acts differs by \(error) from the recorded outputs"
  }

  /// Products with the Jacobian and its transpose against finite differences.
  func jacobian() -> String? {
    let point = network.point(tensors(differences.point), inputs, cache: .empty)
    let jacobian = point.jacobian()
    let direction = differences.directions[0]
    let forward = jacobian.pushforward(tensors(direction)).dot(weights)
    let gradient = layout.vector(of: jacobian.pullback(weights).map { Variable($0) })
    let transposed = gradient.dot(direction)
    if !(abs(forward - transposed) <= 1e-9 * (1 + abs(forward))) {
      return "uᵀ(J v) is \(forward), and (Jᵀu)ᵀv is \(transposed)"
    }
    return finding(
      GradientCheck("", differences.errors(of: gradient) { outputs($0, inputs).dot(weights) }))
  }

  /// The gradient of a curved loss, and products with its Hessian, against finite differences.
  func curvature() -> String? {
    // L = Σ w y + y² / 2
    func slope(_ parameters: Tensor<Double>) -> Tensor<Double> {
      let point = network.point(tensors(parameters), inputs, cache: .empty)
      let curvature = point.curvature(
        cotangent: weights.adding(point.outputs), products: .none)
      return layout.vector(of: curvature.gradient.map { Variable($0) })
    }
    let point = network.point(tensors(differences.point), inputs, cache: .empty)
    let curvature = point.curvature(
      cotangent: weights.adding(point.outputs), products: .many)
    let gradient = layout.vector(of: curvature.gradient.map { Variable($0) })
    let loss = { (parameters: Tensor<Double>) -> Double in
      let outputs = outputs(parameters, inputs)
      return outputs.dot(weights) + outputs.dot(outputs) / 2
    }
    return finding(GradientCheck("", differences.errors(of: gradient, loss)))
      ?? finding(
        GradientCheck(
          "",
          differences.errors(
            ofProduct: { vector in
              let product = curvature.product(along: tensors(vector)) { $0 }
              return layout.vector(of: product.map { Variable($0) })
            }, slope)))
  }

  /// What the network says that it computes is what it computes, of a first row and of one after it.
  func graph() -> String? {
    guard let (graph, ends) = network.graph() else { return nil }
    let parameters = layout.constants(of: differences.point)
    var memory: Variable<Double>?
    if network.memoryWidth > 0 {
      memory = Variable(Tensor(Shape(inputs.count, network.memoryWidth), repeating: 0))
    }
    let expected = outputs(differences.point, inputs)
    for place in 0..<2 {
      // Both sequences have two rows at the least.
      let rows = inputs.starts.dropLast().map { $0 + place }
      let shown = Variable(inputs.rows).rows(at: rows)
      let values = graph.values(parameters, shown, memory: memory)
      let found = values[ends.outputs.index].value
      let error = found.adding(Variable(expected).rows(at: rows).value, scaledBy: -1).norm
      if !(error <= 1e-9 * (1 + expected.norm)) {
        return
          "what it describes differs by \(error) from its outputs for row \(place) of each sequence"
      }
      if memory != nil {
        guard let after = ends.memory else { return "it remembers, but describes no memory" }
        memory = values[after.index]
      }
    }
    return nil
  }

  private func tensors(_ vector: Tensor<Double>) -> [Tensor<Double>] { layout.tensors(of: vector) }

  private func finding(_ check: GradientCheck) -> String? {
    check.passed
      ? nil
      : "relative error \(check.relativeError) beside finite differences, expected below "
        + "\(check.tolerance)"
  }
}

extension Tensor {
  /// A row's numbers.
  fileprivate func row(_ index: Int) -> [Scalar] { rows(index..<index + 1).elements }
}

extension ForwardPass {
  /// One step of some sequences: what is put out and what is remembered then, each `[sequence][number]`.
  fileprivate func step(
    _ inputs: [[Float]], memory: [[Float]], outputWidth: Int
  ) -> (outputs: [[Float]], memory: [[Float]]) {
    // Memory of no numbers has an address all the same.
    var remembered = memory.flatMap(\.self) + [0]
    let outputs = inputs.flatMap(\.self).withUnsafeBufferPointer { seen -> [Float] in
      guard let seen = seen.baseAddress else { return [] }
      let start = self.outputs(rows: inputs.count, seen, memory: &remembered)
      return Array(UnsafeBufferPointer(start: start, count: inputs.count * outputWidth))
    }
    func rows(_ numbers: [Float], _ width: Int) -> [[Float]] {
      inputs.indices.map { Array(numbers[$0 * width..<($0 + 1) * width]) }
    }
    return (rows(outputs, outputWidth), rows(remembered, memory[0].count))
  }
}
