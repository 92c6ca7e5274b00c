import Adaptation
import BuiltInEnvironments
import Deployment
import Differentiation
import EnvironmentKit
import Experiments
import Foundation
import MetaLearning
import Models
import Policies
import Randomness
import Testing

/// The interpreter that has an ONNX runtime, if there is one.
private enum Runtime {
  static let python = ProcessInfo.processInfo.environment["FLEDGE_PYTHON"] ?? "python3"

  static let isThere = (try? run(["-c", "import onnx, onnxruntime"]).code) == 0

  static func run(_ arguments: [String]) throws -> (code: Int32, output: String) {
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python] + arguments
    (process.standardOutput, process.standardError) = (pipe, pipe)
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}

private let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().path

@Suite(.enabled(if: Runtime.isThere, "FLEDGE_PYTHON, or python3, has no onnx and onnxruntime"))
struct ONNXTests {
  /// A policy with its export, and what it is shown.
  private struct Case {
    let name: String
    let exported: ExportedPolicy
    let folder = TemporaryFolder()
    let inputs: Tensor<Float>
    var isTrial: Bool { exported.policy.network.memoryWidth > 0 }

    init(_ name: String, _ exported: ExportedPolicy) throws {
      (self.name, self.exported) = (name, exported)
      let policy = exported.policy
      var random = RandomStream(seed: 9, purpose: .verification)
      let shape = Shape(policy.network.memoryWidth > 0 ? 500 : 10_000, policy.network.inputWidth)
      inputs = Tensor(shape, (0..<shape.count).map { _ in random.normal() })
      try exported.write(to: folder.path)
      let observed = exported.specification.observationWidth
      try write(inputs.columns(0..<observed), "observation")
      if policy.inputs == .history {
        let width = shape.columns - observed - 2
        try write(inputs.columns(observed..<observed + width), "lastAction")
        try write(inputs.columns(observed + width..<observed + width + 1), "lastReward")
        try write(inputs.columns(observed + width + 1..<shape.columns), "begins")
      }
      if isTrial {
        try write(Tensor(Shape(1, policy.network.memoryWidth), repeating: 0), "memory")
        try Data().write(to: URL(fileURLWithPath: folder.path + "/trial"))
      }
    }

    private func write(_ tensor: Tensor<Float>, _ name: String) throws {
      try tensor.elements.withUnsafeBytes { Data($0) }
        .write(to: URL(fileURLWithPath: "\(folder.path)/\(name).in"))
    }

    /// What the runtime put out.
    func output(_ name: String) throws -> [Float] {
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name).out"))
      return data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }

    /// What the policy puts out, and the likeliest actions.
    func compare() throws {
      let policy = exported.policy
      let outputs = policy.outputs(
        policy.layout.constants(of: exported.parameters), Sequences(inputs))
      let location = outputs.location.value
      let width = location.shape.columns
      if policy.distribution == .categorical {
        try expect("logits", location.elements)
        let chosen = try output("action")
        for row in 0..<location.shape.rows {
          let logits = location.rows(row..<row + 1).elements
          // Where two are as likely, either is right.
          #expect(logits[Int(chosen[row])] >= (logits.max() ?? 0) - 1e-5, "\(name)")
        }
      } else {
        let actions = policy.distribution == .squashedGaussian ? width / 2 : width
        let mean = location.columns(0..<actions)
        try expect("mean", mean.elements)
        let squashed =
          policy.distribution == .squashedGaussian
          ? Variable(mean).hyperbolicTangent().value : mean
        guard case .continuous(let components) = exported.specification.action else { return }
        let scaled = squashed.elements.enumerated().map { index, number in
          let range = components[index % actions].range
          return range.lowerBound / 2 + range.upperBound / 2
            + (range.upperBound / 2 - range.lowerBound / 2) * number
        }
        try expect("action", scaled)
        let deviations =
          outputs.logStandardDeviation?.value.elements
          ?? location.columns(actions..<width).elements.map { min(max($0, -20), 2) }
        try expect("logStandardDeviation", deviations)
      }
      if let value = outputs.value { try expect("value", value.value.elements) }
    }

    private func expect(_ output: String, _ expected: [Float]) throws {
      let found = try self.output(output)
      #expect(found.count == expected.count, "\(output) of \(name)")
      let error = zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(error <= 1e-5, "\(output) of \(name) differs by \(error)")
    }
  }

  /// A policy of an experiment, with parameters as training begins with.
  private func exported(_ experiment: Experiment) throws -> ExportedPolicy? {
    guard case .episodes(let environment, let policy) = experiment.problem else { return nil }
    let settings = experiment.metaLearning
    var random = RandomStream(seed: 1, purpose: .initialization)
    let state = LearnerState(
      parameters: policy.initialParameters(&random, settings: settings.policy),
      layout: policy.layout, inner: settings.inner)
    return ExportedPolicy(
      origin: .init(
        fledge: "0", run: "test", seed: 1, iteration: 0, environment: environment.name,
        parameters: environment.parameters),
      specification: environment.specification, settings: settings, policy: policy,
      initialization: state.parameters, logStepSizes: state.logStepSizes, rule: TestTimeRule())
  }

  @Test("An ONNX runtime puts out what Fledge does, for every preset with episodes")
  func presets() throws {
    let environments = try EnvironmentRegistry.builtIn()
    setenv("PYTHONPATH", repository + "/Environments/Python", 1)
    var skipped: [String] = []
    let cases = try Preset.all.compactMap { preset -> Case? in
      let configuration = preset.configuration
      guard environments.exampleSource(named: configuration.environment.name) == nil else {
        return nil
      }
      do {
        let experiment = try Experiment(
          configuration, source: preset.name, environments: environments)
        return try exported(experiment).map { try Case(preset.name, $0) }
      } catch  where configuration.environment.name.hasPrefix("gymnasium:") {
        // This Python hasn't the package.
        skipped.append(preset.name)
        return nil
      }
    }
    #expect(cases.count >= 20 && skipped.count <= 6, "skipped \(skipped)")
    try check(cases)
  }

  @Test("Every activation, an adapted policy, a context and choices are put out as Fledge does")
  func kinds() throws {
    var cases = try Activation.allCases.map { activation in
      try Case(
        "\(activation)", Exports("trpo") { $0.policy.activation = activation }.exported)
    }
    cases += try [OuterMethodName]([.rl2, .varibad]).map {
      try Case("choices of \($0)", Exports($0, discrete: true).exported)
    }
    cases += try Exports.methods.map { try Case("\($0)", Exports($0).exported) }
    let context = try Exports("trpo") {
      $0.policy.contextSize = 3
      $0.inner.adapts = ["context"]
    }
    var adapted = context.exported
    let episodes = try context.collected(
      3, by: Actor(adapted.policy, parameters: adapted.parameters))
    try adapted.adapt(to: episodes.histories)
    cases.append(try Case("an adapted context", adapted))
    cases.append(try Case("its initialization", context.exported))
    try check(cases)
    #expect(try cases[cases.count - 2].output("mean") != cases[cases.count - 1].output("mean"))
  }

  private func check(_ cases: [Case]) throws {
    let script = try #require(
      Bundle.module.path(forResource: "outputs", ofType: "py", inDirectory: "Fixtures"))
    let result = try Runtime.run([script] + cases.map(\.folder.path))
    #expect(result.code == 0, "\(result.output)")
    for each in cases { try each.compare() }
  }
}

extension Tensor<Float> {
  fileprivate func columns(_ range: Range<Int>) -> Tensor { Variable(self).columns(range).value }
}
