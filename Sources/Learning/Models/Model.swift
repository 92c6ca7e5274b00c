public import Differentiation
public import EnvironmentKit
public import Randomness
public import Settings

/// A supervised model `f(x; θ)` as a function of explicit parameters θ: one model serves any number of
/// adapted copies.
public struct Model: Sendable, Equatable {
  /// What it was made for.
  public let specification: ExampleSpecification
  /// How it is built.
  public let settings: ModelSettings
  /// Where the parameters stand in a flat vector.
  public let layout: ParameterLayout
  private let blocks: ConvolutionalBlocks?
  private let network: MultilayerPerceptron
  private let context: ContextVector?

  /// A model for a source's examples.
  ///
  /// - Throws: `ConstraintViolation` where the settings don't fit the examples.
  public init(
    for specification: ExampleSpecification, settings: ModelSettings
  ) throws(ConstraintViolation) {
    self.specification = specification
    self.settings = settings
    guard settings.normalization != .instance || settings.kind == .convolutional else {
      throw ConstraintViolation(
        "normalization",
        "is instance, which is over the pixels of a picture, but model.kind is \(settings.kind); "
          + "use layer")
    }
    let outputs =
      switch specification.target {
      case .numbers(let count), .classes(let count): count
      }
    blocks =
      settings.kind == .convolutional
      ? try ConvolutionalBlocks(for: specification.input, settings: settings) : nil
    var sizes = [blocks?.features ?? specification.input.width]
    switch settings.kind {
    case .linear, .convolutional: break
    case .polynomial: sizes[0] *= settings.degree
    case .perceptron: sizes += settings.hiddenSizes
    }
    let normalization = settings.kind == .perceptron ? settings.normalization : .none
    network = MultilayerPerceptron(
      layerSizes: sizes + [outputs], activation: settings.activation, normalization: normalization)
    context =
      settings.contextSize > 0
      ? ContextVector(size: settings.contextSize, width: network.layerSizes[1]) : nil
    layout = ParameterLayout(
      (blocks?.parameters ?? []) + network.parameters + (context?.parameters ?? []))
  }

  /// The numbers that are held of an example on its way from input to output, at the least.
  public var heldNumbers: Int {
    specification.input.width + (blocks?.heldNumbers ?? 0) + network.layerSizes.reduce(0, +)
  }

  /// Fresh parameters, `[1, parameter]`.
  ///
  /// - Parameter random: The stream they are drawn from.
  /// - Returns: As laid out by ``layout``.
  public func initialParameters(_ random: inout RandomStream) -> Tensor<Float> {
    // The layer behind blocks starts as they do, on ±1/√in.
    let sizes = network.layerSizes
    let gain =
      blocks == nil ? 1 : (Float(sizes[0] + sizes[1]) / Float(6 * sizes[0])).squareRoot()
    let tensors =
      (blocks?.initialParameters(&random) ?? [])
      + network.initialParameters(&random, outputGain: gain)
      + (context?.initialParameters(&random) ?? [])
    return layout.vector(of: tensors.map { Variable($0) })
  }

  /// The outputs for a set of inputs that are passed through together, recorded.
  ///
  /// - Parameters:
  ///   - parameters: As laid out by ``layout``.
  ///   - inputs: `[example, number]`.
  ///   - statistics: Where normalization takes its statistics from.
  /// - Returns: Predictions, or unnormalized log-probabilities of classes, `[example, output]`.
  public func callAsFunction<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Variable<Scalar>,
    statistics: Statistics<Scalar> = .ofBatch
  ) -> Variable<Scalar> {
    let features =
      blocks?(parameters[..<blockCount], inputs, statistics: statistics) ?? powers(of: inputs)
    var own = Array(parameters[blockCount...])
    if let context {
      own[1] = context.folded(into: own[1], own[network.parameters.count...])
    }
    return network(own, features, statistics: statistics)
  }

  /// Parameters whose running averages have moved on with the statistics of a set of inputs.
  ///
  /// - Parameters:
  ///   - parameters: `[1, parameter]`.
  ///   - other: The parameters that the inputs pass through, of a task that they belong to.
  ///   - inputs: `[example, number]`.
  ///   - share: Of what is new.
  /// - Returns: `[1, parameter]`: the same where nothing has running averages.
  public func averaging(
    _ parameters: Tensor<Float>, at other: Tensor<Float>, _ inputs: Tensor<Float>, share: Float
  ) -> Tensor<Float> {
    guard settings.normalization == .running else { return parameters }
    var found: [String: Tensor<Float>] = [:]
    _ = self(
      layout.constants(of: other), Variable(inputs),
      statistics: .told { layer, sums in
        let moments = sums.value.momentsOverRows()
        found[NormalizationLayer.mean(layer)] = moments.mean
        found[NormalizationLayer.variance(layer)] = moments.variance
      })
    let tensors = zip(layout.entries, layout.tensors(of: parameters)).map { entry, old in
      guard let new = found[entry.name] else { return Variable(old) }
      return Variable(old.scaled(by: 1 - share).adding(new, scaledBy: share))
    }
    return layout.vector(of: tensors)
  }

  private var blockCount: Int { blocks?.parameters.count ?? 0 }

  /// x, x², ... side by side, for a polynomial.
  private func powers<Scalar>(of inputs: Variable<Scalar>) -> Variable<Scalar> {
    guard settings.kind == .polynomial else { return inputs }
    let (rows, columns) = (inputs.shape.rows, inputs.shape.columns)
    return Variable(
      Tensor(Shape(rows, columns * settings.degree)) { out in
        for row in 0..<rows {
          for column in 0..<columns {
            let value = inputs.value[row, column]
            var power: Scalar = 1
            for exponent in 0..<settings.degree {
              power *= value
              out[(row * settings.degree + exponent) * columns + column] = power
            }
          }
        }
      })
  }
}
