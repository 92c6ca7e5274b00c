internal import Differentiation
internal import EnvironmentKit
internal import MetaLearning
internal import Models
internal import Policies
internal import RunRecords
internal import SwiftProtobuf

extension ExportedPolicy {
  /// The network with the parameters that it acts by, as an ONNX model.
  ///
  /// It takes a batch of observations, for policies that are shown what happened also that, and what is remembered; it gives
  /// what describes the distribution of actions, the likeliest action as the environment takes it, and what is remembered
  /// then.
  ///
  /// - Parameter description: What `policy.json` holds, for the model's metadata.
  /// - Returns: The file's bytes.
  /// - Throws: `RecordError` of kind `usage` for a network that doesn't describe itself.
  func onnx(_ description: JSON) throws -> [UInt8] {
    guard let (network, ends) = policy.network.graph() else {
      throw RecordError(
        .usage,
        "network '\(settings.policy.network.rawValue)' doesn't describe itself in operations, which an "
          + "export needs: write its describe(in:_:memory:parametersFrom:)")
    }
    var writer = GraphWriter(name: origin.run)
    let tensors = policy.folded(policy.layout.constants(of: parameters)).map(\.value)
    let used = network.parameters
    let constants = zip(policy.network.parameters, tensors).enumerated().map { place, parameter in
      let (entry, tensor) = parameter
      return used.contains(place) ? writer.constant(tensor, named: entry.name) : ""
    }
    let inputs = shown(&writer)
    let memory =
      policy.network.memoryWidth > 0
      ? writer.declare(
        input: "memory", width: policy.network.memoryWidth,
        about:
          "memoryAfter of the step before; at first start.memory of policy.safetensors where it is there, "
          + "otherwise zeros") : nil
    let values = writer.append(network, parameters: constants, inputs: inputs, memory: memory)
    let outputs = values[ends.outputs.index]
    describeActions(&writer, outputs, deviation: tensors.last)
    if let after = ends.memory {
      writer.declare(
        output: values[after.index], "memoryAfter", width: after.width,
        about: "what is remembered after this step")
    }
    return try model(writer.graph, description)
  }

  /// What the network is shown.
  private func shown(_ writer: inout GraphWriter) -> String {
    let observation = writer.declare(
      input: "observation", width: specification.observationWidth,
      about: specification.observation.map(\.described).joined(separator: ", "))
    guard policy.inputs == .history else { return observation }
    return writer.beside([
      observation,
      writer.declare(
        input: "lastAction", width: policy.actionWidth,
        about: policy.distribution == .categorical
          ? "1 for the last choice, 0 for the others; at first as memory begins"
          : "the last action as it was drawn, before tanh and bounds; at first as memory begins"),
      writer.declare(
        input: "lastReward", width: 1, about: "the reward of it; at first as memory begins"),
      writer.declare(input: "begins", width: 1, about: "1 where an episode begins, otherwise 0"),
    ])
  }

  /// What describes the distribution of actions, and the likeliest one.
  private func describeActions(
    _ writer: inout GraphWriter, _ outputs: String, deviation: Tensor<Float>?
  ) {
    let width = policy.actionWidth
    let described = policy.network.outputWidth - (policy.hasValue ? 1 : 0)
    if policy.hasValue {
      writer.declare(
        output: writer.columns(outputs, described..<described + 1), "value", width: 1,
        about: "the value of what is shown, in the units of training")
    }
    let first = policy.network.outputWidth == width ? outputs : writer.columns(outputs, 0..<width)
    switch policy.distribution {
    case .categorical:
      writer.declare(
        output: first, "logits", width: width,
        about: "log probabilities of the choices, up to a constant")
      let best = writer.node("ArgMax", [first], [.integer("axis", 1), .integer("keepdims", 0)])
      writer.declare(output: best, "action", width: nil, about: "the likeliest choice")
    case .gaussian:
      writer.declare(output: first, "mean", width: width, about: "of the action, before bounds")
      let logs = policy.distribution.floored(deviation?.elements ?? [])
      writer.declare(
        output: writer.constant(Tensor(Shape(1, width), logs)), "logStandardDeviation", rows: 1,
        width: width, about: "the same for all observations")
      declareAction(&writer, first)
    case .squashedGaussian:
      writer.declare(
        output: first, "mean", width: width, about: "of the action, before tanh and bounds")
      let range = ActionDistribution.logDeviationRange
      let logs = writer.columns(outputs, width..<2 * width)
      let low = writer.node("Max", [logs, writer.scalar(Float(range.lowerBound))])
      writer.declare(
        output: writer.node("Min", [low, writer.scalar(Float(range.upperBound))]),
        "logStandardDeviation", width: width, about: "before tanh and bounds")
      declareAction(&writer, writer.node("Tanh", [first]))
    }
  }

  /// The likeliest action within the environment's bounds.
  private func declareAction(_ writer: inout GraphWriter, _ action: String) {
    guard case .continuous(let components) = specification.action else { return }
    var scaled = action
    if let scaling = ActionScaling(specification.action) {
      let row = { (numbers: [Float]) in Tensor(Shape(1, numbers.count), numbers) }
      scaled = writer.node("Mul", [action, writer.constant(row(scaling.reaches))])
      scaled = writer.node("Add", [scaled, writer.constant(row(scaling.middles))])
    }
    writer.declare(
      output: scaled, "action", width: components.count,
      about: "the likeliest: " + components.map(\.described).joined(separator: ", "))
  }

  private func model(_ graph: ONNXGraphProto, _ description: JSON) throws -> [UInt8] {
    var model = ONNXModelProto()
    model.irVersion = GraphWriter.versions.representation
    (model.producerName, model.producerVersion) = ("fledge", origin.fledge)
    model.docString = "A policy of \(origin.environment) after \(origin.iteration) meta-iterations"
    model.graph = graph
    var operators = ONNXOperatorSetIdProto()
    operators.version = GraphWriter.versions.operators
    model.opsetImport = [operators]
    model.metadataProps = ["observation", "action", "distribution", "origin"].compactMap { key in
      description[key].map {
        var entry = ONNXStringStringEntryProto()
        (entry.key, entry.value) = (key, $0.text)
        return entry
      }
    }
    do {
      return try model.serializedBytes()
    } catch {
      throw RecordError(.fault, "the network can't be written as ONNX: \(error)")
    }
  }
}

extension Component {
  /// Name, unit and bounds, such as `x (m, -2.0 to 2.0)`.
  var described: String {
    let unit = unit == "1" ? [] : [unit]
    let bounds =
      range.lowerBound.isFinite || range.upperBound.isFinite
      ? ["\(range.lowerBound) to \(range.upperBound)"] : []
    let parts = (unit + bounds).joined(separator: ", ")
    return parts.isEmpty ? name : "\(name) (\(parts))"
  }
}
