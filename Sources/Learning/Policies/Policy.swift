public import Differentiation
public import EnvironmentKit
public import Randomness
public import Models

/// A stochastic policy `π(a | o; θ)`: a network and the distribution its outputs describe, as a
/// function of explicit parameters θ.
public struct Policy: Sendable, Equatable {
  /// The name of the Gaussian's log standard deviation among the parameters.
  public static let logStandardDeviationName = "logStandardDeviation"

  /// From observations to the distribution's outputs.
  public let network: MultilayerPerceptron
  /// What the network's outputs mean.
  public let distribution: ActionDistribution
  /// What joins the observations; nil for nothing.
  public let context: ContextVector?
  /// Where the parameters stand in a flat vector: the network's, the context's, then the log standard
  /// deviation.
  public let layout: ParameterLayout

  /// A policy of a network and a distribution that fit together.
  public init(
    network: MultilayerPerceptron, distribution: ActionDistribution, contextSize: Int = 0
  ) {
    self.network = network
    self.distribution = distribution
    context =
      contextSize > 0 ? ContextVector(size: contextSize, width: network.layerSizes[1]) : nil
    var entries = network.parameters + (context?.parameters ?? [])
    if case .gaussian = distribution {
      entries.append((Self.logStandardDeviationName, Shape(1, network.layerSizes.last ?? 1)))
    }
    layout = ParameterLayout(entries)
  }

  /// A policy for an environment: Gaussian for continuous actions, categorical for discrete ones.
  public init(for specification: EnvironmentSpecification, settings: PolicySettings) {
    let outputs: Int
    let distribution: ActionDistribution
    switch specification.action {
    case .continuous(let components):
      outputs = components.count
      distribution = .gaussian(
        minimumLogStandardDeviation: settings.minimumLogStandardDeviation)
    case .discrete(let names):
      outputs = names.count
      distribution = .categorical
    }
    let sizes = [specification.observation.count] + settings.hiddenSizes + [outputs]
    self.init(
      network: MultilayerPerceptron(layerSizes: sizes, activation: settings.activation),
      distribution: distribution, contextSize: settings.contextSize)
  }

  /// Fresh parameters, `[1, parameter]`.
  public func initialParameters(
    _ random: inout RandomStream, settings: PolicySettings
  ) -> Tensor<Float> {
    var tensors = network.initialParameters(&random, outputGain: Float(settings.outputGain))
    tensors += context?.initialParameters(&random) ?? []
    if case .gaussian = distribution {
      let width = network.layerSizes.last ?? 1
      tensors.append(
        Tensor(Shape(1, width), repeating: Float(settings.initialLogStandardDeviation)))
    }
    return layout.vector(of: tensors.map { Variable($0) })
  }

  /// The same network with a higher floor under the Gaussian's log standard deviation, for episodes that
  /// have to show what other actions bring; a lower floor, or a categorical policy, leaves it as it is.
  public func exploring(minimumLogStandardDeviation floor: Double) -> Policy {
    guard case .gaussian(let own) = distribution else { return self }
    return Policy(
      network: network,
      distribution: .gaussian(minimumLogStandardDeviation: max(own, floor)),
      contextSize: context?.size ?? 0)
  }

  /// What describes the action distribution for each observation.
  ///
  /// - Parameters:
  ///   - parameters: As laid out by ``layout``.
  ///   - observations: `[step, component]`.
  /// - Returns: The distribution's outputs, a row for each observation.
  public func outputs<Scalar>(
    _ parameters: [Variable<Scalar>], _ observations: Variable<Scalar>
  ) -> DistributionOutputs<Scalar> {
    distribution.outputs(of: network(folded(parameters), observations), parameters)
  }

  /// The parameters as the network takes them, with the context in its first biases.
  func folded<Scalar>(_ parameters: [Variable<Scalar>]) -> [Variable<Scalar>] {
    guard let context else { return parameters }
    var folded = parameters
    folded[1] = context.folded(into: parameters[1], parameters[contextStart...])
    return folded
  }

  /// Where the context's parameters begin.
  var contextStart: Int { 2 * network.layerCount }
}
