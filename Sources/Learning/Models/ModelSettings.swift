public import Settings

/// What a supervised model computes.
public enum ModelKind: String, CaseIterable, Codable, Sendable {
  /// One affine map; on classes, logistic regression.
  case linear
  /// An affine map of the powers of each input.
  case polynomial
  /// A multilayer perceptron.
  case perceptron
  /// Blocks of 3x3 convolutions, then an affine map.
  case convolutional
}

/// How a supervised model is built; its widths follow from the tasks.
public struct ModelSettings: Settings, Sendable, Equatable {
  /// What it computes.
  public var kind = ModelKind.perceptron
  /// Widths of the hidden layers (perceptron).
  public var hiddenSizes = [40, 40]
  /// What follows every hidden layer or block.
  public var activation = Activation.relu
  /// The highest power of each input (polynomial).
  public var degree = 3
  /// Blocks of convolutions (convolutional).
  public var blocks = 4
  /// Channels of each block (convolutional).
  public var filters = 64
  /// How a block halves its picture (convolutional).
  public var downsampling = Downsampling.stride
  /// How hidden sums are normalized.
  public var normalization = Normalization.none
  /// Width of a context vector that joins the inputs of the first layer, starting at 0 for each task
  /// (CAVIA, Zintgraf et al. 2019); 0 for none.
  public var contextSize = 0
  /// λ of the penalty `λ/2 ‖weights‖²` that is added to each loss.
  public var weightPenalty = 0.0

  /// The network of the sinusoids of Finn et al. 2017.
  public init() {}

  /// The keys.
  public static var fields: [Field<Self>] {
    [
      .choice("kind", \.kind, "what it computes"),
      .integers(
        "hiddenSizes", \.hiddenSizes, in: 1...4096, counts: 0...8,
        "units of each hidden layer (perceptron)"),
      .choice("activation", \.activation, "what follows each hidden layer or block"),
      .integer("degree", \.degree, in: 1...20, "highest power of each input (polynomial)"),
      .integer("blocks", \.blocks, in: 1...8, "blocks of convolutions (convolutional)"),
      .integer("filters", \.filters, in: 1...1024, "channels of each block (convolutional)"),
      .choice("downsampling", \.downsampling, "how a block halves its picture (convolutional)"),
      .choice(
        "normalization", \.normalization,
        "of hidden sums (perceptron, convolutional)"),
      .integer(
        "contextSize", \.contextSize, in: 0...1024,
        "width of a context vector before the first layer that is not convolutional"),
      .number("weightPenalty", \.weightPenalty, in: 0...1e6, "L2 penalty on the weights"),
    ]
  }
}

/// How a block of convolutions halves its picture.
public enum Downsampling: String, CaseIterable, Codable, Sendable {
  /// Convolutions of stride 2.
  case stride
  /// The maximum over 2x2 pixels.
  case pooling
}
