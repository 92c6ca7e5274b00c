public import Differentiation

// What follows from the record of a network's operations, for networks that don't write it out.
extension Network {
  /// None.
  public var contextBiases: Int? { nil }

  /// Inputs and outputs.
  public var heldNumbers: Int { inputWidth + outputWidth }

  /// Nothing is remembered.
  public var memoryWidth: Int { 0 }

  /// Each row stands alone.
  public func outputs<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Sequences<Scalar>
  ) -> Variable<Scalar> { outputs(parameters, Variable(inputs.rows)) }

  /// Acting by the recorded operations, on constants.
  public func makeForward(capacity: Int) -> any ForwardPass {
    RecordedForward(self, capacity: capacity) { parameters, inputs, memory in
      (outputs(parameters, inputs), memory)
    }
  }

  /// Derivatives by the record.
  public func point<Scalar>(
    _ parameters: [Tensor<Scalar>], _ inputs: Sequences<Scalar>, cache: ForwardCache<Scalar>
  ) -> any NetworkPoint<Scalar> {
    RecordedPoint(self, parameters, inputs)
  }
}

/// Acting by recorded operations on constants.
final class RecordedForward: ForwardPass {
  typealias Step = (
    _ parameters: [Variable<Float>], _ inputs: Variable<Float>, _ memory: Variable<Float>
  ) -> (outputs: Variable<Float>, memory: Variable<Float>)

  private let (inputWidth, memoryWidth): (Int, Int)
  private let step: Step
  private var parameters: [Variable<Float>] = []
  private let results: UnsafeMutablePointer<Float>

  init(_ network: some Network, capacity: Int, _ step: @escaping Step) {
    (inputWidth, memoryWidth) = (network.inputWidth, network.memoryWidth)
    self.step = step
    results = .allocate(capacity: capacity * network.outputWidth)
  }

  deinit { results.deallocate() }

  var cachedWidths: [Int] { [] }

  func set(_ parameters: [Tensor<Float>]) { self.parameters = parameters.map { Variable($0) } }

  func outputs(
    rows: Int, _ inputs: UnsafePointer<Float>, memory: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    let read = { (source: UnsafePointer<Float>, width: Int) in
      Variable(
        Tensor<Float>(Shape(rows, width)) { $0.initialize(from: source, count: rows * width) })
    }
    let (outputs, remembered) = step(
      parameters, read(inputs, inputWidth), read(memory, memoryWidth))
    outputs.value.write(to: results)
    remembered.value.write(to: memory)
    return results
  }

  func cached(_ part: Int) -> UnsafePointer<Float> {
    preconditionFailure("a recorded network keeps nothing")
  }
}

extension Tensor<Float> {
  fileprivate func write(to memory: UnsafeMutablePointer<Float>) {
    withElements { elements in
      if let first = elements.baseAddress { memory.update(from: first, count: elements.count) }
    }
  }
}

/// A network at one point, by the record of its operations.
struct RecordedPoint<Scalar: TensorScalar>: NetworkPoint {
  private let parameters: [Variable<Scalar>]
  private let result: Variable<Scalar>

  init(_ network: some Network, _ parameters: [Tensor<Scalar>], _ inputs: Sequences<Scalar>) {
    self.parameters = parameters.prefix(network.parameters.count).map { .tracked($0) }
    result = network.outputs(self.parameters, inputs)
  }

  var outputs: Tensor<Scalar> { result.value }

  func jacobian() -> any NetworkJacobian<Scalar> { RecordedJacobian(result, parameters) }

  func curvature(
    cotangent: Tensor<Scalar>, products: HessianProducts
  ) -> any NetworkCurvature<Scalar> {
    RecordedCurvature(result, parameters, cotangent: cotangent, products: products)
  }
}

private struct RecordedJacobian<Scalar: TensorScalar>: NetworkJacobian {
  private let backward: Linearization<Scalar>
  private let forward: Linearization<Scalar>
  private let count: Int

  init(_ outputs: Variable<Scalar>, _ parameters: [Variable<Scalar>]) {
    backward = Linearization(of: [outputs], withRespectTo: parameters)
    forward = backward.pushforward()
    count = parameters.count
  }

  func pushforward(_ tangents: [Tensor<Scalar>]) -> Tensor<Scalar> {
    forward.pullback(tangents.prefix(count).map { Variable($0) })[0].value
  }

  func pullback(_ cotangent: Tensor<Scalar>) -> [Tensor<Scalar>] {
    backward.pullback([Variable(cotangent)]).map(\.value)
  }
}

private struct RecordedCurvature<Scalar: TensorScalar>: NetworkCurvature {
  let gradient: [Tensor<Scalar>]
  private let jacobian: RecordedJacobian<Scalar>?
  /// Of the gradient with the cotangent held.
  private let slopes: Linearization<Scalar>?
  private let count: Int

  init(
    _ outputs: Variable<Scalar>, _ parameters: [Variable<Scalar>], cotangent: Tensor<Scalar>,
    products: HessianProducts
  ) {
    let isPrepared = products != .none
    let slopes = Differentiation.gradient(
      of: (outputs * Variable(cotangent)).sum(), withRespectTo: parameters, recording: isPrepared)
    gradient = slopes.map(\.value)
    jacobian = isPrepared ? RecordedJacobian(outputs, parameters) : nil
    self.slopes = isPrepared ? Linearization(of: slopes, withRespectTo: parameters) : nil
    count = parameters.count
  }

  func product(
    along direction: [Tensor<Scalar>], bend: (Tensor<Scalar>) -> Tensor<Scalar>
  ) -> [Tensor<Scalar>] {
    guard let jacobian, let slopes else {
      preconditionFailure("Hessian products were not prepared")
    }
    let moved = bend(jacobian.pushforward(direction))
    let own = slopes.pullback(direction.prefix(count).map { Variable($0) })
    return zip(jacobian.pullback(moved), own).map { $0.adding($1.value) }
  }
}
