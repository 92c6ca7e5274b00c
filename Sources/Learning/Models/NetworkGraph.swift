/// What a network computes of rows, as operations in their order: for programs that have no networks of this one's.
///
/// Rows go through by the batch; what a network remembers of each goes in and comes out beside it.
public struct NetworkGraph: Sendable {
  /// Rows of so many numbers, which an operation yields or the network is given.
  public struct Value: Sendable, Hashable {
    /// Its place among ``operations``.
    public let index: Int
    /// The numbers in a row.
    public let width: Int
  }

  /// What yields a value.
  public enum Operation: Sendable, Hashable {
    /// What the network is shown.
    case inputs
    /// What it remembers.
    case memory
    /// `x W + b`, with W and b by their places among the network's parameters.
    case affine(Value, weight: Int, bias: Int)
    /// An activation.
    case activation(Activation, Value)
    /// `1 / (1 + e⁻ˣ)`
    case logistic(Value)
    /// The sum, element by element.
    case sum(Value, Value)
    /// The first less the second.
    case difference(Value, Value)
    /// The product, element by element.
    case product(Value, Value)
    /// Some of the columns.
    case columns(Value, Range<Int>)
    /// Columns side by side.
    case beside([Value])
  }

  /// What goes out of a network, or of a part of it.
  public struct Ends: Sendable, Hashable {
    /// What it puts out.
    public var outputs: Value
    /// What it remembers then; nil for nothing.
    public var memory: Value?

    /// What goes out.
    public init(outputs: Value, memory: Value? = nil) {
      (self.outputs, self.memory) = (outputs, memory)
    }
  }

  /// Each is made of values before it.
  public private(set) var operations: [Operation] = []

  /// The places of the parameters that are used.
  public var parameters: Set<Int> {
    Set(
      operations.flatMap { operation -> [Int] in
        if case .affine(_, let weight, let bias) = operation { [weight, bias] } else { [] }
      })
  }

  /// Adds an operation.
  ///
  /// - Parameters:
  ///   - operation: The operation.
  ///   - width: The numbers in a row of what it yields.
  /// - Returns: That.
  public mutating func append(_ operation: Operation, width: Int) -> Value {
    operations.append(operation)
    return Value(index: operations.count - 1, width: width)
  }

  /// `x W + b`.
  ///
  /// - Parameters:
  ///   - x: What goes in.
  ///   - place: Of W among the network's parameters.
  ///   - biasPlace: Of b, nil for the one behind W.
  ///   - width: The columns of W.
  /// - Returns: What comes out.
  public mutating func affine(
    _ x: Value, weightAt place: Int, biasAt biasPlace: Int? = nil, width: Int
  ) -> Value {
    append(.affine(x, weight: place, bias: biasPlace ?? place + 1), width: width)
  }

  /// Some of the columns of a value.
  public mutating func columns(_ x: Value, _ range: Range<Int>) -> Value {
    append(.columns(x, range), width: range.count)
  }

  /// Values side by side.
  public mutating func beside(_ parts: [Value]) -> Value {
    parts.count == 1
      ? parts[0] : append(.beside(parts), width: parts.reduce(0) { $0 + $1.width })
  }
}

extension Network {
  /// What the network computes of rows, from what it is shown and, where it remembers, what it remembers.
  ///
  /// - Returns: The operations, and what goes out; nil for a network that doesn't describe itself.
  public func graph() -> (graph: NetworkGraph, ends: NetworkGraph.Ends)? {
    var graph = NetworkGraph()
    let inputs = graph.append(.inputs, width: inputWidth)
    let memory = memoryWidth > 0 ? graph.append(.memory, width: memoryWidth) : nil
    return describe(in: &graph, inputs, memory: memory, parametersFrom: 0).map { (graph, $0) }
  }

  /// A network that doesn't describe itself can't be exported.
  public func describe(
    in graph: inout NetworkGraph, _ inputs: NetworkGraph.Value, memory: NetworkGraph.Value?,
    parametersFrom start: Int
  ) -> NetworkGraph.Ends? {
    nil
  }
}
