internal import Differentiation
internal import Foundation
internal import Models
internal import SwiftProtobuf

/// Writes operations as nodes of an ONNX graph, one after the other.
struct GraphWriter {
  private(set) var graph = ONNXGraphProto()
  private var count = 0

  /// The versions of the intermediate representation and of the operators: both of 2021, which every runtime of today
  /// knows.
  static let versions: (representation: Int64, operators: Int64) = (8, 17)

  init(name: String) { graph.name = name }

  /// Declares an input or an output, `[batch, width]`, or of some other rows.
  mutating func declare(
    input name: String, width: Int, about: String
  ) -> String {
    graph.input.append(Self.port(name, rows: nil, width: width, about: about))
    return name
  }

  /// Makes what was computed an output.
  ///
  /// - Parameters:
  ///   - value: What was computed.
  ///   - name: The output's name.
  ///   - rows: The rows; nil for those of the batch.
  ///   - width: The numbers in a row; nil for whole numbers without columns.
  ///   - about: What it means.
  mutating func declare(
    output value: String, _ name: String, rows: Int? = nil, width: Int?, about: String
  ) {
    node("Identity", [value], named: name)
    graph.output.append(Self.port(name, rows: rows, width: width, about: about))
  }

  private static func port(
    _ name: String, rows: Int?, width: Int?, about: String
  ) -> ONNXValueInfoProto {
    var batch = ONNXTensorShapeProto.Dimension()
    batch.value = rows.map { .dimValue(Int64($0)) } ?? .dimParam("batch")
    var columns = ONNXTensorShapeProto.Dimension()
    columns.dimValue = Int64(width ?? 1)
    var type = ONNXTypeProto.Tensor()
    type.elemType = Int32(
      (width == nil ? ONNXTensorProto.DataType.int64 : .float).rawValue)
    type.shape.dim = width == nil ? [batch] : [batch, columns]
    var port = ONNXValueInfoProto()
    (port.name, port.docString) = (name, about)
    port.type.tensorType = type
    return port
  }

  /// A constant matrix.
  mutating func constant(_ tensor: Tensor<Float>, named name: String? = nil) -> String {
    let bytes = tensor.elements.flatMap { element in
      (0..<4).map { UInt8(truncatingIfNeeded: element.bitPattern >> (8 * $0)) }
    }
    return constant(
      bytes, .float, dimensions: [tensor.shape.rows, tensor.shape.columns], named: name)
  }

  /// Constant whole numbers.
  mutating func constant(_ numbers: [Int]) -> String {
    let bytes = numbers.flatMap { number in
      (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    return constant(bytes, .int64, dimensions: [numbers.count], named: nil)
  }

  private mutating func constant(
    _ bytes: [UInt8], _ type: ONNXTensorProto.DataType, dimensions: [Int], named name: String?
  ) -> String {
    var tensor = ONNXTensorProto()
    tensor.name = name ?? fresh()
    tensor.dataType = Int32(type.rawValue)
    tensor.dims = dimensions.map { Int64($0) }
    tensor.rawData = Data(bytes)
    graph.initializer.append(tensor)
    return tensor.name
  }

  /// Adds a node.
  ///
  /// - Parameters:
  ///   - kind: The operator.
  ///   - inputs: What it takes.
  ///   - attributes: Its attributes.
  ///   - name: The name of what it yields; nil for a fresh one.
  /// - Returns: That name.
  @discardableResult
  mutating func node(
    _ kind: String, _ inputs: [String], _ attributes: [Attribute] = [], named name: String? = nil
  ) -> String {
    var node = ONNXNodeProto()
    let output = name ?? fresh()
    (node.opType, node.input, node.output) = (kind, inputs, [output])
    node.name = "\(kind).\(graph.node.count)"
    node.attribute = attributes.map(\.message)
    graph.node.append(node)
    return output
  }

  /// An attribute of a node.
  enum Attribute {
    case number(String, Float)
    case integer(String, Int)

    fileprivate var message: ONNXAttributeProto {
      var message = ONNXAttributeProto()
      switch self {
      case .number(let name, let value):
        (message.name, message.f, message.type) = (name, value, .float)
      case .integer(let name, let value):
        (message.name, message.i, message.type) = (name, Int64(value), .int)
      }
      return message
    }
  }

  private mutating func fresh() -> String {
    count += 1
    return "value.\(count)"
  }

  /// The columns of a value.
  mutating func columns(_ value: String, _ range: Range<Int>) -> String {
    node(
      "Slice",
      [value, constant([range.lowerBound]), constant([range.upperBound]), constant([1])])
  }

  /// Values side by side.
  mutating func beside(_ values: [String]) -> String {
    values.count == 1 ? values[0] : node("Concat", values, [.integer("axis", 1)])
  }

  /// A number for every element to be combined with.
  mutating func scalar(_ value: Float) -> String {
    constant(Tensor(Shape(1, 1), repeating: value))
  }

  /// An activation.
  mutating func activation(_ activation: Activation, _ sums: String) -> String {
    switch activation {
    case .tanh: return node("Tanh", [sums])
    case .relu: return node("Relu", [sums])
    case .leakyRelu: return node("LeakyRelu", [sums], [.number("alpha", 0.01)])
    case .elu: return node("Elu", [sums], [.number("alpha", 1)])
    case .silu: return node("Mul", [sums, node("Sigmoid", [sums])])
    case .gelu:
      // x P(X ≤ x) = x / 2 (1 + erf(x / √2))
      let scaled = node("Mul", [sums, scalar(Float(0.5).squareRoot())])
      let share = node("Add", [node("Erf", [scaled]), scalar(1)])
      return node("Mul", [node("Mul", [sums, scalar(0.5)]), share])
    }
  }

  /// The operations of a network.
  ///
  /// - Parameters:
  ///   - network: The operations.
  ///   - parameters: Its parameters' names, as constants.
  ///   - inputs: What it is shown.
  ///   - memory: What it remembers.
  /// - Returns: The name of each operation's value.
  mutating func append(
    _ network: NetworkGraph, parameters: [String], inputs: String, memory: String?
  ) -> [String] {
    var names: [String] = []
    for operation in network.operations {
      let name = { (value: NetworkGraph.Value) in names[value.index] }
      let yielded: String =
        switch operation {
        case .inputs: inputs
        case .memory: memory ?? inputs
        case .affine(let x, let weight, let bias):
          node("Gemm", [name(x), parameters[weight], parameters[bias]])
        case .activation(let kind, let x): activation(kind, name(x))
        case .logistic(let x): node("Sigmoid", [name(x)])
        case .sum(let a, let b): node("Add", [name(a), name(b)])
        case .difference(let a, let b): node("Sub", [name(a), name(b)])
        case .product(let a, let b): node("Mul", [name(a), name(b)])
        case .columns(let x, let range): columns(name(x), range)
        case .beside(let parts): beside(parts.map(name))
        }
      names.append(yielded)
    }
    return names
  }
}
