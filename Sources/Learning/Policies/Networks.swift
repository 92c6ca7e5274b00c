public import Models
public import Settings

/// A network's name, as configurations have it.
public struct NetworkName: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
  /// The name.
  public let rawValue: String

  /// A name of some network.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// A name of some network.
  public init(stringLiteral name: String) { rawValue = name }

  /// Fully connected layers.
  public static let perceptron: NetworkName = "perceptron"
  /// Layers of gated recurrent units.
  public static let gatedRecurrent: NetworkName = "gru"
  /// A belief about the task, and layers that act by it.
  public static let belief: NetworkName = "belief"
  /// Latent variables of the task, and layers that act by them.
  public static let latent: NetworkName = "latent"
}

/// A kind of network that a policy may have.
public struct NetworkDefinition: Sendable {
  /// Its name in configurations.
  public let name: NetworkName
  /// One line on what it is.
  public let summary: String
  let make: @Sendable (_ inputs: Int, _ outputs: Int, PolicySettings) throws -> any Network

  /// A kind of network with keys of its own.
  ///
  /// - Parameters:
  ///   - name: Its name in configurations.
  ///   - summary: One line on what it is.
  ///   - keys: What `policy.parameters` holds of it.
  ///   - make: Makes one for so many inputs and outputs.
  public init<Keys: Settings>(
    _ name: NetworkName, _ summary: String, keys: Keys.Type,
    make:
      @escaping @Sendable (_ inputs: Int, _ outputs: Int, PolicySettings, Keys) throws ->
      any Network
  ) {
    self.name = name
    self.summary = summary
    self.make = { inputs, outputs, settings in
      try make(
        inputs, outputs, settings, Keys(parameters: settings.parameters, path: "policy.parameters"))
    }
  }
}

/// The networks that configurations may name.
public struct Networks: Sendable {
  /// In the order in which they are listed.
  public private(set) var all: [NetworkDefinition]

  /// The networks that come with the program.
  public static let builtIn = Networks([
    NetworkDefinition(.perceptron, "fully connected layers", keys: NoSettings.self) {
      inputs, outputs, settings, _ in
      MultilayerPerceptron(
        layerSizes: [inputs] + settings.hiddenSizes + [outputs], activation: settings.activation)
    },
    NetworkDefinition(
      .gatedRecurrent, "layers of gated recurrent units, which remember within an episode",
      keys: NoSettings.self
    ) { inputs, outputs, settings, _ in
      guard !settings.hiddenSizes.isEmpty else {
        throw ConstraintViolation(
          "hiddenSizes", "is [], expected the units of at least one layer with network: gru")
      }
      return GatedRecurrentNetwork(inputs: inputs, units: settings.hiddenSizes, outputs: outputs)
    },
    NetworkDefinition(
      .belief, "recurrent units that infer the task, and layers that act by what they infer",
      keys: BeliefNetwork.Keys.self
    ) { inputs, outputs, settings, keys in
      let actions = settings.actions(ofOutputs: outputs)
      let happened = settings.inputs == .history ? Policy.historyWidth(actions: actions) : 0
      return BeliefNetwork(
        observations: inputs - happened, actions: actions, inputs: inputs,
        hiddenSizes: settings.hiddenSizes, outputs: outputs, activation: settings.activation,
        keys: keys)
    },
    NetworkDefinition(
      .latent,
      "layers that act by latent variables of the task, with what infers these and critics",
      keys: LatentNetwork.Keys.self
    ) { inputs, outputs, settings, keys in
      LatentNetwork(
        inputs: inputs, actions: settings.actions(ofOutputs: outputs),
        hiddenSizes: settings.hiddenSizes, outputs: outputs, activation: settings.activation,
        keys: keys)
    },
  ])

  /// Some networks, each of its own name.
  public init(_ all: [NetworkDefinition]) { self.all = all }

  /// Adds a network.
  ///
  /// - Throws: `ConstraintViolation` where another has its name.
  public mutating func register(_ network: NetworkDefinition) throws(ConstraintViolation) {
    guard named(network.name) == nil else {
      throw ConstraintViolation(
        "policy.network", "has '\(network.name.rawValue)' already; give the network another name")
    }
    all.append(network)
  }

  /// The network of a name; nil where there is none.
  public func named(_ name: NetworkName) -> NetworkDefinition? { all.first { $0.name == name } }
}
