internal import Differentiation
internal import EnvironmentKit
internal import Randomness
internal import Settings

/// Blocks of a 3x3 convolution, a normalization and an activation that halve a picture each, until few pixels
/// with many channels are left: the network of Vinyals et al. 2016, with strides as in Finn et al. 2017.
struct ConvolutionalBlocks: Sendable, Equatable {
  private let settings: ModelSettings
  private let input: (height: Int, width: Int, channels: Int)
  /// The sides of the picture before each block, and after the last.
  private let sides: [(height: Int, width: Int)]
  private let normalizations: [NormalizationLayer?]

  /// Blocks for pictures.
  ///
  /// - Throws: `ConstraintViolation` for inputs that are no pictures, or too small for so many blocks.
  init(
    for input: ExampleSpecification.Input, settings: ModelSettings
  ) throws(ConstraintViolation) {
    guard case .image(let height, let width, let channels) = input else {
      throw ConstraintViolation(
        "kind",
        "is convolutional, but inputs are \(input.width) numbers and no pictures; use perceptron")
    }
    self.settings = settings
    self.input = (height, width, channels)
    var sides = [(height: height, width: width)]
    for block in 0..<settings.blocks {
      let (height, width) = sides[block]
      let halved =
        settings.downsampling == .stride
        ? ((height + 1) / 2, (width + 1) / 2) : (height / 2, width / 2)
      guard halved.0 > 0 && halved.1 > 0 else {
        throw ConstraintViolation(
          "blocks",
          "is \(settings.blocks), but pictures of \(input) are halved at most \(block) times")
      }
      let summed = settings.downsampling == .stride ? halved : (height, width)
      guard settings.normalization != .instance || summed.0 * summed.1 > 1 else {
        throw ConstraintViolation(
          "normalization",
          "is instance, but of model.blocks \(settings.blocks), number "
            + "\(block + 1) has a single pixel, which is its own mean; use fewer")
      }
      sides.append(halved)
    }
    self.sides = sides
    normalizations = (0..<settings.blocks).map {
      NormalizationLayer(
        "blocks.\($0)", width: settings.filters, kind: settings.normalization)
    }
  }

  /// The numbers that are left of a picture.
  var features: Int {
    let last = sides[settings.blocks]
    return last.height * last.width * channels(before: settings.blocks)
  }

  /// The numbers that are held of a picture on its way, at the least: of each block the patches of 3x3 pixels, and
  /// what is summed up of them.
  var heldNumbers: Int {
    (0..<settings.blocks).reduce(0) { sum, block in
      let side = settings.downsampling == .stride ? sides[block + 1] : sides[block]
      return sum + side.height * side.width * (9 * channels(before: block) + settings.filters)
    }
  }

  private func channels(before block: Int) -> Int {
    block == 0 ? input.channels : settings.filters
  }

  /// Names and shapes of the parameters: `blocks.b.weight` `[9 * in, out]`, then scale and shift of the
  /// normalization, which makes a bias superfluous, or `blocks.b.bias` `[1, out]`.
  var parameters: [(name: String, shape: Shape)] {
    normalizations.enumerated().flatMap { block, normalization in
      [("blocks.\(block).weight", weightShape(block))]
        + (normalization?.parameters ?? [("blocks.\(block).bias", Shape(1, settings.filters))])
    }
  }

  private func weightShape(_ block: Int) -> Shape {
    Shape(9 * channels(before: block), settings.filters)
  }

  /// Weights uniform on ±1/√in with nine of each channel, biases zero. Behind a normalization their size says
  /// nothing about the sums, but a step turns smaller weights by more.
  func initialParameters(_ random: inout RandomStream) -> [Tensor<Float>] {
    normalizations.enumerated().flatMap { block, normalization -> [Tensor<Float>] in
      let shape = weightShape(block)
      let bound = 1 / Float(shape.rows).squareRoot()
      let weights = (0..<shape.count).map { _ in (2 * random.uniform() - 1) * bound }
      return [Tensor(shape, weights)]
        + (normalization?.initialParameters
          ?? [Tensor(Shape(1, settings.filters), repeating: 0)])
    }
  }

  /// What is left of pictures.
  ///
  /// - Parameters:
  ///   - parameters: As laid out by ``parameters``.
  ///   - inputs: Pictures, `[example, height * width * channel]`.
  ///   - statistics: Where normalization takes its statistics from.
  /// - Returns: `[example, feature]`.
  func callAsFunction<Scalar>(
    _ parameters: ArraySlice<Variable<Scalar>>, _ inputs: Variable<Scalar>,
    statistics: Statistics<Scalar>
  ) -> Variable<Scalar> {
    let images = inputs.shape.rows
    var next = parameters.startIndex
    var values = inputs.reshaped(
      to: Shape(images * input.height * input.width, input.channels))
    let isStrided = settings.downsampling == .stride
    for (block, normalization) in normalizations.enumerated() {
      let side = sides[block]
      let geometry = ConvolutionGeometry(
        images: images, height: side.height, width: side.width, channels: channels(before: block),
        side: 3, stride: isStrided ? 2 : 1, padding: 1)
      let bias = normalization == nil ? parameters[next + 1] : nil
      var sums = convolution(values, parameters[next], geometry, plus: bias)
      next += 1
      if let normalization {
        let count = normalization.parameters.count
        sums = normalization(
          sums, parameters[next..<next + count], statistics: statistics,
          pixels: sums.shape.rows / images)
        next += count
      } else {
        next += 1
      }
      values = settings.activation(sums)
      if !isStrided { values = values.maximumPooled(height: side.height, width: side.width) }
    }
    return values.reshaped(to: Shape(images, features))
  }

  static func == (left: Self, right: Self) -> Bool {
    left.settings == right.settings && left.input == right.input
  }
}
