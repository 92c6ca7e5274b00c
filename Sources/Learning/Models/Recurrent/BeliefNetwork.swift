public import Differentiation
public import Randomness
public import Settings

/// A network that acts by what it believes about its task: recurrent units turn what has happened into a normal
/// distribution over latent variables, and fully connected layers are shown the last observation and that distribution.
///
/// Two decoders, which acting doesn't use, predict from a sample of the latent variables what an action brings: the belief
/// is what they need to know.
///
/// Source: Zintgraf, Shiarlis, Igl, Schulze, Gal, Hofmann and Whiteson, "VariBAD: A very good method for Bayes-adaptive
/// deep RL via meta-learning", 2020, section 3.
public struct BeliefNetwork: RecurrentNetwork {
  /// From what happened to the belief: mean and log variance of the latent variables side by side, `[row, 2 latent]`.
  public let encoder: GatedRecurrentNetwork
  /// From latent variables, an observation, an action and the observation after it to the reward, `[row, 1]`.
  public let rewardDecoder: MultilayerPerceptron
  /// From the first three of these to the observation after it, `[row, observation]`.
  public let transitionDecoder: MultilayerPerceptron
  /// From an observation and a belief to what is put out.
  public let head: MultilayerPerceptron
  /// The number of latent variables.
  public let latentSize: Int
  /// How many of the inputs are what is observed; they come first.
  public let observationWidth: Int
  /// How many numbers describe an action.
  public let actionWidth: Int

  /// What it has of its own.
  public struct Keys: Settings, Equatable {
    /// The number of latent variables.
    public var latentSize = 5
    /// The units of the encoder's layers.
    public var encoderSizes = [64]
    /// The units of each decoder's layers.
    public var decoderSizes = [64, 32]

    /// Sizes like those of the paper's experiments.
    public init() {}

    /// The keys.
    public static var fields: [Field<Self>] {
      [
        .integer("latentSize", \.latentSize, in: 1...1024, "latent variables that describe a task"),
        .integers(
          "encoderSizes", \.encoderSizes, in: 1...4096, counts: 1...8,
          "recurrent units of each layer that infers them"),
        .integers(
          "decoderSizes", \.decoderSizes, in: 1...4096, counts: 0...8,
          "units of each layer that predicts rewards, or observations, from them"),
      ]
    }
  }

  /// A network of the given widths.
  ///
  /// - Parameters:
  ///   - observations: How many numbers are observed.
  ///   - actions: How many describe an action.
  ///   - inputs: How many the network is shown: what is observed, and what happened before.
  ///   - hiddenSizes: The units of the layers that act.
  ///   - outputs: How many numbers it puts out.
  ///   - activation: What follows the layers that act.
  ///   - keys: What the rest consists of.
  public init(
    observations: Int, actions: Int, inputs: Int, hiddenSizes: [Int], outputs: Int,
    activation: Activation, keys: Keys
  ) {
    let happened = keys.latentSize + observations + actions
    latentSize = keys.latentSize
    (observationWidth, actionWidth) = (observations, actions)
    encoder = GatedRecurrentNetwork(
      inputs: inputs, units: keys.encoderSizes, outputs: 2 * latentSize)
    rewardDecoder = MultilayerPerceptron(
      layerSizes: [happened + observations] + keys.decoderSizes + [1], activation: .relu)
    transitionDecoder = MultilayerPerceptron(
      layerSizes: [happened] + keys.decoderSizes + [observations], activation: .relu)
    head = MultilayerPerceptron(
      layerSizes: [observations + 2 * latentSize] + hiddenSizes + [outputs],
      activation: activation)
  }

  /// What the encoder is shown.
  public var inputWidth: Int { encoder.inputWidth }
  /// What the layers that act put out.
  public var outputWidth: Int { head.outputWidth }
  /// What the encoder remembers.
  public var memoryWidth: Int { encoder.memoryWidth }
  /// Of the encoder and the layers that act.
  public var heldNumbers: Int { encoder.heldNumbers + head.heldNumbers }

  /// Names and shapes of the parameters: those of the encoder and of the decoders, named after them, then those of the
  /// layers that act, `layers.l.weight` `[in, out]` and `layers.l.bias` `[1, out]`.
  public var parameters: [(name: String, shape: Shape)] {
    named("encoder", encoder.parameters) + named("rewardDecoder", rewardDecoder.parameters)
      + named("transitionDecoder", transitionDecoder.parameters) + head.parameters
  }

  /// The encoder's and the decoders' parameters alone, in front of all others.
  public var beliefLayout: ParameterLayout { ParameterLayout(Array(parameters.prefix(headStart))) }

  private func named(
    _ part: String, _ parameters: [(name: String, shape: Shape)]
  ) -> [(name: String, shape: Shape)] {
    parameters.map { (part + "." + $0.name, $0.shape) }
  }

  private var rewardStart: Int { encoder.parameters.count }
  private var transitionStart: Int { rewardStart + rewardDecoder.parameters.count }
  private var headStart: Int { transitionStart + transitionDecoder.parameters.count }

  /// Each part's own.
  public func initialParameters(
    _ random: inout RandomStream, outputGain: Float
  ) -> [Tensor<Float>] {
    encoder.initialParameters(&random, outputGain: 1)
      + rewardDecoder.initialParameters(&random, outputGain: 1)
      + transitionDecoder.initialParameters(&random, outputGain: 1)
      + head.initialParameters(&random, outputGain: outputGain)
  }

  /// One row of each of some sequences.
  public func step<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Variable<Scalar>, memory: Variable<Scalar>
  ) -> (outputs: Variable<Scalar>, memory: Variable<Scalar>) {
    let (belief, remembered) = encoder.step(parameters, inputs, memory: memory)
    let own = Array(parameters[headStart...])
    return (head.outputs(own, shown(inputs, belief)), remembered)
  }

  /// The encoder, and the layers that act by what it believes.
  public func describe(
    in graph: inout NetworkGraph, _ inputs: NetworkGraph.Value, memory: NetworkGraph.Value?,
    parametersFrom start: Int
  ) -> NetworkGraph.Ends? {
    guard
      let encoded = encoder.describe(in: &graph, inputs, memory: memory, parametersFrom: start)
    else { return nil }
    let shown = graph.beside([graph.columns(inputs, 0..<observationWidth), encoded.outputs])
    let head = head.describe(
      in: &graph, shown, memory: nil, parametersFrom: start + headStart)
    return head.map { NetworkGraph.Ends(outputs: $0.outputs, memory: encoded.memory) }
  }

  /// What the layers that act are shown: what is observed, and the belief.
  public func shown<Scalar>(
    _ inputs: Variable<Scalar>, _ belief: Variable<Scalar>
  ) -> Variable<Scalar> {
    inputs.columns(0..<observationWidth).beside(belief)
  }

  /// The rewards that a decoder predicts.
  ///
  /// - Parameters:
  ///   - parameters: As laid out by ``parameters``, or by ``beliefLayout``.
  ///   - latent: Samples of the latent variables, `[row, latent]`.
  ///   - happened: An observation, an action and the observation after it, side by side.
  /// - Returns: `[row, 1]`
  public func rewards<Scalar>(
    _ parameters: [Variable<Scalar>], latent: Variable<Scalar>, happened: Variable<Scalar>
  ) -> Variable<Scalar> {
    rewardDecoder.outputs(Array(parameters[rewardStart...]), latent.beside(happened))
  }

  /// The observations that a decoder predicts after actions; of what happened it is shown what was before.
  ///
  /// - Parameters:
  ///   - parameters: As laid out by ``parameters``, or by ``beliefLayout``.
  ///   - latent: Samples of the latent variables, `[row, latent]`.
  ///   - happened: An observation, an action and the observation after it, side by side.
  /// - Returns: `[row, observation]`
  public func observationsAfter<Scalar>(
    _ parameters: [Variable<Scalar>], latent: Variable<Scalar>, happened: Variable<Scalar>
  ) -> Variable<Scalar> {
    let before = happened.columns(0..<happened.shape.columns - observationWidth)
    return transitionDecoder.outputs(
      Array(parameters[transitionStart...]), latent.beside(before))
  }

  /// Acting by the encoder's and the acting layers' own ways.
  public func makeForward(capacity: Int) -> any ForwardPass {
    BeliefForward(self, headStart: headStart, capacity: capacity)
  }
}

/// A belief network's outputs for acting, into memory kept from call to call.
private final class BeliefForward: ForwardPass {
  private let (encoder, head): (any ForwardPass, any ForwardPass)
  /// `[row, observation and belief]`
  private let shown: UnsafeMutablePointer<Float>
  private let (inputWidth, observationWidth, beliefWidth): (Int, Int, Int)
  private let headStart: Int

  init(_ network: BeliefNetwork, headStart: Int, capacity: Int) {
    encoder = network.encoder.makeForward(capacity: capacity)
    head = network.head.makeForward(capacity: capacity)
    (inputWidth, observationWidth) = (network.inputWidth, network.observationWidth)
    beliefWidth = network.encoder.outputWidth
    self.headStart = headStart
    shown = .allocate(capacity: capacity * network.head.inputWidth)
  }

  deinit { shown.deallocate() }

  var cachedWidths: [Int] { [] }

  func set(_ parameters: [Tensor<Float>]) {
    encoder.set(parameters)
    head.set(Array(parameters[headStart...]))
  }

  func outputs(
    rows: Int, _ inputs: UnsafePointer<Float>, memory: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    let beliefs = encoder.outputs(rows: rows, inputs, memory: memory)
    let width = observationWidth + beliefWidth
    for row in 0..<rows {
      let place = shown + row * width
      place.update(from: inputs + row * inputWidth, count: observationWidth)
      (place + observationWidth).update(from: beliefs + row * beliefWidth, count: beliefWidth)
    }
    return head.outputs(rows: rows, shown, memory: memory)
  }

  func cached(_ part: Int) -> UnsafePointer<Float> {
    preconditionFailure("nothing is kept of acting")
  }
}
