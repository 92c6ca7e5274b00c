import Differentiation
import Testing

/// An operation under test, with inputs of the given shapes.
struct OperationCase: CustomTestStringConvertible, Sendable {
  let name: String
  let shapes: [Shape]
  var positive = false
  let apply: @Sendable ([Variable<Double>]) -> Variable<Double>
  var testDescription: String { name }
}

private let matrix = Shape(5, 3)
private let windows = ConvolutionGeometry(
  images: 2, height: 5, width: 4, channels: 2, side: 3, stride: 2, padding: 1)

/// The gradient of a function of its first input's normalization with respect to all inputs.
private func slopes(
  _ inputs: [Variable<Double>], _ normalized: (Variable<Double>) -> Variable<Double>
) -> Variable<Double> {
  let point = inputs[0].isTracked ? inputs[0] : .tracked(inputs[0].value)
  let loss = (normalized(point).squared * inputs[1]).sum()
  return gradient(of: loss, withRespectTo: [point], recording: true)[0]
}

let operations: [OperationCase] = [
  .init(name: "add", shapes: [matrix, matrix]) { $0[0] + $0[1] },
  .init(name: "subtract", shapes: [matrix, matrix]) { $0[0] - $0[1] },
  .init(name: "multiply", shapes: [matrix, matrix]) { $0[0] * $0[1] },
  .init(name: "divide", shapes: [matrix, matrix], positive: true) { $0[0] / $0[1] },
  .init(name: "scale", shapes: [matrix]) { $0[0].scaled(by: -1.7) },
  .init(name: "triple product", shapes: [matrix, matrix, matrix]) {
    $0[0].tripleProduct($0[1], $0[2], scaledBy: 0.7)
  },
  .init(name: "minimum", shapes: [matrix, matrix]) { $0[0].minimum($0[1]) },
  .init(name: "square", shapes: [matrix]) { $0[0].squared },
  .init(name: "exponential", shapes: [matrix]) { $0[0].exponential },
  .init(name: "logarithm", shapes: [matrix], positive: true) { $0[0].logarithm },
  .init(name: "hyperbolic tangent", shapes: [matrix]) { $0[0].hyperbolicTangent() },
  .init(name: "rectifier", shapes: [matrix]) { $0[0].rectified() },
  .init(name: "leaky rectifier", shapes: [matrix]) { $0[0].leakilyRectified() },
  .init(name: "exponential linear unit", shapes: [matrix]) { $0[0].exponentialLinearUnit() },
  .init(name: "sigmoid linear unit", shapes: [matrix]) { $0[0].sigmoidLinearUnit() },
  .init(name: "Gaussian error linear unit", shapes: [matrix]) { $0[0].gaussianErrorLinearUnit() },
  .init(name: "product", shapes: [matrix, Shape(3, 4)]) { product($0[0], $0[1]) },
  .init(name: "product, left transposed", shapes: [matrix, Shape(5, 4)]) {
    product($0[0], $0[1], transposeLeft: true)
  },
  .init(name: "product, right transposed", shapes: [matrix, Shape(4, 3)]) {
    product($0[0], $0[1], transposeRight: true)
  },
  .init(name: "product, both transposed", shapes: [matrix, Shape(4, 5)]) {
    product($0[0], $0[1], transposeLeft: true, transposeRight: true)
  },
  .init(name: "product, wide", shapes: [Shape(20, 12), Shape(12, 14), Shape(1, 14)]) {
    product($0[0], $0[1], plus: $0[2].broadcast(toRows: 20))
  },
  .init(name: "sum over rows", shapes: [matrix]) { $0[0].sumOverRows() },
  .init(name: "broadcast to rows", shapes: [Shape(1, 3)]) { $0[0].broadcast(toRows: 4) },
  .init(name: "sum over columns", shapes: [matrix]) { $0[0].sumOverColumns() },
  .init(name: "broadcast to columns", shapes: [Shape(5, 1)]) { $0[0].broadcast(toColumns: 4) },
  .init(name: "sum", shapes: [matrix]) { $0[0].sum() },
  .init(name: "mean", shapes: [matrix]) { $0[0].mean() },
  .init(name: "elements in columns", shapes: [matrix]) {
    $0[0].elements(inColumns: [0, 2, 1, 1, 0])
  },
  .init(name: "columns", shapes: [matrix]) { $0[0].columns(1..<3) },
  .init(name: "placed from a column", shapes: [matrix]) { $0[0].placed(fromColumn: 2, width: 6) },
  .init(name: "rows, one of them twice", shapes: [matrix]) { $0[0].rows(at: [4, 0, 4, 2]) },
  .init(name: "placed at rows, two at one place", shapes: [matrix, Shape(7, 3)]) {
    $0[0].placed(atRows: [6, 1, 0, 1, 3], of: 7, plus: $0[1])
  },
  .init(name: "logistic", shapes: [matrix]) { $0[0].logistic },
  .init(name: "log softmax", shapes: [matrix]) { $0[0].logSoftmax() },
  .init(name: "add a row", shapes: [matrix, Shape(1, 3)]) { $0[0].addingRow($0[1]) },
  .init(name: "scale by a row", shapes: [matrix, Shape(1, 3)]) { $0[0].scaledByRow($0[1]) },
  .init(name: "scale and shift by rows", shapes: [matrix, Shape(1, 3), Shape(1, 3)]) {
    $0[0].scaledByRow($0[1], shiftedBy: $0[2])
  },
  .init(name: "reshape", shapes: [matrix]) { $0[0].reshaped(to: Shape(3, 5)) },
  .init(name: "normalize over rows", shapes: [Shape(40, 19)]) {
    $0[0].normalizedOverRows(epsilon: 1e-3)
  },
  .init(name: "normalize over columns", shapes: [Shape(3, 21)]) {
    $0[0].normalizedOverColumns(epsilon: 1e-3)
  },
  .init(name: "normalize by other rows' moments", shapes: [Shape(4, 3), matrix]) {
    $0[0].normalized(by: $0[1].momentsOverRows(), epsilon: 1e-3)
  },
  .init(name: "normalize over groups of rows", shapes: [Shape(12, 3)]) {
    $0[0].normalizedOverGroups(ofRows: 4, epsilon: 1e-3)
  },
  .init(name: "slope of normalization over rows", shapes: [matrix, matrix]) {
    slopes($0) { $0.normalizedOverRows(epsilon: 0.1) }
  },
  .init(name: "slope of normalization over columns", shapes: [matrix, matrix]) {
    slopes($0) { $0.normalizedOverColumns(epsilon: 0.1) }
  },
  .init(name: "normalize by given statistics", shapes: [matrix]) {
    let moments = values(matrix, seed: 8).momentsOverRows()
    return $0[0].normalized(mean: moments.mean, variance: moments.variance, epsilon: 1e-3)
  },
  .init(name: "patches", shapes: [windows.imageShape]) { $0[0].patches(windows) },
  .init(name: "fold", shapes: [windows.patchShape]) { $0[0].folded(windows) },
  .init(name: "convolution", shapes: [windows.imageShape, Shape(18, 3), Shape(1, 3)]) {
    convolution($0[0], $0[1], windows, plus: $0[2])
  },
  .init(name: "maximum pooling", shapes: [Shape(2 * 5 * 4, 3)]) {
    $0[0].maximumPooled(height: 5, width: 4)
  },
  .init(name: "mean squared error", shapes: [matrix, matrix]) { meanSquaredError($0[0], $0[1]) },
  .init(name: "cross-entropy", shapes: [matrix]) {
    crossEntropy($0[0], labels: [2, 0, 1, 1, 2])
  },
]

@Suite struct OperationTests {
  /// Squares the tanh of the operation's output, so that its second derivative enters the first.
  private func reduced(_ operation: OperationCase) -> ScalarFunction {
    { inputs in
      let output = operation.apply(inputs)
      let weights = Variable(values(output.shape, seed: 5))
      return (output * output * weights + output * weights).sum()
    }
  }

  private func inputs(_ operation: OperationCase) -> [Tensor<Double>] {
    operation.shapes.enumerated().map { index, shape in
      let tensor = values(shape, seed: UInt64(index + 1))
      guard operation.positive else { return tensor }
      return Tensor(shape, tensor.elements.map { abs($0) + 0.3 })
    }
  }

  @Test("First derivatives agree with finite differences", arguments: operations)
  func firstDerivative(operation: OperationCase) {
    #expect(firstDerivativeError(reduced(operation), at: inputs(operation)) < 1e-6)
  }

  @Test("Second derivatives agree with finite differences", arguments: operations)
  func secondDerivative(operation: OperationCase) {
    #expect(secondDerivativeError(reduced(operation), at: inputs(operation)) < 1e-6)
  }

  @Test("Curvature is the same forwards and backwards", arguments: operations)
  func curvatureIsSymmetric(operation: OperationCase) {
    let points = inputs(operation).map { Variable.tracked($0) }
    let loss = reduced(operation)(points)
    let curvature = Linearization(
      of: gradient(of: loss, withRespectTo: points, recording: true), withRespectTo: points)
    let along = points.enumerated().map { Variable(values($1.shape, seed: 30 + UInt64($0))) }
    let pulled = curvature.pullback(along)
    let pushed = curvature.pushforward().pullback(along)
    for (pulled, pushed) in zip(pulled, pushed) {
      let difference = pulled.value.adding(pushed.value, scaledBy: -1).norm
      #expect(difference <= 1e-9 * max(1, pulled.value.norm))
    }
  }

  @Test("Jacobian products are transposes of each other and agree with differences")
  func jacobianProducts() {
    let x = Variable.tracked(values(Shape(4, 3), seed: 1))
    let w = Variable.tracked(values(Shape(3, 2), seed: 2))
    let y = product(x, w).hyperbolicTangent()
    let derivative = Linearization(of: [y], withRespectTo: [x, w])
    let tangents = [values(x.shape, seed: 3), values(w.shape, seed: 4)]
    let cotangent = values(y.shape, seed: 5)
    let pushed = derivative.pushforward().pullback(tangents.map { Variable($0) })[0].value
    let pulled = derivative.pullback([Variable(cotangent)])
    let backward = pulled[0].value.dot(tangents[0]) + pulled[1].value.dot(tangents[1])
    #expect(abs(pushed.dot(cotangent) - backward) < 1e-12)

    let step = 1e-6
    let at = { (size: Double) in
      product(
        Variable(x.value.adding(tangents[0], scaledBy: size)),
        Variable(w.value.adding(tangents[1], scaledBy: size))
      ).hyperbolicTangent().value
    }
    let difference = at(step).adding(at(-step), scaledBy: -1).scaled(by: 1 / (2 * step))
    #expect(pushed.adding(difference, scaledBy: -1).norm < 1e-8)
  }

  @Test("A linearization gives the same bits however often it is applied")
  func linearizationIsRepeatable() {
    let x = Variable.tracked(values(Shape(40, 30), seed: 1))
    let w = Variable.tracked(values(Shape(30, 20), seed: 2))
    let loss = product(x, w).hyperbolicTangent().squared.sum()
    let slopes = gradient(of: loss, withRespectTo: [x, w], recording: true)
    let curvature = Linearization(of: slopes, withRespectTo: [x, w])
    let vector = [Variable(values(x.shape, seed: 3)), Variable(values(w.shape, seed: 4))]
    let first = curvature.pullback(vector).map(\.value.elements)
    for _ in 0..<3 { #expect(curvature.pullback(vector).map(\.value.elements) == first) }
    #expect(vector[0].value.elements == values(x.shape, seed: 3).elements)
  }

  @Test("What does not depend on an input has gradient zero")
  func independentInput() {
    let x = Variable.tracked(values(Shape(2, 2), seed: 1))
    let y = Variable.tracked(values(Shape(2, 2), seed: 2))
    #expect(gradient(of: x.sum(), withRespectTo: [y])[0].value.elements == [0, 0, 0, 0])
    #expect(gradient(of: x.sum(), withRespectTo: [x])[0].value.elements == [1, 1, 1, 1])
  }
}
