import AlgorithmTesting
import Differentiation
import EnvironmentKit
import MetaLearning
import Models
import PointNavigation
import Policies
import Randomness
import Settings
import Synchronization
import Testing

/// A linear network with faults on purpose.
private struct Faulty: Network {
  enum Fault: CaseIterable {
    case none, sameNames, noLayers, otherShapes, mixedRows, otherActing
    case wrongJacobian, wrongCurvature

    /// The checks that find it.
    var checks: [String] {
      switch self {
      case .none: []
      case .sameNames, .noLayers, .otherShapes: ["parameters"]
      case .mixedRows: ["rows", "acting"]
      case .otherActing: ["acting"]
      case .wrongJacobian: ["jacobian"]
      case .wrongCurvature: ["curvature"]
      }
    }
  }

  let fault: Fault
  var inputWidth: Int { 3 }
  var outputWidth: Int { 2 }

  var parameters: [(name: String, shape: Shape)] {
    let prefix = fault == .noLayers ? "parts" : "layers"
    return [
      ("\(prefix).0.weight", Shape(3, 2)),
      ("\(prefix).0.\(fault == .sameNames ? "weight" : "bias")", Shape(1, 2)),
    ]
  }

  func initialParameters(_ random: inout RandomStream, outputGain: Float) -> [Tensor<Float>] {
    let weights = (0..<6).map { _ in random.uniform() as Float }
    return [
      Tensor(Shape(3, 2), weights), Tensor(Shape(1, fault == .otherShapes ? 1 : 2), repeating: 0),
    ]
  }

  func outputs<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Variable<Scalar>
  ) -> Variable<Scalar> {
    let outputs = affine(inputs, parameters[0], parameters[1]).hyperbolicTangent()
    return fault == .mixedRows ? outputs.normalizedOverRows(epsilon: 1e-5) : outputs
  }

  func makeForward(capacity: Int) -> any ForwardPass {
    let acting = Faulty(fault: fault == .mixedRows ? .mixedRows : .none)
    return fault == .otherActing
      ? MultilayerPerceptron(layerSizes: [3, 2], activation: .tanh).makeForward(capacity: capacity)
      : Recorded(network: acting).makeForward(capacity: capacity)
  }

  func point<Scalar>(
    _ parameters: [Tensor<Scalar>], _ inputs: Sequences<Scalar>, cache: ForwardCache<Scalar>
  ) -> any NetworkPoint<Scalar> {
    let sound = Recorded(network: Faulty(fault: fault == .mixedRows ? .mixedRows : .none))
      .point(parameters, inputs, cache: cache)
    return WrongPoint(sound: sound, fault: fault)
  }
}

/// The recorded operations of the linear network alone.
private struct Recorded: Network {
  let network: Faulty
  var inputWidth: Int { 3 }
  var outputWidth: Int { 2 }
  var parameters: [(name: String, shape: Shape)] { network.parameters }

  func initialParameters(_ random: inout RandomStream, outputGain: Float) -> [Tensor<Float>] {
    network.initialParameters(&random, outputGain: outputGain)
  }

  func outputs<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Variable<Scalar>
  ) -> Variable<Scalar> {
    network.outputs(parameters, inputs)
  }
}

/// A recurrent network that begins anew in each step, but only when it acts.
private struct ForgetfulNetwork: RecurrentNetwork {
  let sound = GatedRecurrentNetwork(inputs: 3, units: [4], outputs: 2)
  var inputWidth: Int { sound.inputWidth }
  var outputWidth: Int { sound.outputWidth }
  var memoryWidth: Int { sound.memoryWidth }
  var parameters: [(name: String, shape: Shape)] { sound.parameters }

  func initialParameters(_ random: inout RandomStream, outputGain: Float) -> [Tensor<Float>] {
    sound.initialParameters(&random, outputGain: outputGain)
  }

  func step<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Variable<Scalar>, memory: Variable<Scalar>
  ) -> (outputs: Variable<Scalar>, memory: Variable<Scalar>) {
    sound.step(parameters, inputs, memory: memory)
  }

  func makeForward(capacity: Int) -> any ForwardPass { Amnesia(sound, capacity: capacity) }

  private final class Amnesia: ForwardPass {
    private let sound: any ForwardPass
    private let width: Int

    init(_ network: GatedRecurrentNetwork, capacity: Int) {
      (sound, width) = (network.makeForward(capacity: capacity), network.memoryWidth)
    }

    var cachedWidths: [Int] { sound.cachedWidths }
    func set(_ parameters: [Tensor<Float>]) { sound.set(parameters) }

    func outputs(
      rows: Int, _ inputs: UnsafePointer<Float>, memory: UnsafeMutablePointer<Float>
    ) -> UnsafeMutablePointer<Float> {
      memory.update(repeating: 0, count: rows * width)
      return sound.outputs(rows: rows, inputs, memory: memory)
    }

    func cached(_ part: Int) -> UnsafePointer<Float> { sound.cached(part) }
  }
}

private struct WrongPoint<Scalar: TensorScalar>: NetworkPoint {
  let sound: any NetworkPoint<Scalar>
  let fault: Faulty.Fault
  var outputs: Tensor<Scalar> { sound.outputs }

  func jacobian() -> any NetworkJacobian<Scalar> {
    WrongJacobian(sound: sound.jacobian(), factor: fault == .wrongJacobian ? 1.001 : 1)
  }

  func curvature(
    cotangent: Tensor<Scalar>, products: HessianProducts
  ) -> any NetworkCurvature<Scalar> {
    WrongCurvature(
      sound: sound.curvature(cotangent: cotangent, products: products),
      factor: fault == .wrongCurvature ? 1.001 : 1)
  }
}

private struct WrongJacobian<Scalar: TensorScalar>: NetworkJacobian {
  let sound: any NetworkJacobian<Scalar>
  let factor: Double

  func pushforward(_ tangents: [Tensor<Scalar>]) -> Tensor<Scalar> {
    sound.pushforward(tangents).scaled(by: Scalar(factor))
  }

  func pullback(_ cotangent: Tensor<Scalar>) -> [Tensor<Scalar>] { sound.pullback(cotangent) }
}

private struct WrongCurvature<Scalar: TensorScalar>: NetworkCurvature {
  let sound: any NetworkCurvature<Scalar>
  let factor: Double
  var gradient: [Tensor<Scalar>] { sound.gradient }

  func product(
    along direction: [Tensor<Scalar>], bend: (Tensor<Scalar>) -> Tensor<Scalar>
  ) -> [Tensor<Scalar>] {
    sound.product(along: direction, bend: bend).map { $0.scaled(by: Scalar(factor)) }
  }
}

/// A method that counts its calls, across learners where it must not.
private struct Forgetful: OuterMethod {
  static let calls = Atomic(0)
  let name: OuterMethodName

  init(_ settings: MetaLearningSettings, _ keys: NoSettings) { name = settings.outer.method }

  func initialState(for layout: ParameterLayout) -> [String: [Double]] { ["calls": [0]] }

  func update(
    _ state: inout LearnerState, on iteration: MetaIteration<any TaskAdapter>
  ) throws -> OuterUpdate {
    let tasks = try iteration.adapt(from: &state, derivative: .none) { $0.adapted }
    let calls = Float(Self.calls.add(1, ordering: .relaxed).newValue)
    switch name {
    case "hidden-state": state.parameters = state.parameters.scaled(by: 1 + calls / 1000)
    case "growing-state": state.own["calls", default: []].append(1)
    default: state.parameters = state.parameters.scaled(by: 0.99)
    }
    return OuterUpdate(tasks: tasks.map(\.summary), loss: 0)
  }
}

@Suite struct ConformanceTests {
  @Test(
    "A sound network conforms, and each fault is found by its checks",
    arguments: Faulty.Fault.allCases)
  private func networks(fault: Faulty.Fault) {
    let report = checkConformance(of: Faulty(fault: fault))
    let failed = report.results.filter { $0.finding != nil }.map(\.check)
    #expect(failed == fault.checks, "\(report)")
  }

  @Test("The perceptron conforms", arguments: Activation.allCases)
  func perceptron(activation: Activation) {
    let network = MultilayerPerceptron(layerSizes: [3, 7, 5, 2], activation: activation)
    let report = checkConformance(of: network)
    #expect(report.passed && report.results.count == 6, "\(report)")
  }

  @Test("Recurrent networks conform", arguments: [[5], [4, 3]])
  func recurrent(units: [Int]) {
    let network = GatedRecurrentNetwork(inputs: 3, units: units, outputs: 2)
    let report = checkConformance(of: network)
    #expect(report.passed && report.results.count == 6, "\(report)")
  }

  @Test("A network that acts by a belief conforms", arguments: [[5], [4, 3]])
  func belief(units: [Int]) {
    var keys = BeliefNetwork.Keys()
    (keys.latentSize, keys.encoderSizes, keys.decoderSizes) = (2, units, [3])
    let network = BeliefNetwork(
      observations: 2, actions: 1, inputs: 3, hiddenSizes: [6], outputs: 2, activation: .tanh,
      keys: keys)
    let report = checkConformance(of: network)
    #expect(report.passed && report.results.count == 6, "\(report)")
  }

  @Test("A network that acts by latent variables conforms", arguments: [[], [6, 4]])
  func latent(units: [Int]) {
    var keys = LatentNetwork.Keys()
    (keys.latentSize, keys.encoderSizes) = (2, units)
    let network = LatentNetwork(
      inputs: 3, actions: 1, hiddenSizes: [5], outputs: 2, activation: .tanh, keys: keys)
    let report = checkConformance(of: network)
    #expect(report.passed && report.results.count == 6, "\(report)")
  }

  @Test("A network that acts without its memory is found")
  func forgetful() {
    let report = checkConformance(of: ForgetfulNetwork())
    #expect(report.results.filter { $0.finding != nil }.map(\.check) == ["acting"], "\(report)")
  }

  private func report(
    _ method: OuterMethodName, network: NetworkName = .perceptron
  ) throws -> AlgorithmReport {
    var settings = MetaLearningSettings()
    settings.policy.network = network
    for name: OuterMethodName in ["sound", "hidden-state", "growing-state"] {
      try settings.methods.register(
        OuterMethodDefinition(name, "counts", derivative: .none, Forgetful.self))
    }
    settings.outer.method = method
    settings.outer.tasks = 3
    settings.inner.episodes = 2
    settings.policy.hiddenSizes = [4]
    if method == .implicitGradient {
      settings.inner.estimator = .likelihoodRatio
      settings.inner.proximalStrength = 5
    }
    if method == .rl2 || method == .varibad {
      settings.infer()
      settings.outer.method = method
      settings.policy.hiddenSizes = [4]
      settings.policy.network = network
    }
    if method == .pearl {
      settings.inferFromReplay()
      settings.policy.hiddenSizes = [4]
      settings.policy.network = network
      settings.outer.tasks = 3
      settings.outer.replay.updates = 3
      (settings.outer.replay.batchTasks, settings.outer.replay.batchSteps) = (3, 8)
      settings.outer.replay.contextSteps = 5
    }
    if method == .proximalPolicy { settings.inner.estimator = .likelihoodRatio }
    let environment = try EnvironmentDefinition(PointNavigation.self).make(
      parameters: ["horizon": 10])
    return checkConformance(
      of: settings,
      on: method == .pearl ? try environment.limitingTraining(to: 4, seed: 1) : environment)
  }

  @Test(
    "Every method that comes with the program conforms, with every network",
    arguments: OuterMethods.builtIn.all.map(\.name), Networks.builtIn.all.map(\.name))
  func methods(name: OuterMethodName, network: NetworkName) throws {
    let report = try report(name, network: network)
    // What adapts by memory alone refuses a network that has none, or has none of the kind it needs.
    if (name == .rl2 && (network == .perceptron || network == .latent))
      || (name == .varibad && network != .belief)
      || (name == .pearl && network != .latent)
    {
      let finding = "policy.network is \(network.rawValue)"
      #expect(report.results.last?.finding?.hasPrefix(finding) == true)
      return
    }
    #expect(report.passed && report.results.count == 5, "\(report)")
  }

  @Test("A name is given once")
  func names() {
    var algorithms = Algorithms()
    #expect(throws: ConstraintViolation.self) {
      try algorithms.outerMethods.register(ModelAgnostic.definition)
    }
    #expect(throws: ConstraintViolation.self) {
      try algorithms.networks.register(Networks.builtIn.all[0])
    }
    #expect(algorithms.outerMethods.all.count == OuterMethods.builtIn.all.count)
  }

  @Test("A method that keeps state where no checkpoint sees it is found")
  func faults() throws {
    #expect(try report("sound").passed)
    #expect(try report("hidden-state").results.first { $0.finding != nil }?.check == "threads")
    #expect(try report("growing-state").results.first { $0.finding != nil }?.check == "going on")
    #expect(try report("trust").results.first { $0.finding != nil }?.check == "settings")
  }
}
