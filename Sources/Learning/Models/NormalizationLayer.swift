public import Differentiation

/// Where normalization takes its statistics from.
public enum Statistics<Scalar: TensorScalar> {
  /// From the examples that are passed through together.
  case ofBatch
  /// From running averages of training's, among the parameters.
  case running
  /// From the examples, whose sums are told to a listener: the layer's name, and `[row, unit]`.
  case told((_ layer: String, _ sums: Variable<Scalar>) -> Void)
  /// From another set of examples, by the layer's name.
  case given([String: Moments<Scalar>])
}

/// The normalization of a hidden layer's sums, with a scale and a shift that are learned.
struct NormalizationLayer: Sendable, Equatable {
  /// The layer's name among the parameters.
  let name: String
  /// The number of units.
  let width: Int
  let kind: Normalization

  /// Added to variances under the root.
  private static var epsilon: Double { 1e-5 }

  /// A layer; nil where nothing is normalized.
  init?(_ name: String, width: Int, kind: Normalization) {
    guard kind != .none else { return nil }
    (self.name, self.width, self.kind) = (name, width, kind)
  }

  /// Names and shapes of the parameters, all `[1, unit]`: the scale, the shift, and running averages, which
  /// have no gradient.
  var parameters: [(name: String, shape: Shape)] {
    let shape = Shape(1, width)
    return [("\(name).scale", shape), ("\(name).shift", shape)]
      + (kind == .running ? [(Self.mean(name), shape), (Self.variance(name), shape)] : [])
  }

  /// Nothing but the normalization to begin with.
  var initialParameters: [Tensor<Float>] {
    let (zeros, ones) = (
      Tensor<Float>(Shape(1, width), repeating: 0), Tensor<Float>(Shape(1, width), repeating: 1)
    )
    return [ones, zeros] + (kind == .running ? [zeros, ones] : [])
  }

  static func mean(_ name: String) -> String { "\(name).runningMean" }
  static func variance(_ name: String) -> String { "\(name).runningVariance" }

  /// Normalizes sums, `[row, unit]`, of pictures with so many pixels, each a row.
  func callAsFunction<Scalar>(
    _ sums: Variable<Scalar>, _ own: ArraySlice<Variable<Scalar>>, statistics: Statistics<Scalar>,
    pixels: Int = 1
  ) -> Variable<Scalar> {
    let epsilon = Scalar(Self.epsilon)
    let first = own.startIndex
    let normalized: Variable<Scalar>
    switch (kind, statistics) {
    case (.none, _): preconditionFailure("\(name) would normalize nothing")
    case (.layer, _): normalized = sums.normalizedOverColumns(epsilon: epsilon)
    case (.instance, _): normalized = sums.normalizedOverGroups(ofRows: pixels, epsilon: epsilon)
    case (.running, .running):
      normalized = sums.normalized(
        mean: own[first + 2].value, variance: own[first + 3].value, epsilon: epsilon)
    case (_, .told(let listener)):
      listener(name, sums)
      normalized = sums.normalizedOverRows(epsilon: epsilon)
    case (_, .given(let moments)):
      guard let moments = moments[name] else { preconditionFailure("\(name) has no moments") }
      normalized = sums.normalized(by: moments, epsilon: epsilon)
    case (.transductive, _), (.episode, _), (.running, .ofBatch):
      normalized = sums.normalizedOverRows(epsilon: epsilon)
    }
    return normalized.scaledByRow(own[first], shiftedBy: own[first + 1])
  }
}
