internal import CNumerics
internal import Foundation

/// The sides of a tensor: every tensor is a matrix, its leading dimensions folded into the rows.
public struct Shape: Hashable, Sendable, CustomStringConvertible {
  /// The number of rows, for example the time steps of a batch.
  public let rows: Int
  /// The number of columns, for example the components of an observation.
  public let columns: Int

  /// A shape of `rows` by `columns`.
  public init(_ rows: Int, _ columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// The number of elements.
  public var count: Int { rows * columns }
  /// The shape as `[rows, columns]`.
  public var description: String { "[\(rows), \(columns)]" }
}

/// Memory of a tensor, freed with its last owner.
///
/// `@unchecked Sendable`: written only between allocation and the moment a tensor is handed out, or
/// by an operation that has proved itself the only owner; after that it is read only.
final class Storage<Scalar>: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Scalar>

  init(capacity: Int) {
    let bytes = max(capacity, 1) * MemoryLayout<Scalar>.stride
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, 64, bytes) == 0, let memory else {
      preconditionFailure("out of memory: a tensor of \(bytes) bytes was asked for")
    }
    pointer = memory.bindMemory(to: Scalar.self, capacity: max(capacity, 1))
  }

  deinit { free(pointer) }
}

/// An immutable matrix of numbers; a slice of rows shares its memory.
public struct Tensor<Scalar: TensorScalar>: Sendable {
  /// The sides.
  public let shape: Shape
  var storage: Storage<Scalar>
  let offset: Int

  init(shape: Shape, storage: Storage<Scalar>, offset: Int) {
    self.shape = shape
    self.storage = storage
    self.offset = offset
  }

  /// A tensor whose elements `fill` writes, row by row; it must write all of them.
  public init(_ shape: Shape, filledBy fill: (UnsafeMutablePointer<Scalar>) -> Void) {
    self.init(uninitialized: shape)
    fill(storage.pointer)
  }

  /// A tensor whose elements are still to be written, all of them, before anyone reads it.
  package init(uninitialized shape: Shape) {
    self.init(shape: shape, storage: Storage(capacity: shape.count), offset: 0)
  }

  /// A tensor of the given elements, row by row.
  public init(_ shape: Shape, _ elements: some Collection<Scalar>) {
    precondition(
      elements.count == shape.count, "shape \(shape) holds \(shape.count), not \(elements.count)")
    self.init(shape) { pointer in
      let isCopied = elements.withContiguousStorageIfAvailable { elements in
        if let start = elements.baseAddress {
          pointer.initialize(from: start, count: elements.count)
        }
        return true
      }
      if isCopied == true { return }
      var next = pointer
      for element in elements {
        next.initialize(to: element)
        next += 1
      }
    }
  }

  /// A tensor that holds one value everywhere.
  @specialized(where Scalar == Float)
  public init(_ shape: Shape, repeating value: Scalar) {
    self.init(shape) { $0.initialize(repeating: value, count: shape.count) }
  }

  /// The rows of tensors of one width, one behind the other.
  public init(joining parts: [Tensor]) {
    let width = parts.first?.shape.columns ?? 0
    precondition(
      parts.allSatisfy { $0.shape.columns == width }, "rows of other widths don't join")
    self.init(Shape(parts.reduce(0) { $0 + $1.shape.rows }, width)) { out in
      var place = out
      for part in parts {
        place.initialize(from: part.pointer, count: part.count)
        place += part.count
      }
    }
  }

  /// A tensor of one element.
  public init(scalar: Scalar) { self.init(Shape(1, 1), repeating: scalar) }

  /// The number of elements.
  public var count: Int { shape.count }

  /// The elements, row by row, as an array.
  public var elements: [Scalar] {
    Array(UnsafeBufferPointer(start: pointer, count: count))
  }

  /// The only element.
  public var scalar: Scalar {
    precondition(count == 1, "expected one element, found shape \(shape)")
    return pointer.pointee
  }

  /// The element in a row and column.
  public subscript(row: Int, column: Int) -> Scalar {
    precondition(
      row >= 0 && row < shape.rows && column >= 0 && column < shape.columns,
      "element (\(row), \(column)) is outside shape \(shape)")
    return pointer[row * shape.columns + column]
  }

  /// Hands the elements, row by row, to `body` without a copy.
  public func withElements<Result>(_ body: (UnsafeBufferPointer<Scalar>) -> Result) -> Result {
    withExtendedLifetime(storage) { body(UnsafeBufferPointer(start: pointer, count: count)) }
  }

  /// The same elements under another shape of equal count, sharing memory.
  public func reshaped(to shape: Shape) -> Tensor {
    precondition(shape.count == count, "\(self.shape) cannot be read as \(shape)")
    return Tensor(shape: shape, storage: storage, offset: offset)
  }

  /// A run of `shape.count` elements from position `start`, sharing memory.
  public func view(from start: Int, shape: Shape) -> Tensor {
    precondition(
      start >= 0 && start + shape.count <= count, "\(shape) from \(start) is outside \(self.shape)")
    return Tensor(shape: shape, storage: storage, offset: offset + start)
  }

  /// A range of rows, sharing memory.
  public func rows(_ range: Range<Int>) -> Tensor {
    view(from: range.lowerBound * shape.columns, shape: Shape(range.count, shape.columns))
  }

  /// The elements as another scalar type; shares memory where it is the same.
  public func converted<Other: TensorScalar>(to type: Other.Type) -> Tensor<Other> {
    if let same = self as? Tensor<Other> { return same }
    return Tensor<Other>(shape) { out in
      for index in 0..<count { out[index] = Other(pointer[index]) }
    }
  }

  package var pointer: UnsafeMutablePointer<Scalar> { storage.pointer + offset }

  /// A square matrix's rows made orthogonal and of length 1, by Householder reflections: what Gram and Schmidt's process makes
  /// of them, with no digits lost.
  package func orthonormalized() -> Tensor {
    precondition(shape.rows == shape.columns, "\(shape) is not square")
    let result = converted(to: Double.self).copy()
    let scratch = Tensor<Double>(uninitialized: Shape(66, shape.rows))
    fledge_orthonormalize(Int32(shape.rows), result.pointer, scratch.pointer)
    return result.converted(to: Scalar.self)
  }

  /// Rows as columns.
  package func transposed() -> Tensor {
    Tensor(Shape(shape.columns, shape.rows)) {
      Scalar.kernels.transpose(shape.rows, shape.columns, pointer, $0)
    }
  }

  /// Whether an operation may overwrite the elements because nobody else can see them.
  var isUnshared: Bool {
    mutating get { isKnownUniquelyReferenced(&storage) }
  }
}
