public import Differentiation
public import Randomness
public import Settings

/// A network that acts by latent variables of its task, which it remembers as they are given to it.
///
/// With it go the networks that acting doesn't use: an encoder that turns each step of a task into a normal distribution over
/// the latent variables, two critics and a value of what is observed.
///
/// Source: Rakelly, Zhou, Quillen, Finn and Levine, "Efficient off-policy meta-reinforcement learning via probabilistic
/// context variables", 2019, section 4 and appendix.
public struct LatentNetwork: RecurrentNetwork {
  /// From an observation, an action and its reward to what they say of the latent variables: the mean, then what the
  /// variance is the softplus of, `[row, 2 latent]`.
  public let encoder: MultilayerPerceptron
  /// From an observation, an action and the latent variables to the value of the action, `[row, 1]`: two of them.
  public let critic: MultilayerPerceptron
  /// From an observation and the latent variables to their value, `[row, 1]`.
  public let value: MultilayerPerceptron
  /// From an observation and the latent variables to what is put out.
  public let head: MultilayerPerceptron
  /// The number of latent variables.
  public let latentSize: Int
  /// How many numbers are observed.
  public let observationWidth: Int
  /// How many numbers describe an action.
  public let actionWidth: Int

  /// What it has of its own.
  public struct Keys: Settings, Equatable {
    /// The number of latent variables.
    public var latentSize = 5
    /// The units of the encoder's layers.
    public var encoderSizes = [200, 200, 200]

    /// Sizes like those of the paper's experiments.
    public init() {}

    /// The keys.
    public static var fields: [Field<Self>] {
      [
        .integer("latentSize", \.latentSize, in: 1...1024, "latent variables that describe a task"),
        .integers(
          "encoderSizes", \.encoderSizes, in: 1...4096, counts: 0...8,
          "units of each layer that infers them"),
      ]
    }
  }

  /// A network of the given widths.
  ///
  /// - Parameters:
  ///   - inputs: How many numbers are observed.
  ///   - actions: How many describe an action.
  ///   - hiddenSizes: The units of the layers that act, of the critics and of the value.
  ///   - outputs: How many numbers it puts out.
  ///   - activation: What follows these layers, and the encoder's.
  ///   - keys: What the rest consists of.
  public init(
    inputs: Int, actions: Int, hiddenSizes: [Int], outputs: Int, activation: Activation, keys: Keys
  ) {
    let latent = keys.latentSize
    latentSize = latent
    (observationWidth, actionWidth) = (inputs, actions)
    let make = { (input: Int, hidden: [Int], output: Int) in
      MultilayerPerceptron(layerSizes: [input] + hidden + [output], activation: activation)
    }
    encoder = make(inputs + actions + 1, keys.encoderSizes, 2 * latent)
    critic = make(inputs + actions + latent, hiddenSizes, 1)
    value = make(inputs + latent, hiddenSizes, 1)
    head = make(inputs + latent, hiddenSizes, outputs)
  }

  /// What is observed.
  public var inputWidth: Int { observationWidth }
  /// What the layers that act put out.
  public var outputWidth: Int { head.outputWidth }
  /// The latent variables.
  public var memoryWidth: Int { latentSize }
  /// Of the encoder and the layers that act.
  public var heldNumbers: Int { encoder.heldNumbers + head.heldNumbers }

  /// The numbers that learning holds of a step on its way through all networks, at the least.
  public var heldByCritics: Int {
    encoder.heldNumbers + 4 * critic.heldNumbers + 2 * value.heldNumbers + head.heldNumbers
  }

  /// One of the networks, and where its tensors stand among all.
  public struct Part: Sendable {
    /// The network.
    public let network: MultilayerPerceptron
    /// Its tensors.
    public let tensors: Range<Int>
  }

  /// The encoder, the critics, the value and the layers that act, in the order of the parameters.
  private var parts: [(name: String, network: MultilayerPerceptron)] {
    [
      ("encoder.", encoder), ("critics.0.", critic), ("critics.1.", critic), ("value.", value),
      ("", head),
    ]
  }

  private func part(_ index: Int) -> Part {
    let start = parts[..<index].reduce(0) { $0 + $1.network.parameters.count }
    let network = parts[index].network
    return Part(network: network, tensors: start..<start + network.parameters.count)
  }

  /// The encoder.
  public var encoderPart: Part { part(0) }
  /// The two critics.
  public var criticParts: [Part] { [part(1), part(2)] }
  /// The value.
  public var valuePart: Part { part(3) }
  /// The layers that act.
  public var headPart: Part { part(4) }

  /// Names and shapes of the parameters: those of the encoder, the critics and the value, named after them, then those of
  /// the layers that act, `layers.l.weight` `[in, out]` and `layers.l.bias` `[1, out]`.
  public var parameters: [(name: String, shape: Shape)] {
    parts.flatMap { part in part.network.parameters.map { (part.name + $0.name, $0.shape) } }
  }

  /// Each part's own.
  public func initialParameters(
    _ random: inout RandomStream, outputGain: Float
  ) -> [Tensor<Float>] {
    let last = parts.count - 1
    return parts.enumerated().flatMap { index, part in
      part.network.initialParameters(&random, outputGain: index == last ? outputGain : 1)
    }
  }

  /// One row of each of some sequences; what is remembered stays as it is.
  public func step<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Variable<Scalar>, memory: Variable<Scalar>
  ) -> (outputs: Variable<Scalar>, memory: Variable<Scalar>) {
    (head.outputs(Array(parameters[headPart.tensors]), inputs.beside(memory)), memory)
  }

  /// The layers that act, and the latent variables as they are.
  public func describe(
    in graph: inout NetworkGraph, _ inputs: NetworkGraph.Value, memory: NetworkGraph.Value?,
    parametersFrom start: Int
  ) -> NetworkGraph.Ends? {
    guard let memory else { return nil }
    let head = head.describe(
      in: &graph, graph.beside([inputs, memory]), memory: nil,
      parametersFrom: start + headPart.tensors.lowerBound)
    return head.map { NetworkGraph.Ends(outputs: $0.outputs, memory: memory) }
  }

  /// Acting by the layers' own way.
  public func makeForward(capacity: Int) -> any ForwardPass {
    LatentForward(self, capacity: capacity)
  }
}

/// A latent network's outputs for acting, into memory kept from call to call.
private final class LatentForward: ForwardPass {
  private let head: any ForwardPass
  private let tensors: Range<Int>
  /// `[row, observation and latent variables]`
  private let shown: UnsafeMutablePointer<Float>
  private let (observationWidth, latentSize): (Int, Int)

  init(_ network: LatentNetwork, capacity: Int) {
    head = network.head.makeForward(capacity: capacity)
    tensors = network.headPart.tensors
    (observationWidth, latentSize) = (network.observationWidth, network.latentSize)
    shown = .allocate(capacity: capacity * network.head.inputWidth)
  }

  deinit { shown.deallocate() }

  var cachedWidths: [Int] { [] }

  func set(_ parameters: [Tensor<Float>]) { head.set(Array(parameters[tensors])) }

  func outputs(
    rows: Int, _ inputs: UnsafePointer<Float>, memory: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    for row in 0..<rows {
      let place = shown + row * (observationWidth + latentSize)
      place.update(from: inputs + row * observationWidth, count: observationWidth)
      (place + observationWidth).update(from: memory + row * latentSize, count: latentSize)
    }
    return head.outputs(rows: rows, shown, memory: memory)
  }

  func cached(_ part: Int) -> UnsafePointer<Float> {
    preconditionFailure("nothing is kept of acting")
  }
}
