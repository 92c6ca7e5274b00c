public import Differentiation
public import EnvironmentKit
public import Randomness
public import Models
internal import Settings

/// A stochastic policy `π(a | o; θ)`: a network and the distribution its outputs describe, as a
/// function of explicit parameters θ.
public struct Policy: Sendable {
  /// The name of the Gaussian's log standard deviation among the parameters.
  public static let logStandardDeviationName = "logStandardDeviation"

  /// From observations to the distribution's outputs.
  public let network: any Network
  /// What the network's outputs mean.
  public let distribution: ActionDistribution
  /// What joins the observations; nil for nothing.
  public let context: ContextVector?
  /// What it is shown before each action.
  public let inputs: PolicyInputs
  /// Whether the network's last output is a value rather than of the distribution.
  public let hasValue: Bool
  /// Where the parameters stand in a flat vector: the network's, the context's, then the log standard
  /// deviation.
  public let layout: ParameterLayout

  /// A policy of a network and a distribution that fit together.
  public init(
    network: any Network, distribution: ActionDistribution, contextSize: Int = 0,
    inputs: PolicyInputs = .observation, hasValue: Bool = false
  ) {
    self.network = network
    self.distribution = distribution
    (self.inputs, self.hasValue) = (inputs, hasValue)
    context =
      network.contextBiases.flatMap { place in
        contextSize > 0
          ? ContextVector(size: contextSize, width: network.parameters[place].shape.columns) : nil
      }
    var entries = network.parameters + (context?.parameters ?? [])
    if case .gaussian = distribution {
      entries.append(
        (Self.logStandardDeviationName, Shape(1, network.outputWidth - (hasValue ? 1 : 0))))
    }
    layout = ParameterLayout(entries)
  }

  /// A policy for an environment: Gaussian, or squashed, for continuous actions, categorical for discrete ones.
  ///
  /// - Parameters:
  ///   - specification: The environment's.
  ///   - settings: How it is built.
  ///   - networks: The networks that settings may name.
  /// - Throws: `ConstraintViolation` within the section of policies, or what making the network throws.
  public init(
    for specification: EnvironmentSpecification, settings: PolicySettings, networks: Networks
  ) throws {
    guard let definition = networks.named(settings.network) else {
      let names = networks.all.map(\.name.rawValue)
      let name = settings.network.rawValue
      let advice = suggestion(for: name, among: names)
      throw ConstraintViolation(
        "network",
        "is \"\(name.prefix(40))\", expected one of \(names.joined(separator: ", "))\(advice)")
    }
    let (widths, distribution) = Self.ends(for: specification, settings)
    guard settings.distribution == .gaussian || distribution != .categorical else {
      throw ConstraintViolation(
        "distribution",
        "is \(settings.distribution.rawValue), which can't be drawn where actions are choices; take "
          + "gaussian, or an environment with continuous actions")
    }
    let network = try definition.make(widths.inputs, widths.outputs, settings)
    guard settings.contextSize == 0 || network.contextBiases != nil else {
      throw ConstraintViolation(
        "contextSize",
        "is \(settings.contextSize), expected 0 with network: \(definition.name.rawValue), which a context "
          + "can't join")
    }
    self.init(
      network: network, distribution: distribution, contextSize: settings.contextSize,
      inputs: settings.inputs, hasValue: settings.valueHead)
  }

  /// A policy with a perceptron for an environment.
  public init(for specification: EnvironmentSpecification, settings: PolicySettings) {
    let (widths, distribution) = Self.ends(for: specification, settings)
    let sizes = [widths.inputs] + settings.hiddenSizes + [widths.outputs]
    self.init(
      network: MultilayerPerceptron(layerSizes: sizes, activation: settings.activation),
      distribution: distribution, contextSize: settings.contextSize, inputs: settings.inputs,
      hasValue: settings.valueHead)
  }

  /// How many numbers the network is shown and puts out, and the distribution that these describe.
  private static func ends(
    for specification: EnvironmentSpecification, _ settings: PolicySettings
  ) -> (widths: (inputs: Int, outputs: Int), distribution: ActionDistribution) {
    let (actions, distribution): (Int, ActionDistribution) =
      switch specification.action {
      case .continuous(let components):
        (
          components.count,
          settings.distribution == .squashedGaussian
            ? .squashedGaussian
            : .gaussian(minimumLogStandardDeviation: settings.minimumLogStandardDeviation)
        )
      case .discrete(let names): (names.count, .categorical)
      }
    let described = distribution == .squashedGaussian ? 2 * actions : actions
    let history = settings.inputs == .history ? historyWidth(actions: actions) : 0
    return (
      (specification.observation.count + history, described + (settings.valueHead ? 1 : 0)),
      distribution
    )
  }

  /// Fresh parameters, `[1, parameter]`.
  public func initialParameters(
    _ random: inout RandomStream, settings: PolicySettings
  ) -> Tensor<Float> {
    var tensors = network.initialParameters(&random, outputGain: Float(settings.outputGain))
    tensors += context?.initialParameters(&random) ?? []
    if case .gaussian = distribution {
      tensors.append(
        Tensor(Shape(1, actionWidth), repeating: Float(settings.initialLogStandardDeviation)))
    }
    return layout.vector(of: tensors.map { Variable($0) })
  }

  /// The same network with a higher floor under the Gaussian's log standard deviation, for episodes that
  /// have to show what other actions bring; a lower floor, or another distribution, leaves it as it is.
  public func exploring(minimumLogStandardDeviation floor: Double) -> Policy {
    guard case .gaussian(let own) = distribution else { return self }
    return Policy(
      network: network,
      distribution: .gaussian(minimumLogStandardDeviation: max(own, floor)),
      contextSize: context?.size ?? 0, inputs: inputs, hasValue: hasValue)
  }

  /// Its own parameters, `[1, parameter]`, where they are the last ones of a greater policy's.
  public func lastParameters<Scalar>(of all: Tensor<Scalar>) -> Tensor<Scalar> {
    all.view(from: all.count - layout.count, shape: Shape(1, layout.count))
  }

  /// What describes the action distribution for each observation.
  ///
  /// - Parameters:
  ///   - parameters: As laid out by ``layout``.
  ///   - inputs: What was observed, `[step, component]`, episode by episode.
  /// - Returns: The distribution's outputs, a row for each observation.
  public func outputs<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Sequences<Scalar>
  ) -> DistributionOutputs<Scalar> {
    outputs(of: network.outputs(folded(parameters), inputs), parameters)
  }

  /// What describes the action distribution, and the value, of what the network puts out.
  ///
  /// - Parameters:
  ///   - network: `[step, output]`.
  ///   - parameters: As laid out by ``layout``.
  /// - Returns: The distribution's outputs, a row for each of the network's.
  public func outputs<Scalar>(
    of network: Variable<Scalar>, _ parameters: [Variable<Scalar>]
  ) -> DistributionOutputs<Scalar> {
    let (location, value) = parts(of: network)
    return distribution.outputs(of: location, value: value, parameters)
  }

  /// What belongs to the distribution, and the value, of what the network puts out or of how it moves.
  func parts<Scalar>(
    of network: Variable<Scalar>
  ) -> (location: Variable<Scalar>, value: Variable<Scalar>?) {
    guard hasValue else { return (network, nil) }
    let width = network.shape.columns - 1
    return (network.columns(0..<width), network.columns(width..<width + 1))
  }

  /// The two side by side again; a value that isn't there counts as 0.
  func joined<Scalar>(_ location: Tensor<Scalar>, _ value: Tensor<Scalar>?) -> Tensor<Scalar> {
    guard hasValue else { return location }
    guard let value else {
      return Variable(location).placed(fromColumn: 0, width: network.outputWidth).value
    }
    return Variable(location).beside(Variable(value)).value
  }

  /// The parameters as the network takes them, with the context in its first biases.
  package func folded<Scalar>(_ parameters: [Variable<Scalar>]) -> [Variable<Scalar>] {
    guard let context, let place = network.contextBiases else { return parameters }
    var folded = parameters
    folded[place] = context.folded(into: parameters[place], parameters[contextStart...])
    return folded
  }

  /// How many numbers describe an action's distribution: its components, or the actions there are.
  package var actionWidth: Int {
    (network.outputWidth - (hasValue ? 1 : 0)) / (distribution == .squashedGaussian ? 2 : 1)
  }

  /// How many numbers are remembered from one action to the next: what the network remembers and, where that is shown,
  /// the last action, the reward of it, and whether an episode begins.
  public var memoryWidth: Int {
    network.memoryWidth + (inputs == .history ? Self.historyWidth(actions: actionWidth) : 0)
  }

  /// How many numbers describe what happened last.
  static func historyWidth(actions: Int) -> Int { actions + 2 }

  /// Where the context's parameters begin.
  var contextStart: Int { network.parameters.count }
}

extension Policy: Equatable {
  /// Whether two policies are the same function of their parameters.
  public static func == (left: Policy, right: Policy) -> Bool {
    left.network.isSame(as: right.network) && left.distribution == right.distribution
      && left.context == right.context && left.inputs == right.inputs
      && left.hasValue == right.hasValue
  }
}
