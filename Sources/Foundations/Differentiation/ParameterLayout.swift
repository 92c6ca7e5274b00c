/// Where each named tensor of a model stands in one flat vector.
///
/// Optimizers and conjugate gradient see the vector, `[1, count]`; the model sees tensors that share
/// its memory.
public struct ParameterLayout: Sendable, Equatable {
  /// A tensor's name and sides, in the order of the flat vector, each row by row.
  public let entries: [Entry]
  /// The length of the flat vector.
  public let count: Int

  /// One named tensor of a model.
  public struct Entry: Sendable, Equatable {
    /// The name, for example `layers.0.weight`.
    public let name: String
    /// The sides.
    public let shape: Shape
    /// Its first element's position in the flat vector.
    public let start: Int
  }

  /// A layout of the given tensors, one after the other.
  public init(_ tensors: [(name: String, shape: Shape)]) {
    var start = 0
    entries = tensors.map { tensor in
      defer { start += tensor.shape.count }
      return Entry(name: tensor.name, shape: tensor.shape, start: start)
    }
    count = start
  }

  /// The tensors of a flat vector, sharing its memory.
  @specialized(where Scalar == Float)
  public func tensors<Scalar>(of vector: Tensor<Scalar>) -> [Tensor<Scalar>] {
    precondition(vector.count == count, "expected \(count) parameters, found \(vector.shape)")
    return entries.map { vector.view(from: $0.start, shape: $0.shape) }
  }

  /// The tensors of a flat vector as constants.
  @specialized(where Scalar == Float)
  public func constants<Scalar>(of vector: Tensor<Scalar>) -> [Variable<Scalar>] {
    tensors(of: vector).map { Variable($0) }
  }

  /// The tensors of a flat vector as starting points of differentiation.
  @specialized(where Scalar == Float)
  public func tracked<Scalar>(of vector: Tensor<Scalar>) -> [Variable<Scalar>] {
    tensors(of: vector).map { .tracked($0) }
  }

  /// The flat vector of the given tensors, one for each entry.
  @specialized(where Scalar == Float)
  public func vector<Scalar>(of variables: [Variable<Scalar>]) -> Tensor<Scalar> {
    precondition(
      variables.map(\.shape) == entries.map(\.shape),
      "expected shapes \(entries.map(\.shape)), found \(variables.map(\.shape))")
    return Tensor(Shape(1, count)) { out in
      for (entry, variable) in zip(entries, variables) {
        variable.value.withElements { elements in
          guard let start = elements.baseAddress else { return }
          (out + entry.start).initialize(from: start, count: elements.count)
        }
      }
    }
  }
}
